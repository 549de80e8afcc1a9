"""A creditor in one file: it needs this kit, and aiohttp, lxml and cryptography (pip install).

    python voorbeeld_schuldeiser.py 9443                           answers in the response
    python voorbeeld_schuldeiser.py 9443 --later 127.0.0.1:8444    a receipt first, the answer later

It listens on https://127.0.0.1:PORT/v1/berichten, believes the municipality of the kit and nobody
else, and answers every question with the one claim of the sample. An example to read, not to run in
earnest: a real creditor stores a message before it acknowledges it, holds it against the schemas,
checks the revocation list, and looks up who it is asked about.
"""

import argparse
import asyncio
import ssl
from base64 import b64decode, b64encode
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

KIT = Path(__file__).parent
KEYS, SAMPLES = KIT / "sleutels", KIT / "voorbeelden" / "van-schuldeiser"
OWN, MUNICIPALITY, HOST = KEYS / "schuldeiser", KEYS / "gemeente", "voorbeeldstad.example"
NAMES = {
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "s": "urn:schuldeisersberichten:svb:1.0",
    "o": "urn:schuldeisersberichten:ontvangst:1.0",
}
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


class Refused(Exception):
    """A message that is not believed."""


def read(document):
    return etree.fromstring(document, PARSER)


def first(element, path):
    return element.find(path, NAMES)


def put(element, path, text):
    first(element, path).text = text


def canonical(element):
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def digest(element):
    """The digest of a part, in base64; of a whole document its signature must be taken out."""
    return b64encode(sha256(canonical(element)).digest()).decode()


def now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def certificate(folder):
    return x509.load_pem_x509_certificate((folder / "signing.pem").read_bytes())


def verified(document):
    """Return the message without its signature, and its digest, if the municipality signed it."""
    message = read(document)
    signature = message[-1]
    if signature.tag != etree.QName(NAMES["ds"], "Signature"):
        raise Refused("there is no signature")
    information, key = first(signature, "ds:SignedInfo"), certificate(MUNICIPALITY).public_key()
    value = b64decode(signature.findtext("ds:SignatureValue", "", NAMES))
    try:
        # The municipality of the kit signs with RSA; others may with ECDSA P-256.
        key.verify(value, canonical(information), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise Refused("the signature is not the municipality's") from None
    whole, part = (one.text for one in information.iterfind(".//ds:DigestValue", NAMES))
    if digest(first(signature, ".//xades:SignedProperties")) != part:
        raise Refused("the signed properties were changed")
    message.remove(signature)
    if digest(message) != whole:
        raise Refused("the document was changed")
    return message, whole


def signed(message, signature):
    """Return the message with this signature, of a sample, filled in again for it."""
    own = certificate(OWN)
    der = own.public_bytes(serialization.Encoding.DER)
    put(signature, ".//xades:SigningTime", now())
    put(signature, ".//xades:CertDigest/ds:DigestValue", b64encode(sha256(der).digest()).decode())
    put(signature, ".//ds:X509Certificate", b64encode(der).decode())
    whole, part = signature.findall("ds:SignedInfo/ds:Reference/ds:DigestValue", NAMES)
    whole.text = digest(message)
    message.append(signature)
    part.text = digest(first(signature, ".//xades:SignedProperties"))
    key = serialization.load_pem_private_key((OWN / "signing.key").read_bytes(), None)
    made = key.sign(canonical(first(signature, "ds:SignedInfo")), ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(made)
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    put(signature, "ds:SignatureValue", b64encode(raw).decode())
    return etree.tostring(message)


def sample(name):
    message = read((SAMPLES / name).read_bytes())
    signature = message[-1]
    message.remove(signature)
    return message, signature


def answer(question, question_digest):
    """Answer a question: its references, ground and person, and the claim of the sample."""
    message, signature = sample("02-antwoord.xml")
    head, asked = "s:Stuurgegevens/s:", "s:Stuurgegevens/s:Referentienummer"
    put(message, f"{head}Referentienummer", str(uuid4()))
    for name, path in (
        (f"{head}ConversatieReferentienummer", f"{head}ConversatieReferentienummer"),
        (f"{head}CrossReferentienummer", asked),
        ("s:KlantnummerSHV", "s:KlantnummerSHV"),
    ):
        put(message, name, question.findtext(path, None, NAMES))
    put(message, f"{head}CrossDigest", question_digest)
    put(message, f"{head}Datum", now())
    message.replace(first(message, "s:Grondslag"), deepcopy(first(question, "s:Grondslag")))
    for unasked in first(message, "s:Vorderingen")[1:]:
        unasked.getparent().remove(unasked)
    return signed(message, signature)


def receipt(question, question_digest):
    """Acknowledge a message: its number and its digest."""
    message, signature = sample("01-ontvangstbevestiging.xml")
    number = question.findtext("s:Stuurgegevens/s:Referentienummer", None, NAMES)
    put(message, "o:Referentienummer", str(uuid4()))
    put(message, "o:BerichtReferentienummer", number)
    put(message, "o:BerichtDigest", question_digest)
    put(message, "o:OntvangenOp", now())
    return signed(message, signature)


def context(purpose):
    made = ssl.create_default_context(purpose, cafile=str(KEYS / "root.pem"))
    made.load_verify_locations(KEYS / "issuing.pem")
    made.load_cert_chain(OWN / "tls.pem", OWN / "tls.key")
    made.verify_mode = ssl.CERT_REQUIRED
    return made


class Creditor:
    """Takes messages in; the same message gets the same answer."""

    def __init__(self, later):
        self.later, self.given, self.tasks = later, {}, set()

    async def post(self, request):
        try:
            message, found = verified(await request.read())
        except (Refused, etree.XMLSyntaxError, ValueError, IndexError) as fault:
            print(f"refused: {fault}", flush=True)
            return web.Response(status=400)
        name = etree.QName(message).localname
        print(f"got {name}", flush=True)
        if found not in self.given:
            asks = name == "Saldoverzoek"
            if asks and not self.later:
                self.given[found] = 200, answer(message, found)
            else:
                self.given[found] = 202, receipt(message, found)
            if asks and self.later:
                task = asyncio.create_task(self.deliver(answer(message, found)))
                self.tasks.add(task)
        status, document = self.given[found]
        return web.Response(status=status, body=document, content_type="application/xml")

    async def deliver(self, document):
        """Bring an answer to the port for creditors, under the host name of the municipality."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"https://{self.later}/v1/berichten",
                data=document,
                headers={"Content-Type": "application/xml", "Host": HOST},
                ssl=context(ssl.Purpose.SERVER_AUTH),
                server_hostname=HOST,
            ) as response,
        ):
            print(f"delivered: {response.status} {(await response.read())[:200]!r}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--later", metavar="HOST:PORT", help="where answers are delivered later")
    args = parser.parse_args()
    app = web.Application()
    app.router.add_post("/v1/berichten", Creditor(args.later).post)
    tls = context(ssl.Purpose.CLIENT_AUTH)
    web.run_app(app, host="127.0.0.1", port=args.port, ssl_context=tls)


if __name__ == "__main__":
    main()
