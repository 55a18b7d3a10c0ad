import pytest

from app.directory import liaisons
from app.directory.columns import Kind
from app.directory.demo_data import load_demo, make_liaison
from app.directory.models import LiaisonState
from app.directory.records import read_records
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW, SEALER

ME = UserId("u1")


@pytest.mark.parametrize(("kind", "size"), [(Kind.OFFICES, 2), (Kind.OFFICERS, 2), (Kind.EMPLOYERS, 6)])
def test_the_invented_directory_is_put_in_place_once_and_says_what_it_is(
    filled: Database, kind: Kind, size: int
) -> None:
    filled.write_now(lambda tx: load_demo(tx, SEALER, NOW))
    records = filled.read_now(lambda tx: read_records(tx, kind)).values()
    assert len(records) == size
    assert all("ví dụ" in record["name"].lower() for record in records)


@pytest.mark.parametrize(
    ("verified", "state"), [(False, LiaisonState.PENDING), (True, LiaisonState.VERIFIED)]
)
def test_the_example_liaison_waits_or_is_verified(
    filled: Database, verified: bool, state: LiaisonState
) -> None:
    filled.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=verified))
    card = filled.read_now(lambda tx: liaisons.read_current(tx, SEALER, ME))
    assert card is not None
    assert card.state is state
