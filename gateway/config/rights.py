"""The rights of a client system: what a back office may do for a municipality."""

from enum import StrEnum


class Right(StrEnum):
    """Recht van een cliëntsysteem."""

    READ = "lezen"
    """See cases, grounds, orders and overviews."""
    CASES = "zaken"
    """Open a case."""
    GROUNDS = "grondslagen"
    """Record a ground and end it."""
    ASK = "vragen"
    """Ask creditors."""
    MESSAGES = "berichten"
    """See the exact messages: evidence, so the whole content of what creditors said."""
