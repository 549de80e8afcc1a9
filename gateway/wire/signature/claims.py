"""What a signature says, read by allow-list, before any of it is believed.

The structure must be exactly that of our profile: these elements, in this order, with these
attributes and nothing else between them. So there is no transform, reference, key hint or object
that could mean something to another program and nothing to us.
"""

from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from re import ASCII
from re import compile as pattern
from typing import Final

from gateway.domain.errors import SignatureRefused
from gateway.wire.signature import profile
from gateway.wire.signature.profile import DS, XADES, Algorithm, Row
from gateway.wire.xml import Element

_SPACE: Final = " \t\r\n"
_NO_SPACE: Final = str.maketrans("", "", _SPACE)
_NONE: Final = "\0"  # stands in no XML document, so what is missing equals nothing
_STRUCTURE: Final = "wrong-structure"
_SHAPE: Final = [(tag, children) for tag, children, _ in profile.STRUCTURE]
_ATTRIBUTES: Final = [dict(attributes) for _, _, attributes in profile.STRUCTURE]
_REFERRING: Final = (DS + "Reference", XADES + "QualifyingProperties")
_SIGNING_TIME = pattern(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?(Z|\+00:00)", ASCII
)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a signature says; `information` is its SignedInfo, `properties` its SignedProperties.

    The digests are base64 text, `signed_at` is UTC.
    """

    information: Element
    properties: Element
    algorithm: Algorithm
    document_digest: str
    properties_digest: str
    value: bytes
    certificate_der: bytes
    certificate_digest: str
    signed_at: datetime


def read_claims(signature: Element) -> Claims:
    """Return what the signature says, when it has exactly the structure of our profile.

    Raises:
        SignatureRefused: it has not.
    """
    parts = list(signature.iter())
    # 1 the same tree  2 nothing between the elements  3 the same attributes, which names the
    # algorithms and the references
    if [(part.tag, len(part)) for part in parts] != _SHAPE:  # 1
        raise SignatureRefused("Its structure is not that of our profile.", reason=_STRUCTURE)
    _refuse_loose_text(parts)  # 2
    algorithm = _require_attributes(parts)  # 3
    return Claims(
        information=parts[Row.SIGNED_INFO],
        properties=parts[Row.SIGNED_PROPERTIES],
        algorithm=algorithm,
        document_digest=_text(parts[Row.DOCUMENT_DIGEST]),
        properties_digest=_text(parts[Row.PROPERTIES_DIGEST]),
        value=_decoded(parts[Row.SIGNATURE_VALUE]),
        certificate_der=_decoded(parts[Row.CERTIFICATE]),
        certificate_digest=_text(parts[Row.CERTIFICATE_DIGEST]),
        signed_at=_moment((parts[Row.SIGNING_TIME].text or "").strip(_SPACE)),
    )


def _refuse_loose_text(parts: Sequence[Element]) -> None:
    # What stands behind the signature is the document's, so its own tail is left alone.
    loose = [part.text for part in parts if len(part)] + [part.tail for part in parts[1:]]
    if any(text and text.strip(_SPACE) for text in loose):
        raise SignatureRefused("There is loose text in it.", reason=_STRUCTURE)


def _require_attributes(parts: Sequence[Element]) -> Algorithm:
    """Compare every attribute with our profile, and return the algorithm of the signature value."""
    signature_id = parts[Row.SIGNATURE].get("Id") or _NONE
    properties_id = parts[Row.SIGNED_PROPERTIES].get("Id") or _NONE
    method = parts[Row.SIGNATURE_METHOD].get("Algorithm") or _NONE
    filled: dict[int, Mapping[str, str]] = {
        Row.SIGNATURE: {"Id": signature_id},
        Row.SIGNATURE_METHOD: {"Algorithm": method},
        Row.PROPERTIES_REFERENCE: {
            "URI": "#" + properties_id,
            "Type": profile.SIGNED_PROPERTIES_TYPE,
        },
        Row.QUALIFYING_PROPERTIES: {"Target": "#" + signature_id},
        Row.SIGNED_PROPERTIES: {"Id": properties_id},
    }
    for row, part in enumerate(parts):
        if dict(part.items()) != filled.get(row, _ATTRIBUTES[row]):
            raise _attribute_fault(part)
    algorithm = profile.SIGNATURE_METHODS.get(method)
    if algorithm is None:
        raise _attribute_fault(parts[Row.SIGNATURE_METHOD])
    return algorithm


def _attribute_fault(part: Element) -> SignatureRefused:
    if part.tag in _REFERRING:
        return SignatureRefused("It refers to something else.", reason="wrong-reference")
    if part.keys() == ["Algorithm"]:
        return SignatureRefused("An algorithm is not ours.", reason="algorithm-not-allowed")
    return SignatureRefused("An attribute is not of our profile.", reason=_STRUCTURE)


def _text(element: Element) -> str:
    return (element.text or "").translate(_NO_SPACE)


def _decoded(element: Element) -> bytes:
    text = _text(element)
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        raise SignatureRefused(
            "A value in the signature is not base64.", reason=_STRUCTURE
        ) from None
    if b64encode(data).decode("ascii") != text:
        raise SignatureRefused("A value in the signature is not plain base64.", reason=_STRUCTURE)
    return data


def _moment(text: str) -> datetime:
    """Return the signing time, to the second; other tools write it with a fraction or +00:00."""
    found = _SIGNING_TIME.fullmatch(text)
    if found is None:
        raise SignatureRefused(
            "The signing time is not a moment in UTC.", reason="signing-time-unreadable"
        )
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        raise SignatureRefused(
            "The signing time does not exist.", reason="signing-time-unreadable"
        ) from None
