"""The loop of those who teach the bot: what was not answered, a phrase more, what that changes."""

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.kit.db import Database
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.schema import upgrade
from app.understanding.adding import difference
from app.understanding.catalogue import read_catalogue, told_file
from app.understanding.ledger import NewUnanswered, keep
from app.understanding.policy import Decision, Guide, Zone
from app.understanding.reader import Reading
from app.understanding.scoring import Labelled
from tests.understanding.small import write_small

FLOWS = Path(__file__).parents[2] / "flows"
KEY = "k" * 20


@pytest.fixture
def taught(tmp_path: Path) -> Path:
    """The real flows with a few phrases only, so that training takes a moment."""
    flows = Path(shutil.copytree(FLOWS, tmp_path / "all", ignore=shutil.ignore_patterns("intents")))
    return write_small(flows)


def run(flows: Path, *words: str, **environment: str) -> Result:
    cache = ["--cache", str(flows.parent / "cache")]
    return CliRunner().invoke(
        cli, ["intents", *words, *cache], env={"DAUMOI_FLOWS_DIR": str(flows), **environment}
    )


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "lines.jsonl"
    rows = [("bữa giờ ngóng hoài ngóng mãi", "otp_not_received"), ("bhxh ở đâu vậy", "office_address_hours")]
    text = "\n".join(json.dumps({"text": text, "intent": intent}) for text, intent in rows)
    file.write_text(text, "utf-8")
    return file


def test_a_phrase_is_kept_with_the_difference_it_makes(taught: Path, lines: Path) -> None:
    phrase = "ngóng hoài ngóng mãi bữa giờ chưa thấy mã"
    done = run(taught, "add", "otp_not_received", phrase, "--yes", "--test", str(lines))
    assert done.exit_code == 0, done.output
    assert "of 2 labelled messages:" in done.output
    assert [one.text for one in read_catalogue(taught).phrases() if one.author == "office"] == [phrase]
    again = run(taught, "add", "otp_not_received", "mong mã quá trời", "--yes", "--test", str(lines))
    assert again.exit_code == 0
    assert len(read_catalogue(taught).told["office"]["otp_not_received"]) == 2


def test_a_phrase_that_nobody_confirms_is_not_kept(taught: Path, lines: Path) -> None:
    done = run(taught, "add", "otp_not_received", "chờ dài cổ chưa thấy số", "--test", str(lines))
    assert done.exit_code == 1
    assert not told_file(taught, "office").exists()


@pytest.mark.parametrize(
    ("intent", "phrase", "reason"),
    [
        ("zebra", "con ngựa vằn", "there is no intent zebra"),
        ("otp_not_received", "em quên mk rồi", "is said of forgot_password"),
        ("otp_not_received", "bữa giờ ngóng hoài ngóng mãi", "is a line of the test"),
        ("otp_not_received", "gọi em 0905123456 nha", "holds a number or an address"),
        ("otp_not_received", "!?", "has no words"),
    ],
)
def test_a_phrase_that_would_spoil_the_others_is_refused(
    taught: Path, lines: Path, intent: str, phrase: str, reason: str
) -> None:
    done = run(taught, "add", intent, phrase, "--yes", "--test", str(lines))
    assert done.exit_code == 1
    assert reason in done.output
    assert not told_file(taught, "office").exists()


class Knows:
    guide = Guide(frozenset(), frozenset(), {})

    def __init__(self, **meant: str) -> None:
        self._meant = meant

    def read(self, text: str) -> Reading:
        from app.understanding.model import Scored

        return Reading(Decision(Zone.NONE), (Scored(self._meant[text], 0.5),))


def test_the_difference_names_what_is_mended_and_what_is_spoilt() -> None:
    messages = [Labelled("a", "x"), Labelled("b", "x"), Labelled("c", "x"), Labelled("d", "y")]
    found = difference(Knows(a="x", b="x", c="y", d="x"), Knows(a="x", b="y", c="x", d="x"), messages)
    assert [line.text for line in found.fixed] == ["c"]
    assert [line.text for line in found.broken] == ["b"]


def test_what_was_not_answered_is_listed(taught: Path, database_url: str) -> None:
    now = datetime(2026, 11, 24, 2, tzinfo=UTC)
    upgrade(database_url)
    with closing(Database(database_url)) as db:
        for text in ("xe buýt mấy giờ", "cái số kia chưa về", "cái số kia chưa về ạ"):
            message = NewUnanswered(text, Zone.NONE)
            db.write_now(lambda tx, message=message: keep(tx, Sealer(KEY), UserId("1"), message, now))  # type: ignore[misc]
    environment = {"DAUMOI_DATABASE_URL": database_url, "DAUMOI_SECRET_KEY": KEY}
    done = run(taught, "unanswered", "--json", **environment)
    assert done.exit_code == 0, done.output
    assert [group["count"] for group in json.loads(done.stdout)] == [2, 1]
    assert "   2  cái số kia chưa về ạ" in run(taught, "unanswered", **environment).stdout


def test_without_tables_the_list_says_what_to_do(taught: Path, database_url: str) -> None:
    environment = {"DAUMOI_DATABASE_URL": database_url, "DAUMOI_SECRET_KEY": KEY}
    done = run(taught, "unanswered", **environment)
    assert done.exit_code == 1
    assert "daumoi db upgrade" in done.output
