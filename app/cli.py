"""The command line: each command calls one verb of one room."""

import gc
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import uvicorn

from app.cli_broadcasts import broadcasts
from app.cli_intents import intents
from app.kit.alone import AlreadyRunning
from app.kit.db import Database, DatabaseAway
from app.kit.logs import set_up_logs
from app.kit.seal import Sealer
from app.schema import SchemaBehind, upgrade
from app.settings import Settings, SettingsRefused, check_key

if TYPE_CHECKING:
    from app.moving import Proof

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Đầu Mối: a Zalo Official Account service."
)
db_commands = typer.Typer(no_args_is_help=True, help="The database's tables.")
cli.add_typer(db_commands, name="db")
cli.add_typer(intents, name="intents")
cli.add_typer(broadcasts, name="broadcast")
staff_commands = typer.Typer(no_args_is_help=True, help="The people who use the console.")
cli.add_typer(staff_commands, name="staff")

LOOPBACK = "127.0.0.1"
GRACE = 10
"""Seconds that open streams may hold up a shutdown."""

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]


def main() -> None:
    cli()


@cli.command()
def serve(
    host: Host = LOOPBACK,
    port: Port = 8000,
    no_runner: Annotated[bool, typer.Option("--no-runner", help="Only the web; runners run apart.")] = False,
) -> None:
    """Run the web process: webhook, console, and a runner inside unless told otherwise."""
    set_up_logs(readable=sys.stderr.isatty())
    with _refusals():
        settings = Settings()
        if no_runner and settings.database_url.startswith("sqlite"):
            raise SettingsRefused(
                "--no-runner needs PostgreSQL: one process at a time may serve an SQLite file"
            )
        with _built_to_stay():
            from app.main import create_app
            from app.runtime import open_runtime

            app = create_app(open_runtime(settings), with_runner=not no_runner)
        _run(app, host, port)


@cli.command()
def runner() -> None:
    """Run a background process beside web processes that were started with --no-runner."""
    import asyncio

    set_up_logs(readable=sys.stderr.isatty())
    with _refusals():
        with _built_to_stay():
            from app.main import run_runner
            from app.runtime import open_runtime

            runtime = open_runtime(Settings())
        asyncio.run(run_runner(runtime))


@cli.command()
def demo(port: Port = 8000) -> None:
    """Run bot and sandbox with invented data; nothing leaves this machine."""
    set_up_logs(readable=sys.stderr.isatty())
    with _refusals():
        with _built_to_stay():
            from app.demo import demo_app, greeting

            app = demo_app(port)
        typer.echo(greeting(port))
        _run(app, LOOPBACK, port)


@cli.command()
def sandbox(
    webhook: Annotated[str, typer.Option(help="Where the pretend Zalo posts its events.")],
    app_id: Annotated[str, typer.Option()],
    oa_id: Annotated[str, typer.Option()],
    oa_secret: Annotated[str, typer.Option()],
    app_secret: Annotated[str, typer.Option()],
    port: Port = 8090,
) -> None:
    """Run the pretend Zalo alone, for any project that speaks to a Zalo Official Account."""
    from app.sandbox.alone import standalone_app
    from app.sandbox.config import SandboxConfig

    config = SandboxConfig(
        app_id=app_id, oa_id=oa_id, oa_secret=oa_secret, app_secret=app_secret, webhook_url=webhook
    )
    _run(standalone_app(config), LOOPBACK, port)


@cli.command()
def check(as_json: AsJson = False) -> None:
    """Check the flow files: errors end with exit code 1, warnings only report."""
    from app.content.check import check_flows
    from app.conversations.acts import ACT_SPECS
    from app.runtime import flows_folder

    findings = check_flows(flows_folder(Settings()), ACT_SPECS, datetime.now(UTC).date())
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            typer.echo(str(finding))
        typer.echo(_summary(findings))
    raise typer.Exit(any(finding.is_error for finding in findings))


@cli.command()
def play(
    files: list[Path],
    record: Annotated[bool, typer.Option("--record", help="Write the bot's lines anew.")] = False,
    trained: Annotated[
        bool, typer.Option("--trained", help="Free words are read by the trained model.")
    ] = False,
) -> None:
    """Play transcripts through the engine and the acts; exit 1 when the bot says something else."""
    from app.conversations.playing import play_files
    from app.runtime import load_means

    with _refusals():
        report = play_files(load_means(Settings(), trained=trained), files, record=record)
    typer.echo(report.text)
    raise typer.Exit(not report.passed)


@cli.command()
def chat() -> None:
    """Talk to the flows in this terminal; nothing is kept."""
    from app.conversations.playing import terminal_chat
    from app.runtime import load_means

    with _refusals():
        terminal_chat(load_means(Settings(), trained=True), _lines(), typer.echo)


@cli.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="offices, officers, employers, liaisons or workers")],
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, save nothing.")] = False,
) -> None:
    """Bring a list in from CSV or XLSX; all of a file or nothing, and it can be undone in the console."""
    from app.conversations.announcing import teller
    from app.importing.at_once import import_file
    from app.runtime import load_means

    with _refusals(), _database() as (db, sealer):
        tell, now = teller(load_means(Settings())), datetime.now(UTC)
        report = db.write_now(
            lambda tx: import_file(tx, sealer, kind, file, now, dry_run=dry_run, teller=tell)
        )
    typer.echo(report.text)
    raise typer.Exit(not report.accepted)


@cli.command()
def export(
    kind: Annotated[str, typer.Argument(help="offices, officers, employers or liaisons")], file: Path
) -> None:
    """Write offices, officers, employers or liaisons to CSV or XLSX."""
    from app.directory.exports import export_file

    with _refusals(), _database() as (db, sealer):
        count = db.read_now(lambda tx: export_file(tx, sealer, kind, file))
    typer.echo(f"{count} rows written to {file}")


@cli.command()
def doctor() -> None:
    """Say in a sentence each whether configuration, database, token, webhook, clock and disk are well."""
    from app.doctor import examine

    findings = examine()
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(any(not finding.well for finding in findings))


@cli.command()
def backup(file: Path) -> None:
    """Write the database, in service or not, to one new SQLite file; its pages are checked."""
    from app.backups import back_up

    with _refusals():
        _print_proofs(back_up(Settings().database_url, file))
    typer.echo(f"{file}: {file.stat().st_size} bytes, whole. Without DAUMOI_SECRET_KEY it cannot be read.")


@cli.command()
def restore(file: Path) -> None:
    """Fill an empty database from a backup, SQLite or PostgreSQL, and print the proof per table."""
    from app.backups import restore as fill

    with _refusals():
        _print_proofs(fill(file, Settings().database_url))
    typer.echo("Restored.")


@db_commands.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables up to date."""
    with _refusals():
        upgrade(Settings().database_url)
    typer.echo("The database is up to date.")


@db_commands.command("move")
def db_move(
    to: Annotated[str, typer.Option("--to", help="Address of an empty database.")],
) -> None:
    """Copy a stopped service into an empty database, SQLite or PostgreSQL, and print the proof per table."""
    from app.moving import move

    with _refusals():
        _print_proofs(move(Settings().database_url, to))
    typer.echo("Moved. Set DAUMOI_DATABASE_URL to the new address before the service starts again.")


@staff_commands.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="Full name, which is also the log-in.")],
    role: Annotated[str, typer.Option(help="viewer, officer, lead, editor or admin.")],
    login: Annotated[str, typer.Option(help="A shorter name to sign in with.")] = "",
) -> None:
    """Open an account for the console and print its first password, to be changed at the first sign-in."""
    from app.staff.accounts import By, add_account
    from app.staff.passwords import first_password, hash_password
    from app.staff.rules import Role, role_of

    known = role_of(role)
    if known is None:
        typer.echo(f"no role {role!r}; choose one of: {', '.join(Role)}", err=True)
        raise typer.Exit(1)
    password = first_password()
    with _refusals(), _database() as (db, _):
        hashed, by, now = hash_password(password), By("system"), datetime.now(UTC)
        db.write_now(lambda tx: add_account(tx, name, known, hashed, by, now, login=login))
    typer.echo(f"log-in          {login or name}\nfirst password  {password}\nrole            {known}")


def _run(app: Callable[..., object], host: str, port: int) -> None:
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )


@contextmanager
def _built_to_stay() -> Iterator[None]:
    """What is made here lives as long as the process: the garbage collector neither stops for it nor
    walks it ever after. That is a quarter of a second of the start, and 60 ms of each full collection."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _refusals() -> Iterator[None]:
    """What a person can mend is said in a line and ends with exit code 1, without a traceback."""
    from app.backups import BadBackup
    from app.content.yaml_text import ContentError
    from app.directory.refusals import ExportRefused, ImportRefused
    from app.moving import NotMoved
    from app.staff.accounts import AccountRefused

    mendable = (
        SettingsRefused,
        ContentError,
        ImportRefused,
        ExportRefused,
        NotMoved,
        BadBackup,
        AccountRefused,
    )
    try:
        yield
    except (*mendable, SchemaBehind, AlreadyRunning, DatabaseAway) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal


@contextmanager
def _database() -> Iterator[tuple[Database, Sealer]]:
    settings = Settings()
    check_key(settings)
    db = Database(settings.database_url)
    try:
        yield db, Sealer(*settings.secret_keys)
    finally:
        db.close()


def _print_proofs(proofs: Sequence["Proof"]) -> None:
    if not proofs:
        return
    typer.echo("table                  rows checksum here                        rows checksum there")
    for proof in proofs:
        typer.echo(str(proof))


def _lines() -> Iterator[str]:
    while True:
        try:
            yield input("> ")
        except EOFError:
            return


def _summary(findings: list) -> str:  # type: ignore[type-arg]
    errors = sum(finding.is_error for finding in findings)
    return f"{errors} errors, {len(findings) - errors} warnings"
