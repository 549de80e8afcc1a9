"""Bodies that a back office sends, all of a person who does not exist."""

from typing import Any

BSN = "999990019"
OTHER_BSN = "999993653"


def resident() -> dict[str, Any]:
    return {
        "bsn": BSN,
        "naam": {
            "geslacht": "vrouw",
            "voorletters": "A.B.",
            "voornamen": "Anna Bo",
            "voorvoegsel": "van der",
            "achternaam": "Voorbeeld",
        },
        "geboortedatum": "1984-02-29",
        "adres": {
            "straat": "Voorbeeldstraat",
            "huisnummer": 12,
            "huisletter": "a",
            "huisnummertoevoeging": "2",
            "postcode": "1234AB",
            "woonplaats": "Voorbeelddorp",
        },
        "indicatieGeheim": False,
    }


def case() -> dict[str, Any]:
    return {"kenmerk": "dossier-7", "inwoner": resident(), "startdatum": "2026-01-05"}


def basis(**changes: Any) -> dict[str, Any]:
    body = {
        "soort": "wgs_publieke_taak",
        "verwijzing": "Wgs art. 8(1), Bgs art. 15(k)",
        "geldigVan": "2026-01-05",
        "geldigTot": "2030-12-31",
        "bereik": [
            {
                "doel": "saldoverzoek",
                "gegevens": ["identiteit", "adres", "bsn", "klantnummers", "meterstanden"],
            }
        ],
    }
    return body | changes


def asked(creditor: str, **changes: Any) -> dict[str, Any]:
    return {"schuldeiser": creditor, "reden": "post"} | changes


def requests(basis_id: str, *creditors: dict[str, Any]) -> dict[str, Any]:
    return {"grondslag": basis_id, "schuldeisers": list(creditors)}
