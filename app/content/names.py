"""Names that have to exist elsewhere: places, guides, acts and their outcomes, placeholders."""

from collections.abc import Iterator

from app.content.complaint import Complaint, at_node
from app.content.graph import entrances, nodes
from app.content.yaml_text import Steps
from app.engine.acts import ActSpecs
from app.engine.flow import Flow, Library, Node, Place
from app.engine.wording import PLACEHOLDER


def unknown_places(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    for place, node in nodes(library):
        for target, steps in _targets(node):
            if library.node(Place.parse(target, place.flow)) is None:
                message = f"`{target}` does not exist"
                yield at_node(place, message, "Correct the name, or write the node", *steps)
    for flow in library.flows.values():
        if flow.start not in flow.nodes:
            yield Complaint(flow.flow, ("start",), f"`{flow.start}` does not exist", "Name an existing node")
    for place in entrances(library):
        if library.node(place) is None:
            file = "phrases" if place in library.phrases.values() else "words"
            steps = ("phrases", str(place)) if file == "phrases" else ("doors",)
            yield Complaint(file, steps, f"`{place}` does not exist", "Name an existing node")


def _targets(node: Node) -> Iterator[tuple[str, Steps]]:
    """Every target a node can lead to, as written, and where it stands."""
    yield from ((choice.goto, ("menu", number, "goto")) for number, choice in enumerate(node.menu))
    yield from ((target, ("on", outcome)) for outcome, target in node.on.items())
    if node.goto is not None:
        yield node.goto, ("goto",)
    if node.ask is not None and node.ask.give_up is not None:
        yield node.ask.give_up, ("ask", "give_up")
    if node.confirm is not None:
        yield node.confirm.yes.goto, ("confirm", "yes", "goto")
        yield node.confirm.cancel, ("confirm", "cancel")
        for number, field in enumerate(node.confirm.fields):
            yield field.ask, ("confirm", "fields", number, "ask")


def unknown_names(library: Library, acts: ActSpecs) -> Iterator[Complaint]:
    for place, node in nodes(library):
        for guide in node.guides:
            if guide not in library.guides:
                yield at_node(place, f"guide `{guide}` does not exist", "See flows/guides.yaml", "guides")
        yield from _unknown_outcomes(place, node, acts)
        yield from _unknown_values(library, place, node, acts)
        yield from _unknown_slots(library, place, node)


def _unknown_outcomes(place: Place, node: Node, acts: ActSpecs) -> Iterator[Complaint]:
    if node.do is None:
        return
    if node.do not in acts:
        yield at_node(
            place, f"act `{node.do}` does not exist", f"Known acts: {', '.join(sorted(acts))}", "do"
        )
        return
    outcomes = acts[node.do].outcomes.keys()
    for outcome in outcomes - node.on.keys():
        yield at_node(place, f"`{node.do}` may answer `{outcome}`", "Say under `on` where that leads", "on")
    for outcome in node.on.keys() - outcomes:
        yield at_node(place, f"`{node.do}` never answers `{outcome}`", "Delete the line", "on", outcome)


def _unknown_slots(library: Library, place: Place, node: Node) -> Iterator[Complaint]:
    """Slots that a review shows, or a shared form fills, and that no question of the flow asks for."""
    flow = library.flows[place.flow]
    if node.confirm is not None:
        for number, field in enumerate(node.confirm.fields):
            question = flow.nodes.get(field.ask)
            if question is None or question.ask is None or question.ask.slot != field.slot:
                message = f"`{field.ask}` does not ask for `{field.slot}`"
                steps = ("confirm", "fields", number)
                yield at_node(place, message, "Name the node that asks for it", *steps)
    asked = {other.ask.slot for other in flow.nodes.values() if other.ask is not None}
    for slot in () if node.ask is None else node.ask.fills.values():
        if slot not in asked:
            yield at_node(place, f"nothing asks for `{slot}`", "Fill a slot of this flow", "ask", "fills")


def _unknown_values(library: Library, place: Place, node: Node, acts: ActSpecs) -> Iterator[Complaint]:
    known = {*library.facts, *values_of(library.flows[place.flow], acts)}
    for text, steps in texts_of(node):
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                remedy = "Use a slot of this flow, a value of its acts, or a fact of office.yaml"
                yield at_node(place, f"nothing gives {{{name}}} a value", remedy, *steps)
    if node.link is not None and node.link.value not in values_of(library.flows[place.flow], acts):
        message = f"nothing gives `{node.link.value}` an address"
        yield at_node(place, message, "Name a value that an act of this flow brings", "link", "value")


def values_of(flow: Flow, acts: ActSpecs) -> set[str]:
    """Names that texts of this flow may show: its slots, and what its acts bring."""
    slots = {node.ask.slot for node in flow.nodes.values() if node.ask}
    brought = {
        name
        for node in flow.nodes.values()
        if node.do in acts
        for names in acts[str(node.do)].outcomes.values()
        for name in names
    }
    return slots | brought


def labels_of(node: Node) -> Iterator[tuple[str, Steps]]:
    """Every text of a node that becomes a button, and where it stands."""
    yield from ((choice.label, ("menu", number, "label")) for number, choice in enumerate(node.menu))
    if node.link is not None:
        yield node.link.label, ("link", "label")
    if node.ask is not None:
        for number, option in enumerate(node.ask.choices):
            yield option.label, ("ask", "choices", number, "label")
        yield node.ask.skip or "", ("ask", "skip")
    if node.confirm is not None:
        yield node.confirm.yes.label, ("confirm", "yes", "label")
        for number, field in enumerate(node.confirm.fields):
            yield field.label, ("confirm", "fields", number, "label")


def texts_of(node: Node) -> Iterator[tuple[str, Steps]]:
    """Every text of a node that a person may read, and where it stands."""
    yield from labels_of(node)
    yield from ((text, ("say", number)) for number, text in enumerate(node.say))
    if node.ask is not None:
        yield node.ask.prompt, ("ask", "prompt")
        yield node.ask.wrong, ("ask", "wrong")
        yield node.ask.hint, ("ask", "hint")
        if node.ask.request_user_info is not None:
            yield node.ask.request_user_info.title, ("ask", "request_user_info", "title")
            yield node.ask.request_user_info.subtitle, ("ask", "request_user_info", "subtitle")
    if node.confirm is not None:
        yield node.confirm.prompt, ("confirm", "prompt")
