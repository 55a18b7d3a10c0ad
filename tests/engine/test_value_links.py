"""A button that opens an address which an act brought: shown once, and then forgotten."""

from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from pydantic import ValidationError

from app.engine.effects import Link, Say
from app.engine.flow import Flow, Node, Place
from app.engine.inputs import ActDone
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from app.engine.walking import Walk
from tests.content.folder import small_library

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
URL = "https://bhxh.example/ds/secret"
FLOW = Flow.model_validate(
    {
        "flow": "sheet",
        "title": "Danh sách",
        "nodes": {
            "start": {"do": "bring", "on": {"brought": "shown"}},
            "shown": {
                "say": "Của {unit}.",
                "link": {"label": "Mở", "value": "url"},
                "goto": "ask",
            },
            "ask": {"say": "Gì nữa ạ?", "menu": [{"label": "Lại", "goto": "start"}]},
        },
    }
)


def brought(values: dict[str, str]) -> Turn:
    """The turn after the act has brought these values."""
    library = small_library()
    library = library.model_copy(update={"flows": MappingProxyType({**library.flows, "sheet": FLOW})})
    walk = Walk(library, Session.fresh(NOW), NOW)
    walk.enter(Place("sheet", "start"))
    return take_turn(library, walk.turn().session, ActDone("brought", values), NOW)


def test_the_address_is_on_a_button_and_nowhere_else() -> None:
    turn = brought({"unit": "Biển Xanh", "url": URL})
    assert turn.effects[0] == Say("Của Biển Xanh.", (Link("Mở", URL),))
    assert turn.session.of("sheet") == {"unit": "Biển Xanh"}
    assert URL not in str(turn.session.to_json())


def test_without_an_address_there_is_no_button() -> None:
    assert brought({"unit": "Biển Xanh"}).effects[0] == Say("Của Biển Xanh.")


@pytest.mark.parametrize(
    "node",
    [
        {"link": {"label": "Mở", "value": "url"}, "end": True},
        {"say": "x", "link": {"label": "Mở", "value": "url"}, "menu": [{"label": "a", "goto": "b"}]},
    ],
)
def test_a_link_belongs_under_words_that_do_not_wait(node: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="`link` belongs under"):
        Node.model_validate(node)
