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
from gateway.wire.signature.profile import DS, XADES, Algorithm
from gateway.wire.xml import Element

_SPACE: Final = " \t\r\n"
_NO_SPACE: Final = str.maketrans("", "", _SPACE)
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
    """Return what the signature says, when it has exactly the structure of `profile.SIGNATURE`.

    Raises:
        SignatureRefused: it has not.
    """
    information, value, key_info, wrapper = _parts(
        signature, ("Id",), "SignedInfo", "SignatureValue", "KeyInfo", "Object"
    )
    properties = _properties(wrapper, signature.get("Id", ""))
    time, certificate_digest = _signed_properties(properties)
    canonicalisation, method, first, second = _parts(
        information, (), "CanonicalizationMethod", "SignatureMethod", "Reference", "Reference"
    )
    _require_algorithm(canonicalisation, profile.EXCLUSIVE_C14N)
    _require_reference(first, {"URI": ""})
    _require_reference(
        second,
        {"URI": "#" + properties.get("Id", ""), "Type": profile.SIGNED_PROPERTIES_TYPE},
    )
    (x509_data,) = _parts(key_info, (), "X509Data")
    (certificate,) = _parts(x509_data, (), "X509Certificate")
    return Claims(
        information=information,
        properties=properties,
        algorithm=_signature_method(method),
        document_digest=_reference_digest(first, profile.ENVELOPED, profile.EXCLUSIVE_C14N),
        properties_digest=_reference_digest(second, profile.EXCLUSIVE_C14N),
        value=_decoded(value),
        certificate_der=_decoded(certificate),
        certificate_digest=certificate_digest,
        signed_at=_moment(time),
    )


def _properties(wrapper: Element, signature_id: str) -> Element:
    (qualifying,) = _parts(wrapper, (), "QualifyingProperties", of=XADES)
    (properties,) = _parts(qualifying, ("Target",), "SignedProperties", of=XADES)
    if not signature_id or qualifying.get("Target") != "#" + signature_id:
        raise SignatureRefused("The properties are of another signature.", reason="wrong-reference")
    return properties


def _signed_properties(properties: Element) -> tuple[str, str]:
    (own,) = _parts(properties, ("Id",), "SignedSignatureProperties", of=XADES)
    time, certificates = _parts(own, (), "SigningTime", "SigningCertificateV2", of=XADES)
    (certificate,) = _parts(certificates, (), "Cert", of=XADES)
    (digest,) = _parts(certificate, (), "CertDigest", of=XADES)
    method, value = _parts(digest, (), "DigestMethod", "DigestValue")
    _require_algorithm(method, profile.DIGEST_SHA256)
    return _leaf(time).strip(_SPACE), _leaf(value).translate(_NO_SPACE)


def _require_reference(reference: Element, attributes: Mapping[str, str]) -> None:
    if dict(reference.attrib.items()) != attributes:
        raise SignatureRefused(
            "A reference is not one of the two that we know.", reason="wrong-reference"
        )


def _reference_digest(reference: Element, *transforms: str) -> str:
    listed, method, value = _parts(reference, None, "Transforms", "DigestMethod", "DigestValue")
    for transform, algorithm in zip(
        _parts(listed, (), *("Transform" for _ in transforms)), transforms, strict=True
    ):
        _require_algorithm(transform, algorithm)
    _require_algorithm(method, profile.DIGEST_SHA256)
    return _leaf(value).translate(_NO_SPACE)


def _require_algorithm(element: Element, algorithm: str) -> None:
    # No child either: a transform or method with parameters is another algorithm.
    _parts(element, ("Algorithm",))
    if element.get("Algorithm") != algorithm:
        raise SignatureRefused(
            "An algorithm is not the one of our profile.", reason="algorithm-not-allowed"
        )


def _signature_method(element: Element) -> Algorithm:
    _parts(element, ("Algorithm",))
    algorithm = profile.SIGNATURE_METHODS.get(element.get("Algorithm", ""))
    if algorithm is None:
        raise SignatureRefused(
            "The signature method is not allowed.", reason="algorithm-not-allowed"
        )
    return algorithm


def _parts(
    element: Element, attributes: tuple[str, ...] | None, *names: str, of: str = DS
) -> Sequence[Element]:
    """Return the children of `element`, which must have exactly these names and nothing between.

    `attributes` are the names it must have, no more; None when they were compared already.
    """
    children = list(element)
    if [child.tag for child in children] != [of + name for name in names]:
        raise SignatureRefused(
            "The signature has not the structure of our profile.", reason="wrong-structure"
        )
    if attributes is not None and tuple(element.attrib) != attributes:
        raise SignatureRefused(
            "An attribute in the signature is not of our profile.", reason="wrong-structure"
        )
    loose = [element.text, *(child.tail for child in children)]
    if any(text is not None and text.strip(_SPACE) for text in loose):
        raise SignatureRefused("There is loose text in the signature.", reason="wrong-structure")
    return children


def _leaf(element: Element) -> str:
    if len(element) or element.attrib:
        raise SignatureRefused(
            "A value in the signature is not plain text.", reason="wrong-structure"
        )
    return element.text or ""


def _decoded(element: Element) -> bytes:
    text = _leaf(element).translate(_NO_SPACE)
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        raise SignatureRefused(
            "A value in the signature is not base64.", reason="wrong-structure"
        ) from None
    if b64encode(data).decode("ascii") != text:
        raise SignatureRefused(
            "A value in the signature is not plain base64.", reason="wrong-structure"
        )
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
