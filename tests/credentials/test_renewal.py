import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.credentials.ledger import Pair, lease_renewal, read_link, store_first_pair, store_pair
from app.credentials.models import LinkState
from app.credentials.renewal import NotLinked, TokenKeeper
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.seal import Sealer
from app.zalo.errors import NoAnswer
from app.zalo.oauth import ConsentLost, TokenPair

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
OA, SEALER, DAY = "388613280878808645", Sealer("k"), timedelta(hours=25)


class PretendOAuth:
    """Answers refreshes in the order given; counts them."""

    def __init__(self, *answers: TokenPair | Exception) -> None:
        self.answers = list(answers)
        self.spent: list[str] = []

    async def refresh(self, refresh_token: str) -> TokenPair:
        self.spent.append(refresh_token)
        await asyncio.sleep(0.01)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def keeper(db: Database, oauth: PretendOAuth, clock: FixedClock | None = None) -> TokenKeeper:
    return TokenKeeper(db, SEALER, oauth, clock or FixedClock(NOW), OA, "holder")  # type: ignore[arg-type]


def stored(db: Database) -> Pair:
    link = db.read_now(lambda tx: read_link(tx, SEALER, OA))
    assert link is not None
    return link.pair


@pytest.fixture
def linked(open_db: Database) -> Database:
    open_db.write_now(lambda tx: store_pair(tx, SEALER, OA, Pair("a1", "r1"), DAY, NOW))
    return open_db


async def test_without_a_grant_there_is_no_token(open_db: Database) -> None:
    with pytest.raises(NotLinked):
        await keeper(open_db, PretendOAuth()).token()


async def test_the_pair_of_the_settings_is_taken_once_only(open_db: Database) -> None:
    for pair in (Pair("a1", "r1"), Pair("older", "older")):
        open_db.write_now(lambda tx, pair=pair: store_first_pair(tx, SEALER, OA, pair, NOW))  # type: ignore[misc]
    assert await keeper(open_db, PretendOAuth()).token() == "a1"


async def test_the_new_pair_is_written_down_before_it_is_used(linked: Database) -> None:
    tokens = keeper(linked, PretendOAuth(TokenPair("a2", "r2", DAY)))
    await tokens.replace("a1")
    assert stored(linked) == Pair("a2", "r2")
    assert await tokens.token() == "a2"


async def test_many_refused_calls_spend_one_refresh_token(linked: Database) -> None:
    oauth = PretendOAuth(TokenPair("a2", "r2", DAY))
    tokens = keeper(linked, oauth)
    await asyncio.gather(*(tokens.replace("a1") for _ in range(10)))
    assert oauth.spent == ["r1"]


async def test_two_processes_do_not_renew_at_once(linked: Database) -> None:
    linked.write_now(lambda tx: lease_renewal(tx, OA, "another", 1, NOW))
    oauth = PretendOAuth()
    await keeper(linked, oauth).replace("a1")
    assert oauth.spent == []


async def test_a_dead_process_s_lease_ends_by_itself(linked: Database) -> None:
    linked.write_now(lambda tx: lease_renewal(tx, OA, "dead", 1, NOW))
    oauth = PretendOAuth(TokenPair("a2", "r2", DAY))
    await keeper(linked, oauth, FixedClock(NOW + timedelta(minutes=1))).replace("a1")
    assert oauth.spent == ["r1"]


async def test_the_token_is_renewed_half_way_through_its_life(linked: Database) -> None:
    clock = FixedClock(NOW)
    tokens = keeper(linked, PretendOAuth(TokenPair("a2", "r2", DAY)), clock)
    assert await tokens.renew_if_due() == NOW + DAY / 2
    clock.advance(DAY / 2)
    assert await tokens.renew_if_due() == NOW + DAY
    assert stored(linked).access_token == "a2"


async def test_a_lost_answer_to_a_renewal_is_asked_again_once(linked: Database) -> None:
    oauth = PretendOAuth(NoAnswer("cut"), TokenPair("a2", "r2", DAY))
    await keeper(linked, oauth).replace("a1")
    assert stored(linked).access_token == "a2"


async def test_a_spent_refresh_token_needs_a_person(linked: Database) -> None:
    tokens = keeper(linked, PretendOAuth(ConsentLost(-14014, "Invalid refresh token")))
    await tokens.replace("a1")
    with pytest.raises(NotLinked):
        await tokens.token()
    link = linked.read_now(lambda tx: read_link(tx, SEALER, OA))
    assert link is not None
    assert link.state is LinkState.NEEDS_CONSENT


async def test_many_refused_calls_show_a_spent_refresh_token_once(linked: Database) -> None:
    oauth = PretendOAuth(ConsentLost(-14014, "Invalid refresh token"))
    tokens = keeper(linked, oauth)
    await asyncio.gather(*(tokens.replace("a1") for _ in range(10)))
    assert oauth.spent == ["r1"]
