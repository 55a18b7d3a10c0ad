"""Acts on the unit's list of workers without VssID: for verified liaisons, and never a name in the chat."""

from app.conversations import answers
from app.conversations.scene import Args, Scene
from app.directory import liaisons
from app.directory.liaisons import LiaisonCard
from app.directory.models import LiaisonState
from app.engine.inputs import ActDone
from app.look.formats import number
from app.worker_lists.inviting import link_address
from app.worker_lists.links import issue_link
from app.worker_lists.marking import answer_for_unit
from app.worker_lists.models import UnitAnswer
from app.worker_lists.queries import UnitProgress, read_unit_progress
from app.worker_lists.rules import today
from app.worker_lists.worker_queries import count_on_list


def unit_list(scene: Scene, _args: Args) -> ActDone:
    """How the list stands, with a fresh link to it."""
    found = _find(scene)
    if isinstance(found, ActDone):
        return found
    card, unit = found
    token = issue_link(scene.db, scene.contact, f"liaison:{card.id}", scene.now)
    link = {} if token is None else {"list_url": link_address(scene.means.public_url, token)}
    waiting, values = _values(scene, unit)
    return ActDone("ready" if waiting else "finished", values | link)


def unit_done(scene: Scene, _args: Args) -> ActDone:
    """The unit says that it is done; workers whom nobody has marked stay open, and it is told how many."""
    return _answer(scene, UnitAnswer.DONE)


def unit_needs_help(scene: Scene, _args: Args) -> ActDone:
    return _answer(scene, UnitAnswer.NEEDS_HELP)


def status_of(scene: Scene, card: LiaisonCard) -> str:
    """One line on the list, for who looks at the unit."""
    words = scene.means.library.values
    unit = None if card.unit is None else read_unit_progress(scene.db, card.unit.id, today(scene.now))
    if unit is None:
        return words["list_none"]
    _, values = _values(scene, unit)
    return answers.put(words["list_status"], **values)


def _answer(scene: Scene, answer: UnitAnswer) -> ActDone:
    found = _find(scene)
    if isinstance(found, ActDone):
        return found
    card, unit = found
    answer_for_unit(scene.db, unit.employer_id, answer, f"liaison:{card.id}", scene.now)
    waiting, values = _values(scene, unit)
    return ActDone("still_open" if waiting and answer is UnitAnswer.DONE else "noted", values)


def _find(scene: Scene) -> tuple[LiaisonCard, UnitProgress] | ActDone:
    """The liaison and the unit's list, else why there is none to speak of."""
    card = liaisons.read_current(scene.db, scene.means.sealer, scene.contact)
    if card is None:
        return ActDone("none")
    if card.state is not LiaisonState.VERIFIED:
        return ActDone("pending", {"unit_name": card.unit_name})
    unit = None if card.unit is None else read_unit_progress(scene.db, card.unit.id, today(scene.now))
    return ActDone("no_list", {"unit_name": card.unit_name}) if unit is None else (card, unit)


def _values(scene: Scene, unit: UnitProgress) -> tuple[int, dict[str, str]]:
    """How many still wait, and what the texts may say of the list."""
    words, numbers = scene.means.library.values, count_on_list(scene.db, unit.employer_id)
    due = words["list_no_due"]
    if unit.due_on is not None:
        due = answers.put(words["list_due"], day=f"{unit.due_on:%d/%m/%Y}")
    return numbers.waiting, {
        "unit_name": unit.name,
        "list_title": unit.list_title,
        "list_date": f"{unit.received_on:%d/%m/%Y}",
        "list_due": due,
        "listed_count": number(numbers.total),
        "waiting_count": number(numbers.waiting),
    }
