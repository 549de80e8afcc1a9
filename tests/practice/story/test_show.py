"""A story from an empty folder to checked evidence, on real servers, keys and database."""

import pytest

from gateway.commands.ledger import run as verify
from gateway.practice.stage.parties import HELPER, MUNICIPALITY
from gateway.practice.story.proving.checks import judge

pytestmark = pytest.mark.xdist_group("story")


def test_the_end_is_what_the_case_file_says(played):
    assert [check.name for check in judge(played.told) if not check.passed] == []


def test_the_overview_adds_up_and_says_what_is_missing(played):
    overview = played.told.municipality.overview
    missing = {line["schuldeiser"]: line["ontbreekt"] for line in overview["regels"]}
    assert overview["totalen"]["totaalCenten"] == 11_000
    assert missing == {
        "vlot": [],
        "vals": ["antwoord_geweigerd_en_termijn_verstreken"],
        "stil": ["termijn_verstreken"],
    }


def test_waiting_ends_fifteen_working_days_after_the_question(played):
    assert played.told.worked_days == 15
    assert played.told.municipality.overview["dag"] == 22


def test_a_withdrawn_consent_left_no_message_and_reached_nobody(played):
    consents = played.told.consents
    assert consents is not None
    assert consents.withdrawn.messages == ()
    assert played.told.dossiers[consents.withdrawn_for].questions == 1


def test_the_helper_asked_without_bsn(played):
    consents = played.told.consents
    sent = [one["soort"] for one in consents.answered.messages if one["richting"] == "uit"]
    assert sent == ["saldoverzoek"]
    assert consents.answered.overview["totalen"]["totaalCenten"] == 11_000


def test_a_secret_address_stands_in_no_message_that_was_sent(played):
    sent = [path.read_text("utf-8") for path in (played.folder / "berichten").glob("uit-*.xml")]
    assert sent
    assert not any("Geheimweg" in text for text in sent)


def test_each_exported_log_verifies_with_the_key_beside_it(played, capsys):
    for asker in (MUNICIPALITY, HELPER):
        log, key = played.folder / "log" / asker.oin.value, played.folder / "keys"
        arguments = Arguments(log, key / f"{asker.oin}.vkey")
        assert verify(arguments) == 0  # type: ignore[arg-type]
    assert capsys.readouterr().out


class Arguments:
    """The words of `gateway ledger verify`."""

    def __init__(self, log, key):
        self.log, self.key, self.json = log, key, True


def test_the_lines_it_printed_name_every_creditor_and_the_verdict(played):
    for words in ("Vlot: answered", "Vals: term expired", "Stil: term expired", "whole; "):
        assert words in played.printed
    assert "0 of " in played.printed


def test_nothing_printed_or_kept_in_the_clear_is_about_the_person(played):
    kept = [path.read_text("utf-8") for path in (played.folder / "lines").iterdir()]
    for text in (played.printed, *kept):
        assert "999990019" not in text
        assert "Verzinsel" not in text
