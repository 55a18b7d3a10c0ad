"""Every list answers to each of its filters in each of its orders, and to two filters at once."""

import re
from collections.abc import Iterator
from itertools import combinations, product

import pytest

from app.console.desk import BASE
from app.kit.db import Database
from app.staff.rules import Role
from tests.console.conftest import SignIn
from tests.console.people import text_of

LISTS = (
    "/dau-moi",
    "/doanh-nghiep",
    "/can-bo",
    "/co-quan",
    "/nguoi-nhan",
    "/chua-dang-ky",
    "/gui-tin",
    "/nguoi-dung",
)


def offered(page: str) -> tuple[list[str], list[list[str]]]:
    """The orders and the filters that a list offers: each as parts of its address."""
    orders = sorted(set(re.findall(r"[?&;](xep=-?[a-z_]+)", page)))
    form = re.search(r'<form class="bar".*?</form>', page, re.DOTALL)
    filters: list[list[str]] = []
    for name, options in re.findall(
        r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form[0] if form else "", re.DOTALL
    ):
        filters.append([f"{name}={value}" for value in re.findall(r'<option value="([^"]+)"', options)])
    if 'name="q"' in page:
        filters.append(["q=lan"])
    return orders, filters


def questions(orders: list[str], filters: list[list[str]]) -> Iterator[str]:
    for choices in filters:
        for choice, order in product(choices, orders or [""]):
            yield f"{choice}&{order}"
    for one, other in combinations(filters, 2):
        yield f"{one[0]}&{other[-1]}" if one and other else ""


@pytest.mark.parametrize("path", LISTS)
async def test_every_filter_goes_with_every_order_and_with_every_other(
    peopled: Database, signed_in: SignIn, path: str
) -> None:
    client = signed_in(Role.ADMIN)
    orders, filters = offered(await text_of(client, path))
    assert orders or filters, path
    for question in questions(orders, filters):
        answer = await client.get(f"{BASE}{path}?{question}")
        assert answer.status_code == 200, f"{path}?{question}"
