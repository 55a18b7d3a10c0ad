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
from app.worker_lists.models import WorkerUnit
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
        ("role=liaison mark=blue", "mark=blue"),
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
    await stage.liaison("D", employer=2, state="expected", on_zalo=False)
    not_on_zalo_yet = None
    await stage.list_for(1, waiting=5)
    await stage.change(update(Contact).where(Contact.user_id == b).values(following=True))
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
        "role=liaison unit=TA0001A,TB0002B": {a, b, c},
        "role=liaison last_contact>48h last_contact<30d": {b},
        "role=liaison following=yes": {b},
        "role=liaison following=no": {a, c},
        "role=liaison state=expected": {not_on_zalo_yet},
        "role=liaison state=expected,pending": {c, not_on_zalo_yet},
        "role=liaison list=open": {a, c},
        "role=liaison list=open verified=yes": {a},
        "role=liaison list=none": {b},
        "role=liaison list=help,done": set(),
        "role=liaison mark=open": {a, c},
        "role=liaison mark=needs_help": set(),
        "role=worker": {worker},
        "role=liaison,worker": {a, b, c, worker},
    }
    for rule, people in expected.items():
        assert await meant(stage, rule) == people, rule


@pytest.mark.parametrize(
    ("answer", "installed", "state"),
    [("open", 5, "done"), ("needs_help", 1, "help"), ("done", 0, "done"), ("open", 1, "open")],
)
async def test_how_it_stands_with_a_list_is_what_is_left_of_it_and_what_the_unit_says(
    stage: Stage, answer: str, installed: int, state: str
) -> None:
    mai = await stage.liaison()
    await stage.list_for(1, waiting=5 - installed)
    await stage.change(update(WorkerUnit).values(answer=answer, installed_count=installed))
    for one in ("open", "help", "done", "none"):
        assert await meant(stage, f"role=liaison list={one}") == ({mai} if one == state else set())


async def test_a_target_that_was_deleted_means_nobody(stage: Stage) -> None:
    await stage.liaison(employer=2)
    await stage.change(update(Employer).values(office_id=1))
    await stage.change(delete(Office).where(Office.code == "KH02"))
    number = await stage.planned("role=liaison office=KH02")
    assert await stage.recipients(number) == []
    assert "office=KH02" in (await stage.broadcast(number)).note


@pytest.mark.parametrize("target", ["office=KH09", "officer=CB09", "unit=TX0009X", "office=KH01,KH09"])
async def test_one_target_that_is_gone_is_enough_to_mean_nobody(stage: Stage, target: str) -> None:
    await stage.liaison()
    number = await stage.planned(f"role=liaison {target}")
    assert await stage.recipients(number) == []
    assert "Không còn trong danh bạ" in (await stage.broadcast(number)).note
