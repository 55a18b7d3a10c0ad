"""What the engine knows of an act: which outcomes it can have, and which values come with each."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActSpec:
    """The outcomes of an act; under each the names of the values that texts may show after it."""

    outcomes: Mapping[str, frozenset[str]]


ActSpecs = Mapping[str, ActSpec]
