"""A small message set of its own, so that these tests stand apart from the real schemas."""

from gateway.wire.xml import Element, Namespace

NOTE = Namespace("urn:test:notitie:1.0")

TYPES = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- Shared types. -->
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test:notitie:1.0"
    xmlns="urn:test:notitie:1.0" elementFormDefault="qualified">
  <xs:simpleType name="Nummer"><xs:restriction base="xs:string">
    <xs:pattern value="[0-9]{9}"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Bedrag"><xs:restriction base="xs:decimal">
    <xs:minInclusive value="0"/><xs:maxInclusive value="9999999.99"/>
    <xs:fractionDigits value="2"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Soort"><xs:restriction base="xs:string">
    <xs:enumeration value="huur"/><xs:enumeration value="energie"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Tekst"><xs:restriction base="xs:string">
    <xs:minLength value="1"/><xs:maxLength value="40"/></xs:restriction></xs:simpleType>
  <xs:element name="Los" type="xs:string"/>
</xs:schema>
"""

NOTICE = b"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test:notitie:1.0"
    xmlns="urn:test:notitie:1.0" elementFormDefault="qualified">
  <xs:include schemaLocation="../gedeeld/Typen.xsd"/>
  <xs:element name="Notitie"><xs:complexType><xs:sequence>
    <xs:element name="Nummer" type="Nummer"/>
    <xs:element name="Regel" minOccurs="0" maxOccurs="30"><xs:complexType><xs:sequence>
      <xs:element name="Bedrag" type="Bedrag"/>
      <xs:element name="Datum" type="xs:date"/>
      <xs:element name="Soort" type="Soort"/>
      <xs:element name="Tekst" type="Tekst"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="versie" type="xs:string"/></xs:complexType></xs:element>
</xs:schema>
"""

SCHEMA = "notitie/1.0/Notitie.xsd"
DOCUMENTS = {"notitie/gedeeld/Typen.xsd": TYPES, SCHEMA: NOTICE}


def line(
    amount: str = "12.50", day: str = "2026-11-24", kind: str = "huur", text: str = "een regel"
) -> Element:
    """Return one line of a message, valid unless an argument makes it otherwise."""
    return NOTE.element(
        "Regel",
        NOTE.element("Bedrag", text=amount),
        NOTE.element("Datum", text=day),
        NOTE.element("Soort", text=kind),
        NOTE.element("Tekst", text=text),
    )


def note(number: str = "123456789", *lines: Element) -> Element:
    """Return a small message, valid unless an argument makes it otherwise."""
    return NOTE.element("Notitie", NOTE.element("Nummer", text=number), *(lines or (line(),)))
