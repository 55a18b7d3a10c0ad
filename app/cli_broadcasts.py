"""Broadcasts from the command line: write, plan, send, watch, hold. Whoever can type here is the operator."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.kit.clock import VIETNAM, SystemClock
from app.kit.db import Database, DatabaseAway
from app.settings import Settings, SettingsRefused, check_key

broadcasts = typer.Typer(no_args_is_help=True, help="Broadcasts: write, plan, send, watch, hold.")

Id = Annotated[int, typer.Argument(metavar="ID")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]
Shown = dict[str, Any]


@broadcasts.command()
def new(
    audience: Annotated[str, typer.Option(help="Rule: role=liaison office=KH01 list=open …")],
    text_file: Annotated[Path, typer.Option(help="The text, with fields like {họ tên}.")],
    title: Annotated[str, typer.Option()] = "",
    ways: Annotated[str, typer.Option(help="free,paid,template,phone,email: those that may be used")] = "",
    button: Annotated[
        list[str] | None, typer.Option(help="done, help, person, or guide:install.start; repeatable")
    ] = None,
    subject: Annotated[str, typer.Option(help="Subject of the e-mail.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a draft; prints its number."""
    from app.broadcasts.content import ButtonKind, Content, ContentRefused, Push
    from app.broadcasts.rules import OPERATOR
    from app.broadcasts.steering import NewBroadcast, write
    from app.outbox.ways import ALL_WAYS, Way

    with _refusals(), _database() as db:
        try:
            pushes = [text.partition(":") for text in button or ()]
            buttons = tuple(Push(ButtonKind(kind), target=target) for kind, _, target in pushes)
            allowed = [Way(way) for way in ways.split(",")] if ways else list(ALL_WAYS)
        except ValueError as error:
            raise ContentRefused(str(error)) from error
        _check_places(push.target for push in buttons if push.kind is ButtonKind.GUIDE)
        content = Content(_read(text_file), buttons, subject)
        draft = NewBroadcast(title or text_file.stem, audience, content, allowed)
        number = db.write_now(lambda tx: write(tx, draft, OPERATOR, SystemClock().now()))
    _print({"id": number, "state": "draft"}, as_json, lambda: f"Đợt gửi số {number}.")


@broadcasts.command()
def plan(broadcast_id: Id, as_json: AsJson = False) -> None:
    """Find the recipients and the way to each; prints the forecast, sends nothing."""
    from app.broadcasts.planning import plan as plan_all
    from app.broadcasts.rules import OPERATOR

    with _refusals(), _database() as db:
        ground = _ground()
        db.open()
        asyncio.run(plan_all(db, ground, broadcast_id, OPERATOR, SystemClock()))
        _print(_status(db, broadcast_id), as_json, lambda: _told(db, broadcast_id))


@broadcasts.command()
def send(
    broadcast_id: Id,
    at: Annotated[str, typer.Option(help="Vietnamese time, 2026-12-01T09:00; at once without it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Send what is planned, within the send hours; the running service does it."""
    from app.broadcasts.ledger import counts
    from app.broadcasts.models import RecipientState
    from app.broadcasts.rules import OPERATOR
    from app.broadcasts.steering import send as press_send

    with _refusals(), _database() as db:
        ground, now = _ground(), SystemClock().now()
        wanted = _wall_time(at, now) if at else None
        size = db.read_now(lambda tx: counts(tx, broadcast_id)).of(RecipientState.PLANNED)
        due = db.write_now(lambda tx: press_send(tx, ground, broadcast_id, OPERATOR, str(size), wanted, now))
    shown = {"id": broadcast_id, "state": "scheduled", "recipients": size, "starts_at": _iso(due)}
    _print(shown, as_json, lambda: f"Gửi cho {size} người, bắt đầu {_moment(due)}.")


@broadcasts.command()
def status(broadcast_id: Id, as_json: AsJson = False) -> None:
    """Say how a broadcast stands: counts, ways, cost, reasons, and when it will be done."""
    with _refusals(), _database() as db:
        _print(_status(db, broadcast_id), as_json, lambda: _told(db, broadcast_id))


@broadcasts.command()
def pause(broadcast_id: Id, as_json: AsJson = False) -> None:
    """Hold a broadcast; what has left stays counted."""
    from app.broadcasts import steering

    _steer(broadcast_id, steering.pause, as_json)


@broadcasts.command()
def resume(broadcast_id: Id, as_json: AsJson = False) -> None:
    """Let a paused or halted broadcast go on where it stood."""
    from app.broadcasts import steering

    _steer(broadcast_id, steering.resume, as_json)


@broadcasts.command()
def stop(broadcast_id: Id, as_json: AsJson = False) -> None:
    """End a broadcast for good; who has not had it is skipped."""
    from app.broadcasts import steering

    _steer(broadcast_id, steering.stop, as_json)


@broadcasts.command()
def retry(broadcast_id: Id, as_json: AsJson = False) -> None:
    """Send once more to everybody who failed, after the broadcast has ended."""
    from app.broadcasts import steering

    _steer(broadcast_id, steering.retry_failed, as_json)


@broadcasts.command("test")
def send_to_some_first(
    broadcast_id: Id,
    to: Annotated[list[str], typer.Option(help="Name, unit or phone that fits one liaison; repeatable.")],
    as_json: AsJson = False,
) -> None:
    """Send what is planned to these people first, and to nobody else yet."""
    from app.broadcasts.rules import OPERATOR
    from app.broadcasts.trying import find_one, send_test

    with _refusals(), _database() as db:
        ground, now = _ground(), SystemClock().now()
        people = db.read_now(lambda tx: [find_one(tx, ground, broadcast_id, text) for text in to])
        size = db.write_now(lambda tx: send_test(tx, ground, broadcast_id, "", people, OPERATOR, now))
    shown = {"id": broadcast_id, "state": "testing", "recipients": size}
    _print(shown, as_json, lambda: f"Gửi thử cho {size} người.")


def _steer(broadcast_id: int, verb: Callable[..., object], as_json: bool) -> None:
    from app.broadcasts.queries import read_overview
    from app.broadcasts.rules import OPERATOR

    with _refusals(), _database() as db:
        db.write_now(lambda tx: verb(tx, broadcast_id, OPERATOR, SystemClock().now()))
        state = db.read_now(lambda tx: read_overview(tx, broadcast_id)).state
    _print({"id": broadcast_id, "state": str(state)}, as_json, lambda: f"Đợt gửi số {broadcast_id}: {state}.")


def _status(db: Database, broadcast_id: int) -> Shown:
    from app.broadcasts import queries
    from app.broadcasts.models import RecipientState
    from app.broadcasts.wordings import reason_line

    ground, now = _ground(), SystemClock().now()
    seen = db.read_now(lambda tx: queries.read_overview(tx, broadcast_id))
    ways, reasons = seen.tally.ways(), seen.tally.reasons()
    progress = db.read_now(lambda tx: queries.read_progress(tx, ground, seen, now))
    return {
        "id": seen.id,
        "title": seen.title,
        "state": str(seen.state),
        "note": seen.note,
        "recipients": seen.counts.total,
        "counts": {str(state): seen.counts.of(state) for state in RecipientState},
        "answered": seen.answered,
        "ways": [
            {"way": str(one.way), "waiting": one.waiting, "reached": one.reached, "cost": one.price}
            for one in ways
        ],
        "cost": sum(one.price for one in ways),
        "reasons": [
            {
                "reason": one.reason,
                "error_code": one.error_code,
                "count": one.count,
                "line": reason_line(one.reason, one.error_code, one.way),
            }
            for one in reasons
        ],
        "per_minute": progress.per_minute,
        "scheduled_at": _iso(seen.scheduled_at),
        "started_at": _iso(seen.started_at),
        "ends_at": _iso(seen.ended_at or progress.ends_at),
    }


def _told(db: Database, broadcast_id: int) -> str:
    from app.broadcasts.models import RecipientState
    from app.broadcasts.wordings import STATES, WAYS
    from app.outbox.ways import Way

    shown = _status(db, broadcast_id)
    lines = [f"Đợt gửi số {shown['id']}: {shown['title']} ({shown['state']})"]
    if shown["note"]:
        lines.append(f"  {shown['note']}")
    lines += [
        f"  {STATES[RecipientState(state)]}: {count}" for state, count in shown["counts"].items() if count
    ]
    lines += [
        f"  {WAYS[Way(one['way'])]}: {one['waiting'] + one['reached']}, {one['cost']} đồng"
        for one in shown["ways"]
    ]
    lines += [f"  {one['count']} người: {one['line']}" for one in shown["reasons"]]
    if shown["ends_at"]:
        lines.append(f"  Xong lúc {_moment(datetime.fromisoformat(shown['ends_at']))}")
    return "\n".join(lines)


def _check_places(targets: Iterable[str]) -> None:
    """A button that leads nowhere is found before thousands tap it; what is no place is judged later."""
    from app.broadcasts.content import ContentRefused
    from app.content.load import load_library
    from app.engine.flow import Place

    places = [(target, target.partition(".")) for target in targets if "." in target and "/" not in target]
    library = load_library(Settings().flows_dir) if places else None
    for target, (flow, _, node) in places:
        if library is not None and library.node(Place(flow, node)) is None:
            raise ContentRefused(f"Kịch bản không có mục {target}.")


def _read(file: Path) -> str:
    from app.broadcasts.content import ContentRefused

    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentRefused(f"Không đọc được {file}: {error}") from error


def _wall_time(text: str, now: datetime) -> datetime:
    """In Việt Nam unless the text names another zone. A slip of the pen must not send at once."""
    from app.broadcasts.rules import NotNow

    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotNow(f"Giờ “{text}” không đọc được, ví dụ đúng: 2026-12-01T09:00.") from error
    moment = at if at.tzinfo else at.replace(tzinfo=VIETNAM)
    if moment < now:
        raise NotNow(f"Giờ {_moment(moment)} đã qua; bỏ --at để gửi ngay.")
    return moment


def _print(shown: Shown, as_json: bool, told: Callable[[], str]) -> None:
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else told())


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(VIETNAM).isoformat(timespec="seconds")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


def _ground() -> Any:
    from app.kit.seal import Sealer
    from app.runtime import open_ground

    settings = Settings()
    return open_ground(settings, Sealer(*settings.secret_keys))


@contextmanager
def _refusals() -> Iterator[None]:
    """What a person can mend is said in a line and ends with exit code 1, without a traceback."""
    from app.broadcasts.audience import AudienceRefused
    from app.broadcasts.content import ContentRefused
    from app.broadcasts.rules import NotNow
    from app.broadcasts.steering import NoSuchBroadcast

    try:
        yield
    except (
        SettingsRefused, DatabaseAway, AudienceRefused, ContentRefused, NotNow, NoSuchBroadcast
    ) as refusal:  # fmt: skip
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal


@contextmanager
def _database() -> Iterator[Database]:
    settings = Settings()
    check_key(settings)
    db = Database(settings.database_url)
    try:
        yield db
    finally:
        db.close()
