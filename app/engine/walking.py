"""Going through nodes until one waits for the contact, or an act has to be run."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.engine.bubbles import (
    ask_bubbles,
    ask_buttons,
    confirm_bubble,
    confirm_buttons,
    guide_lines,
    link_buttons,
    menu_bubbles,
    menu_buttons,
    standing_buttons,
    values_at,
    worded,
)
from app.engine.effects import Button, Effect, Link, RunAct, Say, SayEffect
from app.engine.flow import Flow, Library, Node, Place
from app.engine.session import Session

MOST_STEPS = 30
"""Nodes passed without waiting; the longest way in the flows has five. Beyond it content runs in a circle."""


@dataclass(frozen=True, slots=True)
class Turn:
    session: Session
    effects: tuple[Effect, ...]
    visited: tuple[str, ...]
    """Nodes as "flow.node" and the ways between them as "flow.node > flow.node"."""


class Walk:
    """One turn in the making: where the contact stands so far, and what has been said."""

    def __init__(self, library: Library, session: Session, now: datetime) -> None:
        self.library = library
        self.session = session
        self.now = now
        self._effects: list[Effect] = []
        self._visited: list[str] = []
        self._from: Place | None = session.awaiting or session.place

    def turn(self) -> Turn:
        return Turn(replace(self.session, touched_at=self.now), tuple(self._effects), tuple(self._visited))

    def say(self, text: str, buttons: tuple[Button, ...] = ()) -> None:
        self._effects.append(Say(text, buttons))

    @property
    def acts(self) -> bool:
        """Whether an act is to be run, which ends the turn for now."""
        return bool(self._effects) and isinstance(self._effects[-1], RunAct)

    def mark(self) -> int:
        """How much has been said so far."""
        return len(self._effects)

    def introduce(self, mark: int, line: str) -> None:
        """Puts a line on top of what was said since then."""
        first = self._effects[mark] if len(self._effects) > mark else None
        if isinstance(first, Say):
            self._effects[mark] = Say(f"{line}\n\n{first.text}", first.buttons)
        else:
            self.put_before(mark, Say(line))

    def put_before(self, mark: int, bubble: Say) -> None:
        self._effects.insert(mark, bubble)

    def enter(self, place: Place, *, back: bool = False) -> None:
        """Walks on from `place`; `back` keeps what was given there."""
        self.session = replace(self.session, awaiting=None, wants=None)
        starts_anew = not back and (self._from is None or self._from.flow != place.flow)
        if starts_anew and place.node == self._start_of(place.flow):
            self.session = self.session.without(place.flow)
        following: Place | None = place
        for _ in range(MOST_STEPS):
            if following is None:
                return
            following = self._pass(following)
        self.give_up(self.library.words.went_wrong)

    def go(self, target: str, home: Place) -> None:
        """Follows a target as a flow writes it."""
        self.enter(Place.parse(target, home.flow))

    def repeat(self) -> None:
        """Says again what the contact is being asked; the standing offer when nothing waits."""
        self._drop_asides()
        place, node = self.session.place, self.waiting()
        if place is None or node is None:
            self.offer_ways()
            return
        self._effects += self._question(place, node)

    def remind(self, text: str) -> None:
        """Says something beside the matter, with the buttons of what waits; a question is asked again."""
        self._drop_asides()
        place, node = self.session.place, self.waiting()
        if place is None or node is None:
            self.say(text, standing_buttons(self.library, self.session))
        elif node.ask is not None:
            prompt = worded(self.library, self.session, place, node.ask.prompt)
            self.say(f"{text}\n\n{prompt}", ask_buttons(self.library, self.session, place, node.ask))
        elif node.confirm is not None:
            self.say(text, confirm_buttons(self.library, place, node.confirm))
        else:
            self.say(text, menu_buttons(self.library, self.session, place, node))

    def give_up(self, why: str) -> None:
        """Nothing sensible can be done: says so and offers the ways that always work."""
        self.session = self.session.resting()
        self.say(why, standing_buttons(self.library, self.session))

    def offer_ways(self) -> None:
        """Hangs the standing buttons under the last bubble that has none."""
        last = self._effects[-1] if self._effects else None
        if isinstance(last, Say) and not last.buttons:
            self._effects[-1] = Say(last.text, standing_buttons(self.library, self.session))
        else:
            self.say(self.library.words.choose_below, standing_buttons(self.library, self.session))

    def waiting(self) -> Node | None:
        """The node that waits for an answer."""
        return None if self.session.place is None else self.library.node(self.session.place)

    def flow_here(self) -> Flow | None:
        return None if self.session.place is None else self.library.flows.get(self.session.place.flow)

    def values(self, place: Place) -> dict[str, str]:
        return values_at(self.library, self.session, place)

    def _drop_asides(self) -> None:
        """What waits is shown again, so nobody asks any more whether to leave it or what to correct."""
        self.session = replace(self.session, wants=None, picking=False)

    def _start_of(self, flow: str) -> str:
        known = self.library.flows.get(flow)
        return "" if known is None else known.start

    def _pass(self, place: Place) -> Place | None:
        """Does what the node says; the node to go on with, or None when it waits, ends or acts."""
        node = self.library.node(place)
        if node is None:
            self.give_up(self.library.words.node_gone)
            return None
        self._arrive(place)
        review = self._review_instead(place, node)
        if review is not None:
            return review
        if node.waits:
            self._wait_at(place, node)
            return None
        self._effects += self._telling(place, node)
        if node.do is not None:
            self.session = replace(self.session, awaiting=place)
            self._effects.append(RunAct(node.do, self.session.of(place.flow)))
            return None
        if node.goto is not None:
            return Place.parse(node.goto, place.flow)
        self.session = self.session.without(place.flow).resting()
        self.offer_ways()
        return None

    def _review_instead(self, place: Place, node: Node) -> Place | None:
        """The review to return to when, after a correction, the way leads to what was answered before."""
        review = self.session.correcting
        if review is None or node.ask is None or place == self.session.amending or review.flow != place.flow:
            return None
        return review if node.ask.slot in self.session.of(place.flow) else None

    def _wait_at(self, place: Place, node: Node) -> None:
        if place == self.session.correcting:
            self.session = replace(self.session, correcting=None, amending=None)
        self.session = self.session.at(place)
        self._effects += self._question(place, node)

    def _question(self, place: Place, node: Node) -> list[SayEffect]:
        if node.ask is not None:
            return [*self._telling(place, node), *ask_bubbles(self.library, self.session, place, node.ask)]
        if node.confirm is not None:
            bubble = confirm_bubble(self.library, self.session, place, node.confirm)
            return [*self._telling(place, node), bubble]
        *before, last = self._texts(place, node) or [self.library.flows[place.flow].title]
        return [*map(Say, before), *menu_bubbles(self.library, self.session, place, node, last)]

    def _telling(self, place: Place, node: Node) -> list[SayEffect]:
        *before, last = self._texts(place, node) or [""]
        if not last:
            return []
        links = (*link_buttons(self.library, node.guides), *self._value_link(place, node))
        return [*map(Say, before), Say(last, links)]

    def _value_link(self, place: Place, node: Node) -> list[Link]:
        """The address that an act brought leaves the session as soon as it is on a button."""
        if node.link is None:
            return []
        url = self.session.of(place.flow).get(node.link.value, "")
        self.session = self.session.without_value(place.flow, node.link.value)
        return [Link(node.link.label, url)] if url else []

    def _texts(self, place: Place, node: Node) -> list[str]:
        """The node's messages, the addresses of its guides under the last one."""
        texts = [worded(self.library, self.session, place, text) for text in node.say]
        lines = guide_lines(self.library, node.guides)
        if not lines:
            return texts
        *before, last = texts or [""]
        return [*before, f"{last}\n\n{lines}".strip()]

    def _arrive(self, place: Place) -> None:
        if self._from is not None:
            self._visited.append(f"{self._from} > {place}")
        self._visited.append(str(place))
        self._from = place
