import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.api.identity import actor_of, key_of
from gateway.domain.errors import InvalidInput
from tests.api import examples
from tests.api.installation import NEIGHBOUR
from tests.api.serving import EMPLOYEE, Caller, Served

UUID = "0199a000-0000-7000-8000-000000000000"


def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


def codes(refused: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(param.name, param.code) for param in refused.value.invalid_params]


def test_the_employee_is_a_pseudonym_and_a_role():
    actor = actor_of(headers(*EMPLOYEE.items()))
    assert (actor.pseudonym, actor.role) == ("m-17", "schuldhulpverlener")


def test_both_missing_headers_are_told():
    with pytest.raises(InvalidInput) as refused:
        actor_of(headers())
    assert codes(refused) == [
        ("X-Medewerker", "medewerker-ontbreekt"),
        ("X-Rol", "rol-ontbreekt"),
    ]


@pytest.mark.parametrize("value", ["", "Jan Jansen", "jan@gemeente", "é", "x" * 65])
def test_a_name_is_no_pseudonym(value: str):
    with pytest.raises(InvalidInput) as refused:
        actor_of(headers(("X-Medewerker", value), ("X-Rol", "r")))
    assert codes(refused) == [("X-Medewerker", "patroon-onjuist")]


def test_a_bsn_is_no_pseudonym():
    with pytest.raises(InvalidInput) as refused:
        actor_of(headers(("X-Medewerker", f"m-{examples.BSN}"), ("X-Rol", "r")))
    assert codes(refused) == [("X-Medewerker", "kenmerk-lijkt-bsn")]


def test_two_employees_are_none():
    with pytest.raises(InvalidInput):
        actor_of(headers(("X-Medewerker", "a"), ("X-Medewerker", "b"), ("X-Rol", "r")))


@pytest.mark.parametrize("text", [UUID, UUID.upper(), f'"{UUID}"'])
def test_an_idempotency_key_is_a_uuid_with_or_without_quotes(text: str):
    assert key_of(headers(("Idempotency-Key", text))) == UUID


@pytest.mark.parametrize("text", ["", examples.BSN, f'"{UUID}', UUID[1:], f"{UUID} "])
def test_any_other_idempotency_key_is_refused(text: str):
    with pytest.raises(InvalidInput) as refused:
        key_of(headers(("Idempotency-Key", text)))
    assert codes(refused) == [("Idempotency-Key", "patroon-onjuist")]


def test_a_request_may_have_no_key_but_not_two():
    assert key_of(headers()) is None
    with pytest.raises(InvalidInput):
        key_of(headers(("Idempotency-Key", UUID), ("Idempotency-Key", UUID)))


async def test_without_a_certificate_nothing_but_the_description_is_given(nobody: Caller):
    refused = await nobody.get("/v1/schuldeisers")
    assert (refused.status, refused.code) == (401, "certificaat-ontbreekt")
    assert "WWW-Authenticate" in refused.headers
    assert (await nobody.get("/v1/openapi.json")).status == 200


@pytest.mark.parametrize("name", ["vreemde", "ingetrokken", "winkel"])
async def test_a_certificate_that_is_unknown_revoked_or_of_a_creditor_opens_nothing(
    served: Served, name: str
):
    async with served.caller(name) as caller:
        refused = await caller.get("/v1/schuldeisers")
        assert (refused.status, refused.code) == (403, "niet-bevoegd")


async def test_a_client_may_do_only_what_its_rights_say(reader: Caller):
    assert (await reader.get("/v1/schuldeisers")).status == 200
    assert (await reader.post("/v1/zaken", examples.case())).status == 403


async def test_a_client_works_only_for_its_own_municipality(back_office: Caller):
    refused = await back_office.get("/v1/schuldeisers", host=NEIGHBOUR)
    assert (refused.status, refused.code) == (403, "niet-bevoegd")


async def test_one_municipality_does_not_see_the_cases_of_another(
    served: Served, back_office: Caller
):
    made = await back_office.post("/v1/zaken", examples.case())
    gateway = served.gateway
    async with gateway.database.transaction(gateway.controllers[NEIGHBOUR].oin) as tx:
        count = await tx.connection.fetchval("select count(*) from debt_case")
    assert (made.status, count) == (201, 0)


@pytest.mark.parametrize("host", [NEIGHBOUR, "127.0.0.1", "", "gemeente.test.kwaad.test"])
async def test_the_host_header_must_repeat_the_server_name(back_office: Caller, host: str):
    refused = await back_office.get("/v1/schuldeisers", headers={"Host": host})
    assert (refused.status, refused.code) == (421, "host-verkeerd")


async def test_a_certificate_named_in_a_header_is_not_read(nobody: Caller):
    forged = {"X-Forwarded-Client-Cert": "Hash=0;Subject=CN=backoffice", "X-SSL-Client-S-DN": "x"}
    assert (await nobody.get("/v1/schuldeisers", headers=dict(forged))).status == 401


async def test_a_request_without_employee_is_refused_before_its_content_is_read(
    back_office: Caller,
):
    refused = await back_office.post(
        "/v1/zaken", b"no json", headers={"X-Medewerker": None, "X-Rol": None}
    )
    assert [p["code"] for p in refused.json["invalidParams"]] == [
        "medewerker-ontbreekt",
        "rol-ontbreekt",
    ]
