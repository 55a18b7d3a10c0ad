"""A rule says who is meant; what it does not say, or what is gone, never means everybody."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from app.broadcasts.audience import (
    Audience,
    AudienceRefused,
    LastContact,
    ListState,
    Role,
    Standing,
    parse_audience,
)
from app.directory.models import Contact, Employer, Office
from tests.broadcasts.stage import Stage


def test_a_rule_is_read_as_it_is_written() -> None:
    rule = "role=liaison office=KH01,KH02 list=open,help verified=yes last_contact<7d following=no"
    assert parse_audience(rule) == Audience(
        roles=(Role.LIAISON,),
        standings=(Standing.VERIFIED,),
        offices=("KH01", "KH02"),
        lists=(ListState.OPEN, ListState.HELP),
        following=False,
        last_contact=(LastContact(True, timedelta(days=7)),),
    )


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("", "role=liaison"),
        ("office=KH01", "role=liaison"),
        ("everybody", "everybody"),
        ("role=liaison and all", "and all"),
        ("role=boss", "role=boss"),
        ("role=liaison office=", "office="),
        ("role=liaison office<KH01", "dấu ="),
        ("role=liaison last_contact=7d", "last_contact<7d"),
        ("role=liaison last_contact<soon", "last_contact<7d"),
        ("role=worker office=KH01", "role=worker"),
        ("role=liaison verified=maybe", "maybe"),
        ("role=liaison colour=red", "colour"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_word_on_what_to_do(rule: str, word: str) -> None:
    with pytest.raises(AudienceRefused, match=word):
        parse_audience(rule)


async def meant(stage: Stage, rule: str) -> set[str]:
    number = await stage.planned(rule, ways=["free", "paid"])
    return {row.contact for row in await stage.recipients(number)}


async def test_each_condition_leaves_the_others_out(stage: Stage) -> None:
    a = await stage.liaison("A", employer=1, spoke=timedelta(hours=1))
    b = await stage.liaison("B", employer=2, spoke=timedelta(days=10))
    c = await stage.liaison("C", employer=1, state="pending")
    worker = stage.zalo.phone.add("W").user_id
    row = {"user_id": worker, "following": False, "first_seen_at": stage.clock.now()}
    await stage.change(insert(Contact).values(**row, last_interaction_at=stage.clock.now()))
    expected: dict[str, set[Any]] = {
        "role=liaison": {a, b, c},
        "role=liaison verified=yes": {a, b},
        "role=liaison verified=no": {c},
        "role=liaison office=KH02": {b},
        "role=liaison officer=CB01": {a, c},
        "role=liaison unit=TA0001A": {a, c},
        "role=liaison last_contact<2d": {a, c},
        "role=liaison last_contact>7d": {b},
        "role=liaison list=open": set(),
        "role=worker": {worker},
        "role=liaison,worker": {a, b, c, worker},
    }
    for rule, people in expected.items():
        assert await meant(stage, rule) == people, rule


async def test_a_target_that_was_deleted_means_nobody(stage: Stage) -> None:
    await stage.liaison(employer=2)
    await stage.change(update(Employer).values(office_id=1))
    await stage.change(delete(Office).where(Office.code == "KH02"))
    number = await stage.planned("role=liaison office=KH02")
    assert await stage.recipients(number) == []
    assert "office=KH02" in (await stage.broadcast(number)).note
