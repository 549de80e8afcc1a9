"""English for the Dutch codes of the API, and amounts as the Dutch write them.

The API, its messages and its codes are Dutch; the readers of a demo are often developers who are
not. Each code is shown with its meaning, never replaced by it.
"""

from typing import Final

STATES: Final = {
    "open": "not sent yet",
    "wacht_op_antwoord": "awaiting reply",
    "beantwoord": "answered",
    "geen_medewerking": "refused",
    "onbestelbaar": "undeliverable",
    "verstreken": "term expired",
    "ingetrokken": "withdrawn",
}
MISSING: Final = {
    "nog_niet_verzonden": "not sent yet",
    "antwoord_verwacht": "reply expected",
    "termijn_verstreken": "no reply within the term",
    "antwoord_geweigerd_en_termijn_verstreken": "its message was refused entry, then no reply",
    "geen_medewerking": "the creditor refuses to cooperate",
    "onbestelbaar": "could not be delivered",
    "vraag_ingetrokken": "question withdrawn",
    "overgedragen_aan_ander": "a claim now belongs to somebody else",
    "twee_verschillende_antwoorden": "two different answers, version 1 stands",
    "vervangen_door_later_antwoord": "asked again, a later answer stands",
}
REFUSALS: Final = {
    "KlantOnbekend": "client unknown",
    "RecentFinaleKwijting": "recent final discharge",
    "RecentePogingStabilisatie": "recent attempt at stabilisation",
    "GeenSamenwerkingSHV": "does not work with this helper",
}
QUARANTINES: Final = {
    "andere-persoon": "about another person; a breach record was opened",
    "handtekening-geweigerd": "signature refused",
    "certificaat-geweigerd": "certificate refused",
    "schema-ongeldig": "not valid against its schema",
    "referentienummer-hergebruikt": "message id used before with other content",
    "geen-vraag-bekend": "answers no question of ours",
    "bericht-onleesbaar": "not XML as agreed",
    "bericht-te-groot": "too large",
    "berichtsoort-onbekend": "not a message of this dialect",
    "partij-verkeerd": "another sender or recipient than the connection",
    "omgeving-verkeerd": "not a practice message",
    "antwoord-niet-toegestaan": "a reply that does not fit the question",
    "antwoord-onbegrijpelijk": "valid, but not an answer to this question",
    "grondslag-beeindigd": "the ground had ended",
}
FAILURES: Final = {
    "connection-refused": "nothing listens at this address",
    "host-unknown": "this host name is not known here",
    "not-connected": "no connection could be made",
    "connect-timeout": "no connection within the time limit",
    "timeout": "no answer within the time limit",
    "connection-lost": "the connection was lost before an answer",
    "tls-failed": "the TLS handshake failed: it must be TLS 1.2 or later, show tls.pem, and accept"
    " a client certificate under the root it was given",
    "certificate-refused": "its TLS certificate is not of the practice issuer, or for another host",
    "wrong-subject": "its TLS certificate is of another party",
    "issuer-not-pinned": "its TLS certificate is of another issuer",
    "unknown-issuer": "its TLS certificate is of an unknown issuer",
    "certificate-expired": "its TLS certificate has ended",
    "status-503": "it says: not now",
    "status-429": "it says: not now",
    "status-500": "it says that it is broken; whether it took the message is not known",
    "http-400": "it refused our message",
    "http-403": "it does not know our certificate",
    "http-404": "there is nothing at this path",
    "http-405": "it takes no POST at this path",
    "http-415": "it does not take application/xml",
}
REASONS: Final = {
    "opgave_inwoner": "named by the resident",
    "post": "seen in the post",
    "bkr": "from the credit register",
    "doorverwijzing": "referred to by another creditor",
    "signaal": "early signal of arrears",
}


def euro(cents: int) -> str:
    """Write an amount the Dutch way: € 1.234,56."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"€ {sign}{whole:,}".replace(",", ".") + f",{rest:02d}"


def both(code: str, meanings: dict[str, str]) -> str:
    """Return the meaning of a code with the code itself behind it."""
    meaning = meanings.get(code)
    return f"{meaning} [{code}]" if meaning else code


def counted(number: int, thing: str) -> str:
    """Return a number of things, in the plural when there is not exactly one."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
