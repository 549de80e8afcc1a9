"""A list in pages, in the form of the ZGW interfaces: count, next, previous, results."""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import ConfigDict, Field

from gateway.api.forms import Outgoing, Query, Standard

Item = TypeVar("Item", bound=Outgoing)


class PageQuery(Query):
    """Bladzijde van een lijst."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 100


class Page(Standard, Generic[Item]):
    """Bladzijde van een lijst."""

    model_config = ConfigDict(
        json_schema_extra={"description": "Bladzijde van een lijst; next en previous zijn paden."}
    )

    count: int
    next: str | None
    previous: str | None
    results: tuple[Item, ...]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name the list of Zaak ZaakLijst in openapi.json."""
        return f"{params[0].model_config.get('title', 'Onbekend')}Lijst"

    @classmethod
    def cut(cls, items: Sequence[Item], query: PageQuery, path: str) -> "Page[Item]":
        """Return the page of these items that the query asks for; past the end it is empty."""
        size, start = query.page_size, (query.page - 1) * query.page_size
        return cls(
            count=len(items),
            next=_link(path, query.page + 1, size) if start + size < len(items) else None,
            previous=_link(path, query.page - 1, size) if query.page > 1 else None,
            results=tuple(items[start : start + size]),
        )


def _link(path: str, page: int, size: int) -> str:
    return f"{path}?page={page}&pageSize={size}"
