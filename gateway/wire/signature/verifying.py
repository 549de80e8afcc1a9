"""Verifying a signed message: bytes in, `Verified` out, by allow-list.

Nothing in the document decides how it is checked: structure, algorithms, transforms and references
must be exactly those of our profile, and the only key that counts is that of a certificate which is
this partner's. The caller gets the element that was verified and never looks for it again
(attacks-and-needs §2 rows 1 to 9).
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from gateway.domain.errors import CertificateRefused, SignatureRefused
from gateway.wire.signature import profile
from gateway.wire.signature.claims import Claims, read_claims
from gateway.wire.signature.profile import DS
from gateway.wire.trust import (
    CLOCK_TOLERANCE,
    KnownCertificate,
    PartnerTrust,
    check_known,
    read_certificate,
)
from gateway.wire.xml import Element, canonical, parse

_MADE_HERE: Final = object()
# Any attribute that some program, somewhere, takes for an id.
_IDS = etree.XPath("//@*[translate(local-name(), 'ID', 'id') = 'id']", smart_strings=False)

_ECDSA: Final = ec.ECDSA(SHA256())
_RSA_PADDING: Final = padding.PKCS1v15()
_SHA256: Final = SHA256()


@dataclass(frozen=True, slots=True)
class SigningWindow:
    """How far the signing time may lie from now: `ahead`, and `behind` (None: any age)."""

    ahead: timedelta = CLOCK_TOLERANCE
    behind: timedelta | None = None


DEFAULT_WINDOW: Final = SigningWindow()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a partner signed. Only `verify` makes one.

    `element` is the signed root without its signature; `digest` the SHA-256 of its exclusive
    canonical form; `signed_at` the signer's own statement of the time (UTC);
    `certificate_sha256` and `subject_serial` say whose key it was.
    """

    element: Element = field(repr=False)
    digest: bytes
    signed_at: datetime
    certificate_sha256: bytes
    subject_serial: str
    _made: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._made is not _MADE_HERE:
            raise TypeError("Verified is made by verify")


def verify(
    document: bytes,
    trust: PartnerTrust,
    now: datetime,
    limit: int,
    window: SigningWindow = DEFAULT_WINDOW,
) -> Verified:
    """Return what this partner signed; `now` is UTC, `limit` the most bytes to accept.

    Raises:
        MessageTooLarge: over `limit` bytes.
        MessageUnreadable: not XML that we accept.
        SignatureRefused: no signature, or not exactly one of our profile over the whole document.
        CertificateRefused: the certificate is not this partner's, or not good now.
    """
    # 1 one strict parse                          6 the certificate is this partner's, and good now
    # 2 one signature, the root's last child      7 it is the certificate that was signed for
    # 3 no id twice                               8 the signature value fits SignedInfo
    # 4 exactly our structure and algorithms      9 the digests fit properties and document
    # 5 the signing time is near now              10 only that element goes on
    root = parse(document, limit)  # 1
    signature = _only_signature(root)  # 2
    _refuse_repeated_ids(root)  # 3
    claims = read_claims(signature)  # 4
    _check_time(claims.signed_at, now, window)  # 5
    certificate = read_certificate(claims.certificate_der)
    check_known(certificate, trust, now, "signing")  # 6
    _check_certificate_covered(certificate, claims)  # 7
    _check_value(certificate, claims)  # 8
    if _digest(claims.properties) != claims.properties_digest:  # 9
        raise SignatureRefused("The signed properties were changed.", reason="wrong-digest")
    _remove(signature, root)
    digest = sha256(canonical(root)).digest()
    if _base64(digest) != claims.document_digest:  # 9
        raise SignatureRefused("The document was changed after signing.", reason="wrong-digest")
    return Verified(  # 10
        root,
        digest,
        claims.signed_at,
        certificate.fingerprint,
        trust.subject_serial,
        _MADE_HERE,
    )


def _only_signature(root: Element) -> Element:
    found = list(root.iter(DS + "Signature"))
    if not found:
        raise SignatureRefused("There is no signature.", reason="no-signature")
    if len(found) > 1:
        raise SignatureRefused("There is more than one signature.", reason="several-signatures")
    if not len(root) or root[-1] is not found[0]:
        raise SignatureRefused(
            "The signature is not the last child of the root.", reason="signature-misplaced"
        )
    return found[0]


def _refuse_repeated_ids(root: Element) -> None:
    ids = cast(Sequence[str], _IDS(root))
    if len(set(ids)) != len(ids):
        raise SignatureRefused("An id occurs twice.", reason="duplicate-id")


def _check_time(signed_at: datetime, now: datetime, window: SigningWindow) -> None:
    if signed_at > now + window.ahead:
        raise SignatureRefused("The signing time is in the future.", reason="signed-in-future")
    if window.behind is not None and signed_at < now - window.behind:
        raise SignatureRefused("The signing time is too long ago.", reason="signed-too-long-ago")


def _check_certificate_covered(certificate: KnownCertificate, claims: Claims) -> None:
    # Without this the certificate could be swapped for another one with the same key.
    if _base64(certificate.fingerprint) != claims.certificate_digest:
        raise SignatureRefused(
            "Another certificate was signed for.", reason="certificate-not-covered"
        )
    if claims.signed_at < certificate.not_before - CLOCK_TOLERANCE:
        raise CertificateRefused("Not yet valid at signing.", reason="certificate-not-yet-valid")


def _check_value(certificate: KnownCertificate, claims: Claims) -> None:
    data, key = canonical(claims.information), certificate.public_key
    try:
        if claims.algorithm == "rsa-sha256" and isinstance(key, rsa.RSAPublicKey):
            return key.verify(claims.value, data, _RSA_PADDING, _SHA256)
        if claims.algorithm == "ecdsa-sha256" and isinstance(key, ec.EllipticCurvePublicKey):
            return key.verify(_dss(claims.value), data, _ECDSA)
    except InvalidSignature:
        raise SignatureRefused(
            "The signature value is not of this key.", reason="wrong-signature"
        ) from None
    raise SignatureRefused(
        "The signature method is not of this kind of key.", reason="algorithm-not-allowed"
    )


def _dss(value: bytes) -> bytes:
    part = profile.ECDSA_PART
    if len(value) != 2 * part:
        raise SignatureRefused(
            "The signature value has the wrong length.", reason="wrong-structure"
        )
    return encode_dss_signature(
        int.from_bytes(value[:part], "big"), int.from_bytes(value[part:], "big")
    )


def _remove(signature: Element, root: Element) -> None:
    """Take the signature out; the text behind it is the document's and stays."""
    tail, before = signature.tail or "", signature.getprevious()
    root.remove(signature)
    if before is None:
        root.text = (root.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def _digest(element: Element) -> str:
    return _base64(sha256(canonical(element)).digest())


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
