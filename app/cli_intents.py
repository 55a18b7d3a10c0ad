"""The commands about understanding: train, score, explain, lint."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.settings import MODELS, Settings

if TYPE_CHECKING:
    from app.understanding.reader import Reader

intents = typer.Typer(no_args_is_help=True, help="What free messages are taken to mean.")

Messages = Annotated[Path, typer.Argument(help="JSON lines with text, intent, and perhaps accept.")]
Cache = Annotated[Path, typer.Option("--cache", help="Folder of the trained models.")]
Tests = Annotated[list[Path] | None, typer.Option(help="Labelled lines that must not be trained on.")]

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
    taken = choose(read_labelled(file), catalogue._replace(told=others), _kept_apart(test))
    for reason in taken.left_out:
        typer.echo(f"left out: {reason}")
    path = write_told(flows, writer, taken.lines)
    typer.echo(f"{path} has {sum(map(len, taken.lines.values()))} lines; train and score before you keep it")


@intents.command()
def lint(test: Tests = None) -> None:
    """Check the phrases; exit 1 when one is wrong."""
    from app.content.load import load_library
    from app.understanding.catalogue import read_catalogue
    from app.understanding.lint import lint as remarks_on

    flows = Settings().flows_dir
    remarks = remarks_on(read_catalogue(flows), load_library(flows), _kept_apart(test))
    for remark in remarks:
        typer.echo(str(remark))
    raise typer.Exit(any(remark.is_error for remark in remarks))


def _kept_apart(files: list[Path] | None) -> list[str]:
    from app.understanding.scoring import read_labelled

    return [labelled.text for file in files or [] for labelled in read_labelled(file)]


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
