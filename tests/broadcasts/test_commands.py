"""`daumoi broadcast`: what scripts outside call, with the JSON that they read."""

import json
import re
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

README = Path(__file__).parents[2] / "README.md"
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


def test_a_button_may_open_a_place_of_the_flows_or_a_page(office: Path) -> None:
    for target in ("guide:install.start", "guide:https://khanhhoa.gov.vn/huong-dan"):
        told("new", "--audience", "role=liaison", "--text-file", str(office), "--button", target)


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


def test_the_json_holds_what_the_readme_says_and_nothing_else(office: Path) -> None:
    promised = promised_keys()
    assert set(told("new", "--audience", "role=liaison", "--text-file", str(office))) == promised["new"]
    assert set(told("plan", "1")) == promised["plan"]
    assert set(told("status", "1")) == promised["status"]
    assert set(told("status", "1")["counts"]) == promised["counts"]
    assert set(told("status", "1")["ways"][0]) == promised["ways"]
    assert set(told("send", "1")) == promised["send"]
    for verb in ("pause", "resume", "stop"):
        assert set(told(verb, "1")) == promised[verb]
    assert set(told("status", "1")["reasons"][0]) == promised["reasons"]


def promised_keys() -> dict[str, set[str]]:
    """By command, and by the name of what is nested: the names in backticks of README's table."""
    text = README.read_text(encoding="utf-8").partition("### `daumoi broadcast … --json`")[2]
    rows = re.findall(r"^\| (`[a-z`, ]+) \| (.+) \|$", text.partition("\n## ")[0], re.MULTILINE)
    promised = {}
    for commands, told_of in rows:
        for name, inner in re.findall(r"`([a-z_]+)` \((?:by|list of) ([^)]*)\)", told_of):
            promised[name] = set(re.findall(r"`([a-z_]+)`", inner))
        keys = set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", told_of)))
        promised |= dict.fromkeys(re.findall(r"`([a-z]+)`", commands), keys)
    return promised


def test_a_time_is_that_of_the_clock_in_vietnam_unless_it_names_a_zone(office: Path) -> None:
    told("new", "--audience", "role=liaison", "--text-file", str(office))
    told("plan", "1")
    # Monday, January 4th 2027.
    assert told("send", "1", "--at", "2027-01-04T09:00")["starts_at"] == "2027-01-04T09:00:00+07:00"
    assert told("status", "1")["ends_at"] == "2027-01-04T09:00:00+07:00"
    assert told("send", "1", "--at", "2027-01-04T03:00Z")["starts_at"] == "2027-01-04T10:00:00+07:00"
    assert told("send", "1", "--at", "2027-01-01T09:00")["starts_at"] == "2027-01-02T09:00:00+07:00"


@pytest.mark.parametrize(("at", "word"), [("2026-13-01T09:00", "không đọc được"), ("2021-01-01", "đã qua")])
def test_a_slip_in_the_time_sends_nothing(office: Path, at: str, word: str) -> None:
    told("new", "--audience", "role=liaison", "--text-file", str(office))
    told("plan", "1")
    result = CliRunner().invoke(cli, ["broadcast", "send", "1", "--at", at])
    assert result.exit_code == 1
    assert word in result.stderr
    assert told("status", "1")["state"] == "planned"


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
        ["new", "--audience", "role=liaison", "--text-file", "{}", "--button", "guide:install.nowhere"],
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(office: Path, words: list[str]) -> None:
    result = CliRunner().invoke(cli, ["broadcast", *(word.replace("{}", str(office)) for word in words)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) <= 2
