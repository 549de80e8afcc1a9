import pytest

from gateway.api.forms import read_query
from gateway.api.lists import Page, PageQuery
from gateway.api.resources.cases import Link, link

ITEMS = [link("/v1/zaken", number) for number in range(5)]


def page(number: int, size: int) -> Page[Link]:
    query = read_query(PageQuery, [("page", str(number)), ("pageSize", str(size))])
    assert isinstance(query, PageQuery)
    return Page[Link].cut(ITEMS, query, "/v1/zaken")


def test_the_pages_together_are_the_list():
    assert [item for n in (1, 2, 3) for item in page(n, 2).results] == ITEMS


@pytest.mark.parametrize(
    ("number", "following", "previous"),
    [
        (1, "/v1/zaken?page=2&pageSize=2", None),
        (2, "/v1/zaken?page=3&pageSize=2", "/v1/zaken?page=1&pageSize=2"),
        (3, None, "/v1/zaken?page=2&pageSize=2"),
    ],
)
def test_a_page_links_to_its_neighbours(number: int, following: str | None, previous: str | None):
    found = page(number, 2)
    assert (found.count, found.next, found.previous) == (5, following, previous)


def test_a_page_past_the_end_is_empty():
    assert page(9, 2).results == ()
