"""Texts and buttons against Zalo's limits, and against what reads well on a phone."""

from collections.abc import Iterator

from app.content.complaint import Complaint, at_node
from app.content.graph import nodes
from app.content.names import labels_of, texts_of
from app.engine.acts import ActSpecs
from app.engine.bubbles import guide_lines
from app.engine.flow import Library, Node, Place
from app.engine.wording import PLACEHOLDER

MOST_TEXT = 2000
ROOM_FOR_VALUE = 100
"""Characters that a placeholder may come to when it is filled."""
MOST_LABEL = 40
"""Zalo takes 100; on a phone a button cuts off after about forty."""
MOST_TITLE = 100
"""Of a guide: it stands on a button that opens it, and in the text above."""
MOST_SHARE_TITLE, MOST_SHARE_SUBTITLE = 100, 500


def oversize(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    for place, node in nodes(library):
        yield from _texts(library, place, node)
        yield from _labels(place, node)
    for flow in library.flows.values():
        if len(flow.title) > MOST_LABEL:
            yield Complaint(flow.flow, ("title",), f"the title has {len(flow.title)} characters", _SHORTER)
    for name, guide in library.guides.items():
        if len(guide.title) > MOST_TITLE:
            message = f"the title has {len(guide.title)} characters"
            yield Complaint("guides", ("guides", name, "title"), message, f"Zalo takes {MOST_TITLE}")
    for name, label in library.words.labels:
        if len(label) > MOST_LABEL:
            yield Complaint("words", ("labels", name), f"the label has {len(label)} characters", _SHORTER)


_SHORTER = f"Zalo shows about {MOST_LABEL}"


def _texts(library: Library, place: Place, node: Node) -> Iterator[Complaint]:
    guides = len(guide_lines(library, node.guides))
    for text, steps in texts_of(node):
        length = len(_filled(library, text)) + guides
        if length > MOST_TEXT:
            yield at_node(
                place, f"a text comes to {length} characters, Zalo takes {MOST_TEXT}", "Split it", *steps
            )


def _filled(library: Library, text: str) -> str:
    """The text with the facts it names, and room for each value that is only known in a conversation."""
    return PLACEHOLDER.sub(lambda found: library.facts.get(found[1], "x" * ROOM_FOR_VALUE), text)


def _labels(place: Place, node: Node) -> Iterator[Complaint]:
    for label, steps in labels_of(node):
        if len(label) > MOST_LABEL:
            yield at_node(place, f"`{label}` has {len(label)} characters", _SHORTER, *steps)
    share = None if node.ask is None else node.ask.request_user_info
    if share is not None and (
        len(share.title) > MOST_SHARE_TITLE or len(share.subtitle) > MOST_SHARE_SUBTITLE
    ):
        yield at_node(place, "the share form's title or subtitle is too long", "At most 100 and 500", "ask")
