"""`gateway ledger export` and `gateway ledger key` on the example configuration."""

from gateway.ledger.note import parse_verifier

OIN = "00000099000000001000"


def test_key_prints_the_verifier_key_of_each_log(gateway, config):
    ran = gateway("ledger", "key", "--config", config)
    oin, key = ran.out.split()
    assert (ran.code, oin) == (0, OIN)
    assert parse_verifier(key).name.endswith(f"/{OIN}")


def test_export_writes_a_folder_per_municipality_and_says_how_to_check_it(
    gateway, config, tmp_path
):
    ran = gateway("ledger", "export", "--config", config, "--out", tmp_path / "log")
    assert ran.code == 0
    assert str(tmp_path / "log" / OIN) in ran.out
    assert "gateway ledger verify" in ran.out


def test_a_wrong_configuration_is_one_sentence_and_exit_code_2(gateway, tmp_path):
    ran = gateway("ledger", "export", "--config", tmp_path / "nothing", "--out", tmp_path / "log")
    assert ran.code == 2
    assert ran.err.count("\n") >= 1
    assert "Traceback" not in ran.err
