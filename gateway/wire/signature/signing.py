"""Signing a message: `Valid` in, `Signed` out, in our one profile.

The document is canonicalised once; the signature is put together as text that is canonical as it
stands, and placed before the closing tag of the root. What comes out is the canonical document
with the signature in it, so that the bytes do not depend on how the element was built.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.domain.errors import (
    AdapterFault,
    ConfigurationFault,
    EvidenceUnavailable,
    Finding,
)
from gateway.wire.schema import Valid
from gateway.wire.signature import profile
from gateway.wire.signature.profile import Algorithm
from gateway.wire.values import print_moment
from gateway.wire.xml import canonical

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_MADE_HERE: Final = object()
_ECDSA: Final = ec.ECDSA(SHA256())
_RSA_PADDING: Final = padding.PKCS1v15()
_SHA256: Final = SHA256()


class Signer(Protocol):
    """A key that signs, wherever it is kept; `certificate_der` is the certificate that goes along.

    `sign` returns the signature value as XMLDSIG wants it: for ECDSA raw r and s.
    """

    @property
    def certificate_der(self) -> bytes: ...

    @property
    def algorithm(self) -> Algorithm: ...

    def sign(self, data: bytes) -> bytes: ...


class KeySigner:
    """A signer whose key is in memory.

    Raises:
        ConfigurationFault: the key is neither RSA of at least 3072 bits nor P-256, or is not the
            key of the certificate.
    """

    __slots__ = ("_key", "algorithm", "certificate_der")

    def __init__(self, private_key: PrivateKey, certificate: x509.Certificate) -> None:
        if private_key.public_key() != certificate.public_key():
            raise _unfit("the signing key is not the key of the signing certificate")
        self.algorithm: Final = _algorithm_of(private_key)
        self.certificate_der: Final = certificate.public_bytes(Encoding.DER)
        self._key = private_key

    def sign(self, data: bytes) -> bytes:
        """Return the signature value over `data`; RSA keeps a core busy for about a millisecond."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, _RSA_PADDING, _SHA256)
        r, s = decode_dss_signature(self._key.sign(data, _ECDSA))
        part = profile.ECDSA_PART
        return r.to_bytes(part, "big") + s.to_bytes(part, "big")


def _algorithm_of(key: PrivateKey) -> Algorithm:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= profile.RSA_BITS:
        return "rsa-sha256"
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return "ecdsa-sha256"
    raise _unfit("the signing key is neither RSA of at least 3072 bits nor P-256")


def _unfit(problem: str) -> ConfigurationFault:
    return ConfigurationFault((Finding("", "signing", problem),))


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed message. Only `sign` makes one, and `recall` from what it made before.

    `digest` is the SHA-256 of the exclusive canonical form without the signature, which is what
    the first reference holds; `document` is what goes over the wire, byte for byte.
    """

    document: bytes = field(repr=False)
    digest: bytes
    _made: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._made is not _MADE_HERE:
            raise TypeError("Signed is made by sign")


def sign(valid: Valid, signer: Signer, at: datetime) -> Signed:
    """Return the signed document; `at` (UTC) becomes the signing time, in whole seconds.

    Raises:
        AdapterFault: the message already holds (something that looks like) a signature.
        Inexpressible: `at` is not in UTC.
    """
    content = canonical(valid.element)
    _refuse_signature(content)
    digest = sha256(content).digest()
    certificate, certificate_digest = _certificate_texts(signer.certificate_der)
    properties = profile.SIGNED_PROPERTIES.format(
        time=print_moment(at.replace(microsecond=0)), certificate_digest=certificate_digest
    )
    information = profile.SIGNED_INFO.format(
        algorithm=signer.algorithm,
        document_digest=_base64(digest),
        properties_digest=_base64(sha256(properties.encode()).digest()),
    )
    signature = profile.SIGNATURE.format(
        signed_info=information.replace(profile.DS_DECLARED, ""),
        value=_base64(signer.sign(information.encode())),
        certificate=certificate,
        signed_properties=properties.replace(profile.DS_DECLARED, "").replace(
            profile.XADES_DECLARED, ""
        ),
    )
    end = content.rindex(b"</")
    return Signed(content[:end] + signature.encode() + content[end:], digest, _MADE_HERE)


def recall(document: bytes, digest: bytes) -> Signed:
    """Return a message that was signed earlier and kept, to be sent again as the same bytes.

    Raises:
        EvidenceUnavailable: these bytes are not the document that was recorded with this digest.
    """
    begin = document.rfind(profile.SIGNATURE_BEGIN)
    end = document.rfind(profile.SIGNATURE_END) + len(profile.SIGNATURE_END)
    content = document[:begin] + document[end:]
    if begin < 0 or sha256(content).digest() != digest:
        raise EvidenceUnavailable("The kept document is not the one that was recorded.")
    return Signed(document, digest, _MADE_HERE)


def _refuse_signature(content: bytes) -> None:
    # The receiver refuses a second signature and a repeated id; so we never send one.
    if profile.DS_URI.encode() in content or f'"{profile.SIGNATURE_ID}'.encode() in content:
        raise AdapterFault("A message may not bring its own signature.")


@lru_cache(maxsize=64)
def _certificate_texts(der: bytes) -> tuple[str, str]:
    """Return certificate and certificate digest in base64; one per key, so worth keeping."""
    return _base64(der), _base64(sha256(der).digest())


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
