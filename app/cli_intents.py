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
    from app.understanding.scoring import LabelledFileWrong, read_labelled
    from app.understanding.scoring import score as figures_of

    try:
        messages = read_labelled(file)
    except (LabelledFileWrong, OSError, UnicodeDecodeError) as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    reader, seconds = _reader(cache, without)
    figures = figures_of(reader, messages, seconds)
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


@intents.command()
def lint(
    test: Annotated[list[Path] | None, typer.Option(help="Lines that must not be trained on.")] = None,
) -> None:
    """Check the phrases; exit 1 when one is wrong."""
    from app.content.load import load_library
    from app.understanding.catalogue import read_catalogue
    from app.understanding.lint import lint as remarks_on
    from app.understanding.scoring import read_labelled

    flows = Settings().flows_dir
    kept_apart = [labelled.text for file in test or [] for labelled in read_labelled(file)]
    remarks = remarks_on(read_catalogue(flows), load_library(flows), kept_apart)
    for remark in remarks:
        typer.echo(str(remark))
    raise typer.Exit(any(remark.is_error for remark in remarks))


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
