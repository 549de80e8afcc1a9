"""Hostile signatures (attacks-and-needs §2 rows 1 to 9).

Where a forger changes what is under the signature, the forger holds the partner's own key and
signs again: the value fits, so that only the check under test can refuse.
"""

import hmac
import socket
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from gateway.domain.errors import CertificateRefused, PartnerFault, SignatureRefused
from gateway.practice.issuing import make_issuing, make_root
from gateway.wire.signature import KeySigner, Signer, verify
from gateway.wire.signature.profile import DS, ENVELOPED, EXCLUSIVE_C14N, XADES
from gateway.wire.xml import Element
from tests.wire.certificate_cases import DAY, certificate
from tests.wire.message_set import NOTE, line, note
from tests.wire.signature.forgery import base64, c14n, document_digest, forge, part, sign_again
from tests.wire.signing_parties import LIMIT, NOW, Parties

Change = Callable[[Element], object]


def reason(document: bytes, parties: Parties) -> str:
    with pytest.raises((SignatureRefused, CertificateRefused)) as refusal:
        verify(document, parties.energy.trust, NOW, LIMIT)
    assert isinstance(refusal.value, SignatureRefused | CertificateRefused)
    return refusal.value.reason


def forged(parties: Parties, change: Change) -> str:
    """Return why a document is refused that was changed and signed again by its signer."""
    good = parties.signed(parties.energy).document
    verify(forge(good, parties.energy.signer, lambda root: None), parties.energy.trust, NOW, LIMIT)
    return reason(forge(good, parties.energy.signer, change), parties)


class OtherSigner:
    """Shows the partner's certificate, but signs with a function of the test."""

    def __init__(self, like: Signer, value: Callable[[bytes], bytes]) -> None:
        self.certificate_der = like.certificate_der
        self.algorithm = like.algorithm
        self.sign = value


# --- row 1: signature wrapping ---------------------------------------------------------------


def evil_note() -> Element:
    return note("666666666", line("0.01"))


def pieces(parties: Parties) -> tuple[Element, Element, Element]:
    """Return the original with its signature, the original without, and the signature."""
    root = etree.fromstring(parties.signed(parties.energy).document)
    bare = deepcopy(root)
    signature = bare[-1]
    bare.remove(signature)
    return root, bare, deepcopy(root[-1])


def evil_around_the_original(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    evil.append(root)
    return evil


def original_beside_a_moved_signature(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    evil.extend([bare, signature])
    return evil


def original_before_the_evil_content(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    evil.insert(0, root)
    return evil


def original_inside_the_evil_line(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    evil[1].append(bare)
    evil.append(signature)
    return evil


def original_inside_the_signature(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    signature.append(bare)
    evil.append(signature)
    return evil


def original_inside_an_object(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    etree.SubElement(signature, DS + "Object").append(bare)
    evil.append(signature)
    return evil


def original_inside_our_object(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    part(signature, "Object").append(bare)
    evil.append(signature)
    return evil


def original_inside_an_extension(root: Element, bare: Element, signature: Element) -> Element:
    evil = evil_note()
    extension = NOTE.element("Uitbreiding")
    extension.append(bare)
    evil.insert(0, extension)
    evil.append(signature)
    return evil


WRAPPINGS = (
    evil_around_the_original,
    original_beside_a_moved_signature,
    original_before_the_evil_content,
    original_inside_the_evil_line,
    original_inside_the_signature,
    original_inside_an_object,
    original_inside_our_object,
    original_inside_an_extension,
)


@pytest.mark.parametrize("shape", WRAPPINGS)
@pytest.mark.parametrize("target", ["", "#origineel"])
def test_each_classic_wrapping_is_refused(
    shape: Callable[[Element, Element, Element], Element], target: str, parties: Parties
) -> None:
    root, bare, signature = pieces(parties)
    if target:
        # The partner signed a part by its id, as XSW needs; our profile knows no such reference.
        for one in (root, bare):
            one.set("Id", target[1:])
        for one in (root, signature):
            reference = part(one, "Reference")
            reference.set("URI", target)
            part(one, "DigestValue").text = base64(sha256(c14n(bare)).digest())
            sign_again(one, parties.energy.signer)
    document = etree.tostring(shape(root, bare, signature))
    assert reason(document, parties) in {
        "signature-misplaced",
        "wrong-structure",
        "wrong-reference",
        "wrong-digest",
    }


def test_a_reference_to_the_root_by_id_is_refused(parties: Parties) -> None:
    def by_id(root: Element) -> None:
        root.set("Id", "alles")
        part(root, "Reference").set("URI", "#alles")
        part(root, "DigestValue").text = document_digest(root)

    assert forged(parties, by_id) == "wrong-reference"


# --- row 2: ids ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id", "{urn:wsu}Id"]
)
@pytest.mark.parametrize("number", [0, 1])
def test_an_id_that_occurs_twice_is_refused(name: str, number: int, parties: Parties) -> None:
    def repeat(root: Element) -> None:
        used = (part(root, "Signature"), part(root, "SignedProperties", XADES))[number]
        root[0].set(name, used.get("Id", ""))
        part(root, "DigestValue").text = document_digest(root)

    assert forged(parties, repeat) == "duplicate-id"


def test_an_id_of_the_message_itself_may_occur_once(parties: Parties) -> None:
    def once(root: Element) -> None:
        root[0].set("id", "eigen")
        part(root, "DigestValue").text = document_digest(root)

    document = forge(parties.signed(parties.energy).document, parties.energy.signer, once)
    assert verify(document, parties.energy.trust, NOW, LIMIT).element[0].get("id") == "eigen"


# --- row 3: missing security -----------------------------------------------------------------


def test_a_message_without_signature_is_refused(parties: Parties) -> None:
    _, bare, _ = pieces(parties)
    assert reason(etree.tostring(bare), parties) == "no-signature"
    assert reason(b"<a/>", parties) == "no-signature"


def test_a_signature_in_another_namespace_is_no_signature(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    changed = document.replace(b"http://www.w3.org/2000/09/xmldsig#", b"urn:other")
    assert reason(changed, parties) == "no-signature"


def test_a_signature_as_root_is_refused(parties: Parties) -> None:
    _, _, signature = pieces(parties)
    assert reason(etree.tostring(signature), parties) == "signature-misplaced"


@pytest.mark.parametrize("place", ["first", "middle", "deep"])
def test_a_signature_at_another_place_is_refused(place: str, parties: Parties) -> None:
    def move(root: Element) -> None:
        if place == "deep":
            root[1].append(root[-1])
        else:
            root.insert(0 if place == "first" else 1, root[-1])

    assert forged(parties, move) == "signature-misplaced"


# --- row 4: the wrong key --------------------------------------------------------------------


def test_a_stranger_with_an_own_certificate_in_the_message_is_refused(parties: Parties) -> None:
    root = make_root(NOW - DAY, NOW + DAY)
    issuer = make_issuing(root, NOW - DAY, NOW + DAY)
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = replace(parties.energy, signer=KeySigner(key, certificate(issuer, key)))
    assert reason(parties.signed(stranger).document, parties) == "unknown-issuer"


def test_a_self_signed_key_value_instead_of_a_certificate_is_refused(parties: Parties) -> None:
    def key_value(root: Element) -> None:
        info = part(root, "KeyInfo")
        info.remove(info[0])
        etree.SubElement(info, DS + "KeyValue")

    assert forged(parties, key_value) == "wrong-structure"


@pytest.mark.parametrize("hint", ["KeyName", "KeyValue", "RetrievalMethod", "X509Data"])
def test_a_second_key_hint_is_refused(hint: str, parties: Parties) -> None:
    def add(root: Element) -> None:
        added = etree.SubElement(part(root, "KeyInfo"), DS + hint)
        added.set("URI", "file:///etc/passwd")

    assert forged(parties, add) == "wrong-structure"


def test_a_second_certificate_is_refused(parties: Parties) -> None:
    def add(root: Element) -> None:
        data = part(root, "X509Data")
        data.append(deepcopy(data[0]))

    assert forged(parties, add) == "wrong-structure"


def test_the_right_certificate_with_a_value_of_another_key_is_refused(parties: Parties) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    other = KeySigner(key, certificate(parties.pki.issuing, key))
    impostor = replace(parties.energy, signer=OtherSigner(parties.energy.signer, other.sign))
    assert reason(parties.signed(impostor).document, parties) == "wrong-signature"


def test_a_certificate_that_was_not_signed_for_is_refused(parties: Parties) -> None:
    """Same subject, same issuer, same key; but the partner signed for the other certificate."""
    renewed = certificate(parties.pki.issuing, parties.energy.key)

    def swap(root: Element) -> None:
        der = renewed.public_bytes(Encoding.DER)
        part(root, "X509Certificate").text = base64(der)

    assert forged(parties, swap) == "certificate-not-covered"


@pytest.mark.parametrize(
    "method",
    [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "HTTP://WWW.W3.ORG/2001/04/xmldsig-more#ecdsa-sha256",
        "",
    ],
)
def test_another_signature_method_is_refused(method: str, parties: Parties) -> None:
    def swap(root: Element) -> None:
        part(root, "SignatureMethod").set("Algorithm", method)

    assert forged(parties, swap) == "algorithm-not-allowed"


def test_a_public_key_is_never_used_as_a_shared_secret(parties: Parties) -> None:
    root = etree.fromstring(parties.signed(parties.rent).document)
    method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    part(root, "SignatureMethod").set("Algorithm", method)
    secret = parties.rent.certificate.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    value = hmac.digest(secret, c14n(part(root, "SignedInfo")), "sha256")
    part(root, "SignatureValue").text = base64(value)
    with pytest.raises(SignatureRefused) as refusal:
        verify(etree.tostring(root), parties.rent.trust, NOW, LIMIT)
    assert refusal.value.reason == "algorithm-not-allowed"


def test_a_signature_value_over_sha_1_or_with_pss_is_refused(parties: Parties) -> None:
    key = parties.rent.key
    assert isinstance(key, rsa.RSAPrivateKey)
    salted = padding.PSS(padding.MGF1(SHA256()), 32)
    for value in (
        lambda data: key.sign(data, padding.PKCS1v15(), SHA1()),
        lambda data: key.sign(data, salted, SHA256()),
        lambda data: b"\0" + key.sign(data, padding.PKCS1v15(), SHA256()),
    ):
        by = replace(parties.rent, signer=OtherSigner(parties.rent.signer, value))
        with pytest.raises(SignatureRefused) as refusal:
            verify(parties.signed(by).document, by.trust, NOW, LIMIT)
        assert refusal.value.reason == "wrong-signature"


@pytest.mark.parametrize("form", ["der", "short", "long", "zero", "empty"])
def test_an_ecdsa_value_of_another_form_is_refused(form: str, parties: Parties) -> None:
    key = parties.energy.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    document = parties.signed(parties.energy).document
    root = etree.fromstring(document)
    der = key.sign(c14n(part(root, "SignedInfo")), ec.ECDSA(SHA256()))
    r, s = (number.to_bytes(32, "big") for number in decode_dss_signature(der))
    forms = {
        "der": der,
        "short": r + s[:-1],
        "long": b"\0" + r + b"\0" + s,
        "zero": bytes(64),
        "empty": b"",
    }
    part(root, "SignatureValue").text = base64(forms[form])
    assert reason(etree.tostring(root), parties) in {"wrong-structure", "wrong-signature"}


# --- row 5: none or several ------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, -1])
def test_two_signatures_are_refused_also_when_one_is_good(place: int, parties: Parties) -> None:
    root, _, signature = pieces(parties)
    root.insert(place, signature)
    assert reason(etree.tostring(root), parties) == "several-signatures"


def test_a_signature_inside_the_signature_is_refused(parties: Parties) -> None:
    def nest(root: Element) -> None:
        part(root, "Object").append(etree.Element(DS + "Signature"))

    assert forged(parties, nest) == "several-signatures"


def test_an_empty_signed_info_is_refused(parties: Parties) -> None:
    def empty(root: Element) -> None:
        information = part(root, "SignedInfo")
        for child in list(information):
            information.remove(child)

    assert forged(parties, empty) == "wrong-structure"


@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_reference_is_refused(number: int, parties: Parties) -> None:
    def drop(root: Element) -> None:
        part(root, "SignedInfo").remove(part(root, "Reference", number=number))

    assert forged(parties, drop) == "wrong-structure"


@pytest.mark.parametrize("number", [0, 1])
def test_a_reference_too_many_is_refused(number: int, parties: Parties) -> None:
    def add(root: Element) -> None:
        part(root, "SignedInfo").append(deepcopy(part(root, "Reference", number=number)))

    assert forged(parties, add) == "wrong-structure"


def test_two_references_to_the_properties_and_none_to_the_document_are_refused(
    parties: Parties,
) -> None:
    def double(root: Element) -> None:
        information = part(root, "SignedInfo")
        information.replace(information[2], deepcopy(information[3]))

    def redirect(root: Element) -> None:
        first, second = root.iter(DS + "Reference")
        first.set("URI", second.get("URI", ""))

    assert forged(parties, double) == "wrong-structure"
    assert forged(parties, redirect) == "wrong-reference"


# --- row 6: comments and split values --------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["DigestValue>", "SignatureValue>", "X509Certificate>", "SigningTime>", "Nummer>", "Bedrag>"],
)
@pytest.mark.parametrize("markup", ["<!---->", "<?x y?>", "<![CDATA[]]>"])
def test_a_value_cannot_be_split_by_markup(value: str, markup: str, parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    place = document.index(value.encode()) + len(value) + 1
    with pytest.raises(PartnerFault) as refusal:
        verify(
            document[:place] + markup.encode() + document[place:],
            parties.energy.trust,
            NOW,
            LIMIT,
        )
    assert refusal.value.code == "bericht-onleesbaar"


@pytest.mark.parametrize("name", ["DigestValue", "SignatureValue", "X509Certificate"])
def test_a_value_cannot_be_split_by_an_element(name: str, parties: Parties) -> None:
    def split(root: Element) -> None:
        value = part(root, name)
        child = etree.SubElement(value, "x")
        child.tail, value.text = (value.text or "")[4:], (value.text or "")[:4]

    good = parties.signed(parties.energy).document
    root = etree.fromstring(good)
    split(root)
    assert reason(etree.tostring(root), parties) == "wrong-structure"


@pytest.mark.parametrize("text", ["!", "A", "====", "QUJD=", "QQ=", "QR==", "\u0410AAA", "-_-_"])
def test_a_value_that_is_not_plain_base64_is_refused(text: str, parties: Parties) -> None:
    def spoil(root: Element) -> None:
        part(root, "X509Certificate").text = text

    assert forged(parties, spoil) == "wrong-structure"


def test_a_changed_amount_is_refused(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    assert reason(document.replace(b"12.50", b"12.51"), parties) == "wrong-digest"


def test_changed_properties_are_refused(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    changed = document.replace(b"2026-11-24T12:00:00Z", b"2026-11-24T11:00:00Z")
    assert reason(changed, parties) == "wrong-digest"


# --- rows 7 and 8: canonicalisation and transforms -------------------------------------------


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2006/12/xml-c14n11",
        EXCLUSIVE_C14N + "WithComments",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#base64",
        ENVELOPED,
    ],
)
@pytest.mark.parametrize("place", ["CanonicalizationMethod", "first", "second", "properties"])
def test_another_canonicalisation_or_transform_is_refused(
    algorithm: str, place: str, parties: Parties
) -> None:
    number = {"first": 0, "second": 1, "properties": 2}.get(place, 0)
    name = place if place == "CanonicalizationMethod" else "Transform"
    if place == "first" and algorithm == ENVELOPED:
        algorithm = EXCLUSIVE_C14N

    def swap(root: Element) -> None:
        part(root, name, number=number).set("Algorithm", algorithm)

    assert forged(parties, swap) == "algorithm-not-allowed"


@pytest.mark.parametrize("name", ["CanonicalizationMethod", "SignatureMethod", "Transform"])
@pytest.mark.parametrize(
    "parameter",
    [
        "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces",
        "{http://www.w3.org/2000/09/xmldsig#}XPath",
        "{http://www.w3.org/2000/09/xmldsig#}HMACOutputLength",
        "{http://www.w3.org/1999/XSL/Transform}stylesheet",
    ],
)
def test_an_algorithm_with_parameters_is_refused(
    name: str, parameter: str, parties: Parties
) -> None:
    def add(root: Element) -> None:
        added = etree.SubElement(part(root, name), parameter)
        added.set("PrefixList", "ds")

    assert forged(parties, add) == "wrong-structure"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_transform_too_few_is_refused(number: int, parties: Parties) -> None:
    def drop(root: Element) -> None:
        first, second = root.iter(DS + "Transforms")
        transforms, index = (first, number) if number < 2 else (second, 0)
        transforms.remove(transforms[index])

    assert forged(parties, drop) == "wrong-structure"


def test_a_transform_too_many_is_refused(parties: Parties) -> None:
    def add(root: Element) -> None:
        transforms = part(root, "Transforms")
        transforms.append(deepcopy(transforms[1]))

    assert forged(parties, add) == "wrong-structure"


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(
    "algorithm",
    ["http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmlenc#sha512", ""],
)
def test_another_digest_method_is_refused(number: int, algorithm: str, parties: Parties) -> None:
    def swap(root: Element) -> None:
        part(root, "DigestMethod", number=number).set("Algorithm", algorithm)

    assert forged(parties, swap) == "algorithm-not-allowed"


# --- row 9: external references --------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x",
        "cid:attachment",
        "#xpointer(/)",
        "#xpointer(id('handtekening-eigenschappen'))",
        "#",
        "#bestaat-niet",
        "#handtekening",
        "handtekening-eigenschappen",
        None,
    ],
)
def test_another_reference_is_refused(number: int, uri: str | None, parties: Parties) -> None:
    def point(root: Element) -> None:
        reference = part(root, "Reference", number=number)
        if uri is None:
            del reference.attrib["URI"]
        else:
            reference.set("URI", uri)

    assert forged(parties, point) == "wrong-reference"


def test_no_reference_is_ever_fetched(parties: Parties) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        assert (
            forged(parties, lambda root: part(root, "Reference").set("URI", place))
            == "wrong-reference"
        )
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("kind", [None, "http://www.w3.org/2000/09/xmldsig#Object", ""])
def test_the_second_reference_must_be_of_our_type(kind: str | None, parties: Parties) -> None:
    def retype(root: Element) -> None:
        reference = part(root, "Reference", number=1)
        if kind is None:
            del reference.attrib["Type"]
        else:
            reference.set("Type", kind)

    assert forged(parties, retype) == "wrong-reference"


# --- anything else that another program could take for meaning -------------------------------


@pytest.mark.parametrize("name", ["Object", "KeyInfo", "SignatureValue", "SignedInfo"])
def test_a_second_part_of_the_signature_is_refused(name: str, parties: Parties) -> None:
    def add(root: Element) -> None:
        part(root, "Signature").append(deepcopy(part(root, name)))

    root = etree.fromstring(parties.signed(parties.energy).document)
    add(root)
    assert reason(etree.tostring(root), parties) in {"wrong-structure", "duplicate-id"}


@pytest.mark.parametrize(
    "name",
    [
        "UnsignedProperties",
        "SignedProperties",
        "SignedDataObjectProperties",
        "QualifyingProperties",
    ],
)
def test_more_properties_than_ours_are_refused(name: str, parties: Parties) -> None:
    for place in ("QualifyingProperties", "SignedProperties", "SignedSignatureProperties"):

        def add(root: Element, place: str = place) -> None:
            etree.SubElement(part(root, place, XADES), XADES + name)

        assert forged(parties, add) == "wrong-structure"


@pytest.mark.parametrize(
    "name",
    ["SignedInfo", "Reference", "Transforms", "KeyInfo", "X509Data", "Object", "DigestValue"],
)
def test_an_attribute_that_is_not_ours_is_refused(name: str, parties: Parties) -> None:
    def add(root: Element) -> None:
        part(root, name).set("{urn:x}soort", "x")

    assert forged(parties, add) in {"wrong-structure", "wrong-reference"}


@pytest.mark.parametrize("name", ["Signature", "SignedInfo", "Reference", "KeyInfo", "Object"])
def test_loose_text_in_the_signature_is_refused(name: str, parties: Parties) -> None:
    for place in ("text", "tail"):

        def add(root: Element, place: str = place) -> None:
            one = part(root, name)
            setattr(one if place == "text" else one[0], place, "loose")

        assert forged(parties, add) == "wrong-structure"


@pytest.mark.parametrize("target", ["#iets-anders", "", "handtekening", "#"])
def test_properties_of_another_signature_are_refused(target: str, parties: Parties) -> None:
    def retarget(root: Element) -> None:
        part(root, "QualifyingProperties", XADES).set("Target", target)

    assert forged(parties, retarget) == "wrong-reference"


def test_a_reserved_prefix_for_another_namespace_changes_nothing(parties: Parties) -> None:
    """Names are compared by namespace, so the prefix ds may mean something else outside."""

    def rebind(root: Element) -> None:
        root[0].append(etree.fromstring('<ds:Signature xmlns:ds="urn:not-a-signature"/>'))
        part(root, "DigestValue").text = document_digest(root)

    document = forge(parties.signed(parties.energy).document, parties.energy.signer, rebind)
    assert len(verify(document, parties.energy.trust, NOW, LIMIT).element) == 2
