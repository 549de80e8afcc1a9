"""Documents that a partner really signed, but not as agreed.

A forger here holds the partner's own key: the signature value always fits SignedInfo. So each
refusal is owed to the check under test and not to broken cryptography.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from lxml import etree

from gateway.wire.signature.profile import DS, XADES
from gateway.wire.signature.signing import Signer
from gateway.wire.xml import Element

Change = Callable[[Element], object]


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def c14n(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def part(root: Element, name: str, space: str = DS, number: int = 0) -> Element:
    return list(root.iter(space + name))[number]


def sign_again(root: Element, signer: Signer) -> bytes:
    """Put digests and signature value right for whatever the document says now."""
    properties = root.find(f".//{XADES}SignedProperties")
    values = list(part(root, "SignedInfo").iter(DS + "DigestValue"))
    if properties is not None and len(values) > 1 and len(values[1]) == 0:
        values[1].text = base64(sha256(c14n(properties)).digest())
    part(root, "SignatureValue").text = base64(signer.sign(c14n(part(root, "SignedInfo"))))
    return etree.tostring(root)


def forge(document: bytes, signer: Signer, change: Change) -> bytes:
    """Return the document with one change in it, signed again by its own signer."""
    root = etree.fromstring(document)
    change(root)
    return sign_again(root, signer)


def document_digest(root: Element) -> str:
    """Return the digest of the first reference for the document as it is now."""
    copy = etree.fromstring(etree.tostring(root))
    copy.remove(copy[-1])
    return base64(sha256(c14n(copy)).digest())
