"""The flows as a graph: what cannot be reached, what cannot be left, what runs in a circle."""

from collections.abc import Iterator, Mapping

from app.content.complaint import Complaint, at_node
from app.engine.acts import ActSpecs
from app.engine.flow import Library, Node, Place


def nodes(library: Library) -> Iterator[tuple[Place, Node]]:
    for flow in library.flows.values():
        for name, node in flow.nodes.items():
            yield Place(flow.flow, name), node


def ways(library: Library) -> dict[Place, set[Place]]:
    """Every node and the nodes it can lead to."""
    return {
        place: {Place.parse(target, place.flow) for target in node.targets()}
        for place, node in nodes(library)
    }


def entrances(library: Library) -> set[Place]:
    """Where people come in: the doors, and what their own words lead to."""
    doors = library.words.doors
    named = {doors.welcome, doors.menu, doors.person, doors.stop, doors.my_data}
    return {Place.parse(target) for target in named} | set(library.phrases.values())


def unreachable(library: Library) -> Iterator[Complaint]:
    following, reached = ways(library), set[Place]()
    waiting = list(entrances(library))
    while waiting:
        place = waiting.pop()
        if place not in reached:
            reached.add(place)
            waiting.extend(following.get(place, ()))
    for place in following.keys() - reached:
        yield at_node(place, f"nothing leads to {place}", "Link it from a menu or a phrase, or delete it")


def no_way_out(library: Library) -> Iterator[Complaint]:
    """Questions that are asked for ever when the answers do not fit."""
    for place, node in nodes(library):
        if node.ask is not None and node.ask.give_up is None:
            message = f"after {node.ask.tries} answers that do not fit, nothing else is offered"
            yield at_node(place, message, "Say under `give_up` where that leads", "ask")


def dead_ends(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    """Nodes that leave a person without words."""
    for place, node in nodes(library):
        if (node.menu or node.end) and not node.say:
            yield at_node(place, "the node says nothing", "Write a `say`")


def loops_without_input(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    """Nodes from which the bot would talk on for ever: no node of the circle waits for the contact."""
    passing: dict[Place, set[Place]] = {
        place: {Place.parse(target, place.flow) for target in node.targets()}
        for place, node in nodes(library)
        if not (node.menu or node.ask or node.confirm)
    }
    for place in passing:
        if _comes_back(place, passing):
            yield at_node(place, "the bot would talk in a circle from here", "Let a menu or a question wait")


def _comes_back(start: Place, passing: Mapping[Place, set[Place]]) -> bool:
    seen, waiting = set[Place](), list(passing[start])
    while waiting:
        place = waiting.pop()
        if place == start:
            return True
        if place in passing and place not in seen:
            seen.add(place)
            waiting.extend(passing[place])
    return False
