"""What a rule says of a place in a content file."""

from dataclasses import dataclass

from app.content.yaml_text import Steps
from app.engine.flow import Place


@dataclass(frozen=True, slots=True)
class Complaint:
    file: str
    """The file's name without the ending."""
    steps: Steps
    message: str
    remedy: str


def at_node(place: Place, message: str, remedy: str, *inside: str | int) -> Complaint:
    return Complaint(place.flow, ("nodes", place.node, *inside), message, remedy)
