"""Our one profile of XML signatures: every name, algorithm and fixed text of it.

An enveloped XML signature (XMLDSIG, Digikoppeling SIGN002) as the last child of the root, with
exactly two references: the whole document without the signature, and the XAdES SignedProperties
that hold signing time and certificate digest (ETSI EN 319 132-1). Exclusive canonicalisation and
SHA-256 throughout; RSA (PKCS#1 v1.5) or ECDSA over P-256 (design §4, §9).

The templates below are written in canonical form already, so that signing needs one
canonicalisation, of the document, and not three.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, Literal

Algorithm = Literal["rsa-sha256", "ecdsa-sha256"]

DS_URI: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES_URI: Final = "http://uri.etsi.org/01903/v1.3.2#"
DS: Final = f"{{{DS_URI}}}"
XADES: Final = f"{{{XADES_URI}}}"

EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
DIGEST_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNED_PROPERTIES_TYPE: Final = "http://uri.etsi.org/01903#SignedProperties"
SIGNATURE_METHODS: Final[dict[str, Algorithm]] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": "rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": "ecdsa-sha256",
}

RSA_BITS: Final = 3072
"""The smallest RSA key that signs or is believed without a dated exception (design §9)."""
ECDSA_PART: Final = 32
"""Bytes of r and of s in an ECDSA P-256 signature value: raw, of fixed length (XMLDSIG §6.4.3)."""

SIGNATURE_ID: Final = "handtekening"
PROPERTIES_ID: Final = "handtekening-eigenschappen"

DS_DECLARED: Final = f' xmlns:ds="{DS_URI}"'
XADES_DECLARED: Final = f' xmlns:xades="{XADES_URI}"'
"""Each part declares its namespaces, as canonical form wants when the part stands alone; within
the signature the declarations of what is around it do, and these are taken out."""

SIGNED_PROPERTIES: Final = (
    f'<xades:SignedProperties{XADES_DECLARED} Id="{PROPERTIES_ID}">'
    "<xades:SignedSignatureProperties>"
    "<xades:SigningTime>{time}</xades:SigningTime>"
    "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
    f'<ds:DigestMethod{DS_DECLARED} Algorithm="{DIGEST_SHA256}"></ds:DigestMethod>'
    f"<ds:DigestValue{DS_DECLARED}>{{certificate_digest}}</ds:DigestValue>"
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
    "</xades:SignedSignatureProperties></xades:SignedProperties>"
)

SIGNED_INFO: Final = (
    f"<ds:SignedInfo{DS_DECLARED}>"
    f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{algorithm}">'
    "</ds:SignatureMethod>"
    '<ds:Reference URI=""><ds:Transforms>'
    f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform>'
    f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{DIGEST_SHA256}"></ds:DigestMethod>'
    "<ds:DigestValue>{document_digest}</ds:DigestValue></ds:Reference>"
    f'<ds:Reference Type="{SIGNED_PROPERTIES_TYPE}" URI="#{PROPERTIES_ID}"><ds:Transforms>'
    f'<ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform></ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{DIGEST_SHA256}"></ds:DigestMethod>'
    "<ds:DigestValue>{properties_digest}</ds:DigestValue></ds:Reference>"
    "</ds:SignedInfo>"
)

SIGNATURE: Final = (
    f'<ds:Signature{DS_DECLARED} Id="{SIGNATURE_ID}">'
    "{signed_info}"
    "<ds:SignatureValue>{value}</ds:SignatureValue>"
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>"
    "</ds:KeyInfo>"
    f'<ds:Object><xades:QualifyingProperties{XADES_DECLARED} Target="#{SIGNATURE_ID}">'
    "{signed_properties}"
    "</xades:QualifyingProperties></ds:Object>"
    "</ds:Signature>"
)
SIGNATURE_BEGIN: Final = b"<ds:Signature "
SIGNATURE_END: Final = b"</ds:Signature>"

_EXCLUSIVE: Final = {"Algorithm": EXCLUSIVE_C14N}
_SHA256: Final = {"Algorithm": DIGEST_SHA256}
_OPEN: Final[Mapping[str, str]] = {}

# The same signature as a table for reading: name, number of children, attributes; in document
# order, which with the numbers fixes the whole tree. Attributes of a row named below are filled in
# from the document itself and compared with each other.
STRUCTURE: Final[tuple[tuple[str, int, Mapping[str, str]], ...]] = (
    (DS + "Signature", 4, _OPEN),
    (DS + "SignedInfo", 4, {}),
    (DS + "CanonicalizationMethod", 0, _EXCLUSIVE),
    (DS + "SignatureMethod", 0, _OPEN),
    (DS + "Reference", 3, {"URI": ""}),
    (DS + "Transforms", 2, {}),
    (DS + "Transform", 0, {"Algorithm": ENVELOPED}),
    (DS + "Transform", 0, _EXCLUSIVE),
    (DS + "DigestMethod", 0, _SHA256),
    (DS + "DigestValue", 0, {}),
    (DS + "Reference", 3, _OPEN),
    (DS + "Transforms", 1, {}),
    (DS + "Transform", 0, _EXCLUSIVE),
    (DS + "DigestMethod", 0, _SHA256),
    (DS + "DigestValue", 0, {}),
    (DS + "SignatureValue", 0, {}),
    (DS + "KeyInfo", 1, {}),
    (DS + "X509Data", 1, {}),
    (DS + "X509Certificate", 0, {}),
    (DS + "Object", 1, {}),
    (XADES + "QualifyingProperties", 1, _OPEN),
    (XADES + "SignedProperties", 1, _OPEN),
    (XADES + "SignedSignatureProperties", 2, {}),
    (XADES + "SigningTime", 0, {}),
    (XADES + "SigningCertificateV2", 1, {}),
    (XADES + "Cert", 1, {}),
    (XADES + "CertDigest", 2, {}),
    (DS + "DigestMethod", 0, _SHA256),
    (DS + "DigestValue", 0, {}),
)


class Row(IntEnum):
    """Which row of STRUCTURE is which, for those that are looked at one by one."""

    SIGNATURE = 0
    SIGNED_INFO = 1
    SIGNATURE_METHOD = 3
    DOCUMENT_DIGEST = 9
    PROPERTIES_REFERENCE = 10
    PROPERTIES_DIGEST = 14
    SIGNATURE_VALUE = 15
    CERTIFICATE = 18
    QUALIFYING_PROPERTIES = 20
    SIGNED_PROPERTIES = 21
    SIGNING_TIME = 23
    CERTIFICATE_DIGEST = 28
