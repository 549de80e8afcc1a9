"""From a TOML file to its form, with every fault at once.

A fault never quotes the value it is about: a value can be a password.
"""

import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from gateway.config.forms import Form
from gateway.domain.errors import ConfigurationFault, Finding, GatewayError
from gateway.domain.identifiers import Oin

FormT = TypeVar("FormT", bound=Form)

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that is known here",
}


class Findings:
    """What is wrong in one file, gathered until everything in it was looked at."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Finding] = []

    def add(self, key: str, problem: str) -> None:
        """Remember one fault."""
        self._found.append(Finding(self.file, key, problem))

    def extend(self, findings: Collection[Finding]) -> None:
        """Remember faults that were found elsewhere."""
        self._found.extend(findings)

    @contextmanager
    def at(self, key: str) -> Iterator[None]:
        """Turn a refusal or unreadable file inside the block into a fault at this key."""
        try:
            yield
        except ConfigurationFault as fault:
            for finding in fault.findings:
                self.add(key, finding.problem)
        except GatewayError as fault:
            self.add(key, str(fault))
        except OSError as fault:
            self.add(key, f"{fault.filename}: {fault.strerror}")

    def all(self) -> tuple[Finding, ...]:
        """Return what was found, in order."""
        return tuple(self._found)


@dataclass(frozen=True, slots=True)
class Source:
    """The folder that is read, whether it is for production, and where its faults go."""

    folder: Path
    production: bool
    findings: Findings

    def oin(self, text: str, key: str) -> Oin | None:
        """Return the OIN; what is none, or a test OIN in production, is a fault."""
        try:
            oin = Oin(text)
        except GatewayError:
            self.findings.add(key, "is not an OIN")
            return None
        if self.production and oin.is_test:
            self.findings.add(key, "a test OIN (prefix 99) is refused in production")
        return oin


def read_form(path: Path, form: type[FormT], findings: Findings) -> FormT | None:
    """Return the form in this file, or None with every reason in `findings`."""
    try:
        with path.open("rb") as file:
            return form.model_validate(tomllib.load(file))
    except FileNotFoundError:
        findings.add("", "there is no such file")
    except OSError as fault:
        findings.add("", f"cannot be read ({fault.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        findings.add("", f"is not TOML: {fault}")
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            findings.add(_key(error["loc"]), _WORDS.get(error["type"], _sentence(error["msg"])))
    return None


def _key(location: tuple[int | str, ...]) -> str:
    """Write a place as an operator finds it: gemeente[0].tls.sleutel."""
    key = ""
    for step in location:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else step
    return key


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input ").strip()
