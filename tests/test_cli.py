import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli

REAL_FLOWS = Path(__file__).parent.parent / "flows"
SECRETS = {
    "DAUMOI_SECRET_KEY": "k" * 20,
    "DAUMOI_ZALO_APP_ID": "1",
    "DAUMOI_ZALO_OA_ID": "2",
    "DAUMOI_ZALO_APP_SECRET": "a" * 20,
    "DAUMOI_ZALO_OA_SECRET": "o" * 20,
    "DAUMOI_ZALO_OAUTH_URL": "http://127.0.0.1:9",
}
"""Nothing listens on port 9: Zalo is out of reach."""


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, list(words), env=environment)


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A copy of the flows that a test may spoil."""
    return Path(shutil.copytree(REAL_FLOWS, tmp_path / "flows"))


def spoil(flows: Path, file: str, good: str, bad: str) -> int:
    """Replaces a text and returns the line on which it stood."""
    path = flows / file
    text = path.read_text(encoding="utf-8")
    assert good in text
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    return text[: text.index(good)].count("\n") + 1


def test_check_finds_no_error_in_the_flows_that_are_shipped() -> None:
    result = run("check", "--json")
    assert result.exit_code == 0
    assert {finding["severity"] for finding in json.loads(result.stdout)} <= {"warning"}


def test_check_names_file_line_and_remedy(flows: Path) -> None:
    line = spoil(flows, "stop.yaml", "goto: privacy.delete_ask", "goto: privacy.nowhere")
    result = run("check", DAUMOI_FLOWS_DIR=str(flows))
    assert result.exit_code == 1
    assert "`privacy.nowhere` does not exist" in result.stdout
    assert "stop.yaml:" in result.stdout
    assert line > 0


def test_a_wrong_flow_file_stops_the_start_with_file_line_and_remedy(flows: Path, tmp_path: Path) -> None:
    spoil(flows, "stop.yaml", "do: stop_messages", "do: stop_everything")
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    result = run("serve", DAUMOI_FLOWS_DIR=str(flows), DAUMOI_DATABASE_URL=url, **SECRETS)
    assert result.exit_code == 1
    assert "stop.yaml:" in result.stderr
    assert "act `stop_everything` does not exist" in result.stderr


def test_a_missing_secret_stops_the_start_by_name() -> None:
    result = run("serve", **(SECRETS | {"DAUMOI_ZALO_OA_SECRET": ""}))
    assert result.exit_code == 1
    assert "DAUMOI_ZALO_OA_SECRET is missing" in result.stderr


def test_tables_that_are_behind_stop_the_start(tmp_path: Path) -> None:
    result = run("serve", DAUMOI_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}", **SECRETS)
    assert result.exit_code == 1
    assert "tables are at nothing" in result.stderr
    assert "daumoi db upgrade" in result.stderr


def test_upgrade_brings_an_empty_database_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert run("db", "upgrade", DAUMOI_DATABASE_URL=url).exit_code == 0
    assert "ok  database" in run("doctor", DAUMOI_DATABASE_URL=url, **SECRETS).stdout


def test_sqlite_carries_no_separate_runner() -> None:
    result = run("serve", "--no-runner", **SECRETS)
    assert result.exit_code == 1
    assert "needs PostgreSQL" in result.stderr


def test_chat_talks_to_the_flows_in_a_terminal() -> None:
    result = CliRunner().invoke(cli, ["chat"], input="cai vssid\n/Cho bản thân\n/Không có nút này\n")
    assert result.exit_code == 0
    assert "Anh/Chị muốn cài VssID cho ai ạ?" in result.stdout
    assert "no button says “Không có nút này”" in result.stdout


def test_play_says_what_differs_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "changed.txt"
    file.write_text("# A talk\ncontact: follower\n\n> menu\n< Không phải câu này\n", encoding="utf-8")
    result = run("play", str(file))
    assert result.exit_code == 1
    assert "-< Không phải câu này" in result.stdout


def test_doctor_names_every_subject_and_fails_when_one_is_bad(tmp_path: Path) -> None:
    result = run("doctor", DAUMOI_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}", **SECRETS)
    assert result.exit_code == 1
    assert "ok  configuration" in result.stdout
    assert "ok  content" in result.stdout
    assert "BAD database: the tables are at nothing" in result.stdout
    assert "BAD clock: Zalo cannot be reached" in result.stdout


def test_a_first_account_is_opened_with_a_password_for_one_sign_in(tmp_path: Path) -> None:
    url = {"DAUMOI_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    run("db", "upgrade", **SECRETS, **url)
    made = run("staff", "add", "Nguyễn Thu Hạnh", "--role", "quản trị", **SECRETS, **url)
    assert made.exit_code == 0, made.output
    assert "first password" in made.stdout
    assert "admin" in made.stdout
    again = run("staff", "add", "nguyen thu hanh", "--role", "viewer", **SECRETS, **url)
    assert again.exit_code == 1
    assert "Đã có tài khoản" in again.output


def test_an_unknown_role_is_refused_with_those_that_there_are() -> None:
    result = run("staff", "add", "Ai Đó", "--role", "boss", **SECRETS)
    assert result.exit_code == 1
    assert "viewer, officer, lead, editor, admin" in result.output
