"""What is personal prints as nothing (design, principle 9).

A dataclass that holds something personal is made with `repr=False` and inherits from Discreet, so
that no log line, traceback or assertion can show what is in it.
"""


class Discreet:
    """Persoonlijk: prints its kind and nothing of what it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"
