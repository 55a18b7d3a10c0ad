"""The commands about understanding: train, score, explain, lint, and the loop that makes it better."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import MODELS, Settings

if TYPE_CHECKING:
    from app.kit.db import Database
    from app.kit.seal import Sealer
    from app.understanding.reader import Reader
    from app.understanding.scoring import Labelled

intents = typer.Typer(no_args_is_help=True, help="What free messages are taken to mean.")

Messages = Annotated[Path, typer.Argument(help="JSON lines with text, intent, and perhaps accept.")]
Cache = Annotated[Path, typer.Option("--cache", help="Folder of the trained models.")]
Tests = Annotated[
    list[Path] | None,
    typer.Option(help="Labelled lines that are not trained on; those of the project by default."),
]
TESTS = sorted((Path(__file__).parents[1] / "tests" / "understanding").rglob("*.jsonl"))
"""The labelled lines that came with the project, where its tests are."""

Authors = Annotated[list[str] | None, typer.Argument(help="All of them by default.")]


@intents.command()
def train(cache: Cache = MODELS) -> None:
    """Turn the phrases into a model, unless it is there already."""
    from app.understanding.train import make_artefact

    begun = time.perf_counter()
    path = make_artefact(Settings().flows_dir, cache)
    typer.echo(f"{path} is ready ({time.perf_counter() - begun:.1f} s)")


@intents.command()
def score(
    file: Messages,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
    without: Annotated[str, typer.Option(help="Train anew without this author's phrases.")] = "",
    cache: Cache = MODELS,
) -> None:
    """Score the whole policy on a labelled file."""
    from app.content.load import load_library
    from app.understanding.scoring import LabelledFileWrong, read_labelled
    from app.understanding.scoring import score as figures_of
    from app.understanding.whole import WholePolicy

    try:
        messages = read_labelled(file)
    except (LabelledFileWrong, OSError, UnicodeDecodeError) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    reader, seconds = _reader(cache, without)
    whole = WholePolicy(reader, load_library(Settings().flows_dir))
    figures = figures_of(whole, messages, seconds)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, figure in figures.items():
        typer.echo(f"{name:20} {figure}")


@intents.command()
def explain(text: str, cache: Cache = MODELS) -> None:
    """Say what a message is taken to mean, and which of its words speak for it."""
    reader, _ = _reader(cache)
    reading = reader.read(text)
    typer.echo(f"{reading.decision.zone}: {', '.join(reading.decision.intents) or '-'}")
    for scored in reading.ranked[:3]:
        reasons = (f"{term.strip()} {pull:+.2f}" for term, pull in reader.model.reasons(text, scored.intent))
        typer.echo(f"  {scored.chance:.2f} {scored.intent}: {', '.join(reasons)}")


@intents.command("left-out")
def left_out(
    authors: Annotated[list[str] | None, typer.Argument(help="All of them by default.")] = None,
) -> None:
    """Leave out one author after the other, train on the rest, score on the lines of the one left out."""
    from app.understanding.catalogue import read_catalogue
    from app.understanding.left_out import score_left_out

    catalogue = read_catalogue(Settings().flows_dir)
    for author, figures in score_left_out(catalogue, authors or catalogue.authors()):
        shown = ("n", "top1", "top3", "answered_rate", "wrong_answer_rate", "oos_answered_rate")
        typer.echo(f"{author:12} " + "  ".join(f"{name} {figures[name]}" for name in shown))


@intents.command()
def take(
    writer: Annotated[str, typer.Argument(help="A name for the writer; the file gets it.")],
    file: Messages,
    test: Tests = None,
) -> None:
    """Take over a writer's labelled lines as phrases to train on; says which stay out, and why."""
    from app.understanding.catalogue import read_catalogue
    from app.understanding.scoring import read_labelled
    from app.understanding.taking import choose, write_told

    flows = Settings().flows_dir
    catalogue = read_catalogue(flows)
    others = {name: lines for name, lines in catalogue.told.items() if name != writer}
    taken = choose(read_labelled(file), catalogue._replace(told=others), _kept_apart(test or TESTS))
    for reason in taken.left_out:
        typer.echo(f"left out: {reason}")
    path = write_told(flows, writer, taken.lines)
    typer.echo(f"{path} has {sum(map(len, taken.lines.values()))} lines; train and score before you keep it")


@intents.command()
def unanswered(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list instead of text.")] = False,
    cache: Cache = MODELS,
) -> None:
    """List what people wrote and the bot could not answer: similar messages together, most frequent first."""
    from app.understanding.queries import open_groups

    reader, _ = _reader(cache)
    spelling = reader.model.spelling
    with _database() as (db, sealer):
        groups = db.read_now(lambda tx: open_groups(tx, sealer, spelling))
    if as_json:
        typer.echo(json.dumps([group.as_dict() for group in groups], ensure_ascii=False, indent=1))
        return
    for group in groups:
        came = ", ".join(f"{outcome} {count}" for outcome, count in group.outcomes.most_common())
        typer.echo(f"{len(group.messages):4}  {group.messages[0].text}")
        typer.echo(f"      near {', '.join(group.likely) or '-'}; then {came}")


@intents.command()
def add(
    intent: str,
    phrase: str,
    yes: Annotated[bool, typer.Option("--yes", help="Keep it without asking.")] = False,
    test: Tests = None,
    cache: Cache = MODELS,
) -> None:
    """Add a phrase to an intent once lint and score have shown what it mends and what it spoils."""
    from app.content.load import load_library
    from app.understanding.adding import difference, keep_phrases, new_errors, with_phrase
    from app.understanding.artefact import artefact_path, fingerprint, store
    from app.understanding.catalogue import read_catalogue
    from app.understanding.scoring import Labelled
    from app.understanding.training import train_reader

    flows = Settings().flows_dir
    before, library = read_catalogue(flows), load_library(flows)
    if intent not in before.intents:
        typer.echo(f"there is no intent {intent}; there are: {', '.join(sorted(before.intents))}", err=True)
        raise typer.Exit(1)
    after = with_phrase(before, intent, phrase)
    tests = _labelled(test or TESTS)
    # Without labelled lines to judge by, the phrases themselves must not suffer.
    messages = tests or [Labelled(one.text, one.intent) for one in before.phrases()]
    errors = new_errors(before, after, library, [message.text for message in tests])
    for remark in errors:
        typer.echo(str(remark), err=True)
    if errors:
        raise typer.Exit(1)
    reader = train_reader(after)
    changed = difference(_reader(cache)[0], reader, messages)
    told = f"{len(changed.fixed)} fixed, {len(changed.broken)} broken"
    typer.echo(f"of {len(messages)} labelled messages: {told}")
    for word, lines in (("fixed", changed.fixed), ("broken", changed.broken)):
        for line in lines:
            typer.echo(f"  {word}: {line.text} ({line.intent})")
    if not yes and not typer.confirm("Keep the phrase?"):
        typer.echo("Not kept.")
        raise typer.Exit(1)
    path = keep_phrases(flows, after)
    store(reader, artefact_path(cache, fingerprint(flows)))
    typer.echo(f"Kept in {path}; a running service reads it after its next start.")


@intents.command()
def lint(test: Tests = None) -> None:
    """Check the phrases; exit 1 when one is wrong."""
    from app.content.load import load_library
    from app.understanding.catalogue import read_catalogue
    from app.understanding.lint import lint as remarks_on

    flows = Settings().flows_dir
    remarks = remarks_on(read_catalogue(flows), load_library(flows), _kept_apart(test or TESTS))
    for remark in remarks:
        typer.echo(str(remark))
    raise typer.Exit(any(remark.is_error for remark in remarks))


def _kept_apart(files: list[Path] | None) -> list[str]:
    return [message.text for message in _labelled(files or [])]


def _labelled(files: list[Path]) -> "list[Labelled]":
    from app.understanding.scoring import read_labelled

    return [labelled for file in files for labelled in read_labelled(file)]


@contextmanager
def _database() -> "Iterator[tuple[Database, Sealer]]":
    from app.kit.db import Database, DatabaseAway
    from app.kit.seal import Sealer
    from app.schema import SchemaBehind, check_current
    from app.settings import SettingsRefused, check_key

    settings = Settings()
    try:
        check_key(settings)
        with closing(Database(settings.database_url)) as db:
            db.read_now(check_current)
            yield db, Sealer(*settings.secret_keys)
    except (SettingsRefused, DatabaseAway, SchemaBehind) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal


def _reader(cache: Path, without: str = "") -> "tuple[Reader, float]":
    """The reader, and the seconds that opening it from the cache took."""
    from app.understanding.catalogue import read_catalogue
    from app.understanding.opening import TrainingFailed, open_reader

    flows = Settings().flows_dir
    if without:
        from app.understanding.training import train_reader

        return train_reader(read_catalogue(flows), frozenset({without})), 0.0
    try:
        open_reader(flows, cache)
        begun = time.perf_counter()
        return open_reader(flows, cache), time.perf_counter() - begun
    except TrainingFailed as failure:
        typer.echo(str(failure), err=True)
        raise typer.Exit(1) from failure
