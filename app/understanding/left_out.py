"""How well somebody is understood whom nobody trained on: each author in turn left out, then scored."""

from collections.abc import Iterator, Sequence

from app.understanding.catalogue import Catalogue
from app.understanding.scoring import Figures, Labelled, score
from app.understanding.training import train_reader


def score_left_out(catalogue: Catalogue, authors: Sequence[str]) -> Iterator[tuple[str, Figures]]:
    """One training for each author."""
    for author in authors:
        own = [Labelled(one.text, one.intent) for one in catalogue.phrases() if one.author == author]
        yield author, score(train_reader(catalogue, frozenset({author})), own)
