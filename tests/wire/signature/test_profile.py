"""The profile says the same thing twice: as text to write and as a table to read."""

from lxml import etree

from gateway.wire.signature import profile
from gateway.wire.signature.profile import STRUCTURE, Row


def written() -> list[etree._Element]:
    properties = profile.SIGNED_PROPERTIES.format(time="t", certificate_digest="c")
    information = profile.SIGNED_INFO.format(
        algorithm="rsa-sha256", document_digest="d", properties_digest="p"
    )
    signature = profile.SIGNATURE.format(
        signed_info=information, value="v", certificate="x", signed_properties=properties
    )
    return list(etree.fromstring(signature).iter())


def test_what_is_written_is_what_is_read() -> None:
    parts = written()
    assert [(part.tag, len(part)) for part in parts] == [row[:2] for row in STRUCTURE]
    for part, (_, _, attributes) in zip(parts, STRUCTURE, strict=True):
        assert not attributes or dict(part.items()) == attributes


def test_the_named_rows_are_what_their_names_say() -> None:
    parts = written()
    texts = {
        Row.DOCUMENT_DIGEST: "d",
        Row.PROPERTIES_DIGEST: "p",
        Row.SIGNATURE_VALUE: "v",
        Row.CERTIFICATE: "x",
        Row.SIGNING_TIME: "t",
        Row.CERTIFICATE_DIGEST: "c",
    }
    assert {row: parts[row].text for row in texts} == texts
    for row, name in {
        Row.SIGNATURE: "Signature",
        Row.SIGNED_INFO: "SignedInfo",
        Row.SIGNATURE_METHOD: "SignatureMethod",
        Row.PROPERTIES_REFERENCE: "Reference",
        Row.QUALIFYING_PROPERTIES: "QualifyingProperties",
        Row.SIGNED_PROPERTIES: "SignedProperties",
    }.items():
        assert etree.QName(parts[row]).localname == name


def test_the_texts_are_canonical_as_they_stand() -> None:
    for text in (
        profile.SIGNED_INFO.format(algorithm="a", document_digest="d", properties_digest="p"),
        profile.SIGNED_PROPERTIES.format(time="t", certificate_digest="c"),
    ):
        element = etree.fromstring(text)
        assert etree.tostring(element, method="c14n", exclusive=True) == text.encode()


def test_nothing_weak_is_on_the_list() -> None:
    assert set(profile.SIGNATURE_METHODS.values()) == {"rsa-sha256", "ecdsa-sha256"}
    everything = repr(STRUCTURE) + profile.SIGNED_INFO + repr(profile.SIGNATURE_METHODS)
    for weak in ("sha1", "md5", "hmac", "dsa-", "xslt", "xpath", "WithComments"):
        assert weak not in everything.replace("ecdsa-", "")
