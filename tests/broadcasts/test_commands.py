"""`daumoi broadcast`: what scripts outside call, with the JSON that they read."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from app.broadcasts.models import Recipient
from app.cli import cli
from app.directory.demo_data import load_demo
from app.directory.models import Liaison
from app.kit.db import Database
from app.kit.seal import Sealer
from app.sandbox.people import VERIFIED_LIAISON
from app.schema import upgrade

KEY = "a-long-enough-secret-key"


@pytest.fixture
def office(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A database with the invented directory, and a text to be sent."""
    monkeypatch.setenv("DAUMOI_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DAUMOI_SECRET_KEY", KEY)
    upgrade(sqlite_url)
    with closing(Database(sqlite_url)) as db:
        db.write_now(
            lambda tx: load_demo(tx, Sealer(KEY), datetime.now(UTC), verified_contact=VERIFIED_LIAISON)
        )
    text = tmp_path / "nhac.txt"
    text.write_text("Kính gửi {xưng hô} {họ tên}", encoding="utf-8")
    return text


def told(*words: str) -> Any:
    result = CliRunner().invoke(cli, ["broadcast", *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_broadcast_is_written_planned_sent_held_and_stopped(office: Path) -> None:
    assert told("new", "--audience", "role=liaison", "--text-file", str(office)) == {
        "id": 1,
        "state": "draft",
    }
    plan = told("plan", "1")
    assert (plan["state"], plan["recipients"], plan["counts"]["planned"]) == ("planned", 1, 1)
    assert plan["ways"] == [{"way": "free", "waiting": 1, "reached": 0, "cost": 0}]
    sent = told("send", "1")
    assert (sent["state"], sent["recipients"]) == ("scheduled", 1)
    assert datetime.fromisoformat(sent["starts_at"]).utcoffset() is not None
    assert told("pause", "1") == {"id": 1, "state": "paused"}
    assert told("resume", "1")["state"] in {"sending", "scheduled"}
    assert told("stop", "1") == {"id": 1, "state": "stopped"}
    status = told("status", "1")
    assert status["counts"]["skipped"] == 1
    assert status["reasons"][0]["reason"] == "broadcast_stopped"


def test_somebody_named_gets_it_first_and_who_failed_gets_it_again(office: Path, sqlite_url: str) -> None:
    told("new", "--audience", "role=liaison", "--text-file", str(office))
    told("plan", "1")
    with closing(Database(sqlite_url)) as db:
        (name,) = db.read_now(
            lambda tx: tx.execute(
                select(Liaison.full_name).where(Liaison.contact == VERIFIED_LIAISON)
            ).scalars()
        )
    assert told("test", "1", "--to", name) == {"id": 1, "state": "testing", "recipients": 1}
    told("stop", "1")
    with closing(Database(sqlite_url)) as db:
        db.write_now(lambda tx: tx.execute(update(Recipient).values(state="failed")) and None)
    assert told("retry", "1") == {"id": 1, "state": "sending"}
    assert told("status", "1")["counts"]["planned"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ["status", "7"],
        ["pause", "7"],
        ["retry", "7"],
        ["test", "7", "--to", "không có ai"],
        ["new", "--audience", "everybody", "--text-file", "{}"],
        ["new", "--audience", "role=liaison", "--text-file", "nowhere.txt"],
        ["new", "--audience", "role=liaison", "--text-file", "{}", "--ways", "pigeon"],
        ["new", "--audience", "role=liaison", "--text-file", "{}", "--button", "guide"],
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(office: Path, words: list[str]) -> None:
    result = CliRunner().invoke(cli, ["broadcast", *(word.replace("{}", str(office)) for word in words)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) <= 2
