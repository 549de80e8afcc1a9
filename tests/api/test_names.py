import re
from collections import Counter

from gateway.api.names import WIRE_NAMES


def test_a_dutch_name_is_lower_camel_case():
    assert [name for name in WIRE_NAMES.values() if not re.fullmatch("[a-z]+[a-zA-Z]*", name)] == []


def test_the_table_is_in_the_order_of_the_alphabet():
    assert list(WIRE_NAMES) == sorted(WIRE_NAMES)


def test_no_name_is_left_over():
    from gateway.api.forms import Incoming, Outgoing
    from gateway.api.server import ROUTES

    assert ROUTES
    used = Counter(field for base in (Incoming, Outgoing) for field in fields_below(base))
    assert set(WIRE_NAMES) - set(used) == set()


def fields_below(model: type) -> list[str]:
    own = list(getattr(model, "model_fields", ()))
    children: list[type] = model.__subclasses__()
    return own + [name for child in children for name in fields_below(child)]
