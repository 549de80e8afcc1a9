"""Gezondheid: whether the gateway can do its work."""

from typing import Literal

from gateway.api.forms import Outgoing
from gateway.api.routes import Call, Reply, Route, reply
from gateway.domain.errors import StoreUnavailable

HEALTH = "/v1/gezondheid"


class HealthOut(Outgoing, title="Gezondheid"):
    """Toestand van de dienst."""

    state: Literal["gereed"]


async def get_health(call: Call) -> Reply:
    """Say that the gateway is ready, or raise StoreUnavailable."""
    if not await call.gateway.database.ready():
        raise StoreUnavailable
    return reply(HealthOut(state="gereed"))


ROUTES = (
    Route(
        method="GET",
        path=HEALTH,
        name="gezondheidLezen",
        summary="Lees of de dienst gereed is",
        handler=get_health,
        result=HealthOut,
        names_employee=False,
    ),
)
