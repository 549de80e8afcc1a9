"""config/README.md, printed from the forms: every key, its default, and when a change works.

`python -m gateway.config.reference` prints it; a test compares.
"""

import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from gateway.config.forms import Form, GatewayForm
from gateway.config.partner_forms import PartnerForm
from gateway.config.policy_forms import GroundsForm, TermsForm

_FILES = (
    ("gateway.toml", GatewayForm),
    ("partners/NAME.toml", PartnerForm),
    ("policies/grondslagen-*.toml", GroundsForm),
    ("policies/termijnen-*.toml", TermsForm),
)

_KINDS = {"str": "text", "int": "whole number", "float": "number", "bool": "true/false"}

_HEADING = """\
# Configuration

A folder with `gateway.toml`, `partners/` and `policies/`; this one is a working example for
practice. Make its keys with `python -m gateway.practice.example`, then run `gateway check`.

- Every fault is reported at once, with file and key. An unknown key is a fault.
- Paths start in the folder of `gateway.toml`. Dates are TOML dates (`2024-01-01`).
- `gateway check` reads everything; `gateway check --dial` also calls every creditor.
- SIGHUP reads all files again and swaps them in at once; any fault keeps what was. *Reload: no*
  means that a change works after a restart only.
- Practice never meets production: with `omgeving = "productie"` a practice root, the embedded
  database, a test OIN (prefix 99) or a private key that everybody may read is a fault.
- A partner file is named after the id of the creditor. With `oin` its certificates carry that OIN
  as subject serial number; with `kvk` they carry the eight digits, and the OIN made from them is
  its name in messages.
- A municipality may narrow a partner in `[gemeente."OIN"]`, and never widen it.
- What no rule in `policies/` allows is not allowed. Give an old rule an end and write a new file.

Printed from the forms in `gateway/config/` by `python -m gateway.config.reference`.
"""


def document() -> str:
    """Print config/README.md."""
    return "\n".join((_HEADING, *(_file(name, form) for name, form in _FILES)))


def keys_of(form: type[Form], prefix: str = "") -> Iterator[tuple[str, FieldInfo, bool]]:
    """Yield every key of a form that holds a value: its path, its field, whether it reloads."""
    for field in form.model_fields.values():
        path = prefix + (field.alias or "")
        table = _table_in(field.annotation)
        if table is None:
            yield path, field, form.reloads
        else:
            yield from keys_of(table, f"{path}{_repeated(field.annotation)}.")


def _file(name: str, form: type[Form]) -> str:
    rows = (
        f"| `{path}` | {_kind(field.annotation)} | {_default(field)} |"
        f" {'yes' if reloads else 'no'} | {field.description} |"
        for path, field, reloads in keys_of(form)
    )
    head = ("| Key | Value | Default | Reload | Meaning |", "|---|---|---|---|---|")
    return "\n".join((f"## {name}", "", *head, *rows, ""))


def _table_in(annotation: Any) -> type[Form] | None:
    """Return the form inside this annotation, in a list or by name too."""
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return annotation
    inner = (_table_in(part) for part in get_args(annotation))
    return next((form for form in inner if form is not None), None)


def _repeated(annotation: Any) -> str:
    origin = get_origin(annotation)
    return "[]" if origin is list else '."OIN"' if origin is dict else ""


def _kind(annotation: Any) -> str:
    """Return what may stand there: the values of a closed set, or the kind of value."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " ".join(f"`{member.value}`" for member in annotation)
    parts = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is list:
        return f"list of {_kind(parts[0])}"
    if parts:
        return _kind(parts[0])
    name: str = annotation.__name__
    return _KINDS.get(name, name)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default
    if value is None or value in ([], {}):
        return "-"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    sys.stdout.write(document())
