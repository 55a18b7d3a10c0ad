"""What lists no longer need is let go of, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.directory.demo_data import make_liaison
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.worker_lists import tidying
from app.worker_lists.links import issue_link
from app.worker_lists.list_queries import unit_history
from app.worker_lists.models import LiaisonLink, WorkerMark
from app.worker_lists.queries import Numbers
from app.worker_lists.rules import GONE_IS_KEPT, LINK_LIVES, TIDY_EVERY
from app.worker_lists.tidying import Tidying, forget_gone
from tests.worker_lists.lists import (
    AN,
    BINH,
    CHAU,
    ME,
    MONTH,
    NOW,
    SEALER,
    progress,
    states,
    take_in,
    unit_id,
)

DUE = NOW + MONTH + GONE_IS_KEPT + timedelta(seconds=1)


def test_a_worker_long_off_the_list_is_forgotten_and_history_stays(filled: Database) -> None:
    take_in(filled, AN, BINH)
    take_in(filled, BINH, at=NOW + MONTH)
    assert filled.write_now(lambda tx: forget_gone(tx, DUE - timedelta(seconds=2))) == 0
    assert filled.write_now(lambda tx: forget_gone(tx, DUE)) == 1
    assert states(filled) == {"Bình": "open"}
    assert progress(filled).numbers == Numbers(open=1)
    assert filled.read_now(lambda tx: tx.execute(select(WorkerMark.id)).all()) == []
    assert filled.read_now(lambda tx: unit_history(tx, unit_id(filled)))[0].gone == 1


def test_who_is_on_the_list_is_never_forgotten(filled: Database) -> None:
    take_in(filled, AN)
    assert filled.write_now(lambda tx: forget_gone(tx, NOW + 100 * MONTH)) == 0


async def test_the_daily_look_goes_on_until_nothing_is_due(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.open()
    take_in(filled, AN, BINH, CHAU)
    take_in(filled, CHAU, at=NOW + MONTH)
    filled.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=True))
    filled.write_now(lambda tx: issue_link(tx, ME, "staff:1", DUE - LINK_LIVES))
    monkeypatch.setattr(tidying, "MOST_AT_ONCE", 1)
    assert await Tidying(filled, FixedClock(DUE)).look() == DUE + TIDY_EVERY
    assert states(filled) == {"Châu": "open"}
    assert filled.read_now(lambda tx: tx.execute(select(LiaisonLink.id)).all()) == []
