"""What flows can have done: each act reads or writes the directory and answers with an outcome and values."""

from collections.abc import Mapping
from datetime import date

from app.conversations import answers, list_acts
from app.conversations.forgetting import forget_contact
from app.conversations.scene import Act, Args, Scene
from app.directory import consents, contacts, data_requests, invites, liaisons
from app.directory.models import DataRequestKind, LiaisonState
from app.directory.rules import Registration
from app.directory.units import UnitCard, find_units, read_unit
from app.engine.acts import ActSpec
from app.engine.inputs import ActDone
from app.handover.requests import open_request
from app.handover.rules import expect_answer
from app.kit.clock import VIETNAM


def find_unit(scene: Scene, args: Args) -> ActDone:
    units = find_units(scene.db, args.get("unit_code", ""))
    if not units:
        return ActDone("unknown")
    if len(units) > 1:
        return ActDone("several")
    return ActDone("found", {"unit_name": units[0].name, "office_name": units[0].office_name})


def invited_unit(scene: Scene, _args: Args) -> ActDone:
    """The unit whose word the contact wrote; its code may be shared with others, so its name is shown."""
    number = invites.invited_unit(scene.db, scene.contact, scene.now)
    unit = None if number is None else read_unit(scene.db, number)
    if unit is None:
        return ActDone("none")
    values = {"unit_code": unit.code, "unit_name": unit.name, "office_name": unit.office_name}
    return ActDone("found", values)


def give_consent(scene: Scene, _args: Args) -> ActDone:
    _answer_consent(scene, given=True)
    return ActDone("given")


def refuse_consent(scene: Scene, _args: Args) -> ActDone:
    _answer_consent(scene, given=False)
    return ActDone("refused")


def withdraw_consent(scene: Scene, _args: Args) -> ActDone:
    """Without consent there is nothing to keep: the role ends and its data go."""
    consents.withdraw(scene.db, scene.contact, scene.now)
    liaisons.end(scene.db, scene.means.sealer, scene.contact, scene.now)
    data_requests.note_request(scene.db, scene.contact, DataRequestKind.WITHDRAW, scene.now)
    return ActDone("withdrawn", forget=True)


def my_liaison(scene: Scene, _args: Args) -> ActDone:
    card = liaisons.read_current(scene.db, scene.means.sealer, scene.contact, _today(scene))
    if card is None:
        return ActDone("none")
    outcome = "verified" if card.state is LiaisonState.VERIFIED else "pending"
    has_officer = card.unit is not None and card.unit.officer is not None
    values = answers.liaison_values(card) | answers.officer_values(card.unit, scene.means.library)
    return ActDone(outcome if has_officer else f"{outcome}_no_officer", values)


def register_liaison(scene: Scene, args: Args) -> ActDone:
    """Saves once: pressing the button again, or a second form, finds the first registration.

    What was typed leaves the session as soon as it is saved.
    """
    sealer = scene.means.sealer
    present = liaisons.read_current(scene.db, sealer, scene.contact)
    if present is not None:
        return ActDone("already", {"unit_name": present.unit_name})
    if consents.read_given(scene.db, scene.contact, consents.LIAISON) is None:
        return ActDone("no_consent")
    unit = _meant(scene, args.get("unit_code", ""))
    liaisons.register(scene.db, sealer, scene.contact, _registration(args), unit, scene.now)
    invites.spend_words(scene.db, scene.contact)
    if unit is None or unit.officer is None:
        return ActDone("saved_no_officer", forget=True)
    return ActDone("saved", answers.officer_values(unit, scene.means.library), forget=True)


def update_liaison(scene: Scene, args: Args) -> ActDone:
    changed = liaisons.change(scene.db, scene.means.sealer, scene.contact, _registration(args))
    return ActDone("saved", forget=True) if changed else ActDone("none")


def hand_over_liaison(scene: Scene, args: Args) -> ActDone:
    name, phone = args.get("new_name", ""), args.get("new_phone", "")
    done = liaisons.hand_over(scene.db, scene.means.sealer, scene.contact, name, phone, scene.now)
    return ActDone("saved", {"new_name": name}, forget=True) if done else ActDone("none")


def end_liaison(scene: Scene, _args: Args) -> ActDone:
    ended = liaisons.end(scene.db, scene.means.sealer, scene.contact, scene.now)
    return ActDone("ended" if ended else "none")


def my_unit(scene: Scene, _args: Args) -> ActDone:
    """The officer and the list are for verified liaisons; a pending one learns only that it is pending."""
    card = liaisons.read_current(scene.db, scene.means.sealer, scene.contact, _today(scene))
    if card is None:
        return ActDone("none")
    if card.state is LiaisonState.PENDING:
        return ActDone("pending", {"unit_name": card.unit_name})
    values = {"unit_name": card.unit_name, "list_status": list_acts.status_of(scene, card)}
    if card.unit is None or card.unit.officer is None:
        return ActDone("verified_no_officer", values)
    return ActDone("verified", values | answers.officer_values(card.unit, scene.means.library))


def request_person(scene: Scene, args: Args) -> ActDone:
    wording = args.get("reason", "")
    since = open_request(scene.db, scene.means.sealer, scene.contact, wording, scene.now)
    if since is not None:
        return ActDone("already", {"asked_at": answers.moment(since)})
    expected = expect_answer(scene.now)
    values = scene.means.library.values
    if not expected.at_work:
        return ActDone("after_hours", {"next_open": answers.day(expected.day)})
    today = expected.day == scene.now.astimezone(VIETNAM).date()
    when = (
        values["expected_today"]
        if today
        else answers.put(values["expected_on"], day=answers.day(expected.day))
    )
    return ActDone("open", {"expected_answer": when})


def my_data(scene: Scene, _args: Args) -> ActDone:
    card = liaisons.read_current(scene.db, scene.means.sealer, scene.contact, _today(scene))
    consent = consents.read_given(scene.db, scene.contact, consents.LIAISON)
    stopped = contacts.stopped_at(scene.db, scene.contact)
    text = answers.data_text(scene.means.library, card, consent, stopped)
    data_requests.note_request(scene.db, scene.contact, DataRequestKind.VIEW, scene.now)
    return ActDone("shown", {"data_text": text}) if text else ActDone("empty")


def delete_my_data(scene: Scene, _args: Args) -> ActDone:
    forget_contact(scene.db, scene.means.sealer, scene.contact, scene.now)
    return ActDone("deleted", forget=True)


def stop_messages(scene: Scene, _args: Args) -> ActDone:
    stopped = contacts.stop(scene.db, scene.contact, scene.now)
    return ActDone("stopped" if stopped else "already")


def resume_messages(scene: Scene, _args: Args) -> ActDone:
    contacts.resume(scene.db, scene.contact)
    return ActDone("resumed")


def _answer_consent(scene: Scene, *, given: bool) -> None:
    version = scene.means.library.consents[consents.LIAISON].version
    consents.answer(scene.db, scene.contact, consents.LIAISON, version, scene.now, given=given)


def _meant(scene: Scene, code: str) -> UnitCard | None:
    """The unit with this code; of several that share it, the one whose word the contact wrote."""
    units = find_units(scene.db, code, _today(scene))
    if len(units) == 1:
        return units[0]
    invited = invites.invited_unit(scene.db, scene.contact, scene.now)
    return next((unit for unit in units if unit.id == invited), None)


def _today(scene: Scene) -> date:
    return scene.now.astimezone(VIETNAM).date()


def _registration(args: Args) -> Registration:
    return Registration(
        full_name=args.get("full_name", ""),
        phone=args.get("phone", ""),
        email=args.get("email", ""),
        role=args.get("role", ""),
        unit_code=args.get("unit_code", ""),
        unit_name=args.get("unit_name", ""),
    )


_OFFICER = frozenset({"officer_name", "officer_phone", "officer_hours", "office_name"})
_LIAISON = frozenset({"unit_name", "full_name", "phone", "email", "role"})
_LIST = frozenset({"unit_name", "list_title", "list_date", "list_due", "listed_count", "waiting_count"})
_NOTHING: frozenset[str] = frozenset()


def _spec(**outcomes: frozenset[str]) -> ActSpec:
    return ActSpec(outcomes)


_REGISTRY: Mapping[str, tuple[Act, ActSpec]] = {
    "find_unit": (
        find_unit,
        _spec(found=frozenset({"unit_name", "office_name"}), unknown=_NOTHING, several=_NOTHING),
    ),
    "invited_unit": (
        invited_unit,
        _spec(found=frozenset({"unit_code", "unit_name", "office_name"}), none=_NOTHING),
    ),
    "give_consent": (give_consent, _spec(given=_NOTHING)),
    "refuse_consent": (refuse_consent, _spec(refused=_NOTHING)),
    "withdraw_consent": (withdraw_consent, _spec(withdrawn=_NOTHING)),
    "my_liaison": (
        my_liaison,
        _spec(
            verified=_LIAISON | _OFFICER,
            verified_no_officer=_LIAISON,
            pending=_LIAISON | _OFFICER,
            pending_no_officer=_LIAISON,
            none=_NOTHING,
        ),
    ),
    "register_liaison": (
        register_liaison,
        _spec(
            saved=_OFFICER, saved_no_officer=_NOTHING, already=frozenset({"unit_name"}), no_consent=_NOTHING
        ),
    ),
    "update_liaison": (update_liaison, _spec(saved=_NOTHING, none=_NOTHING)),
    "hand_over_liaison": (hand_over_liaison, _spec(saved=frozenset({"new_name"}), none=_NOTHING)),
    "end_liaison": (end_liaison, _spec(ended=_NOTHING, none=_NOTHING)),
    "my_unit": (
        my_unit,
        _spec(
            verified=_OFFICER | {"unit_name", "list_status"},
            verified_no_officer=frozenset({"unit_name", "list_status"}),
            pending=frozenset({"unit_name"}),
            none=_NOTHING,
        ),
    ),
    "request_person": (
        request_person,
        _spec(
            open=frozenset({"expected_answer"}),
            already=frozenset({"asked_at"}),
            after_hours=frozenset({"next_open"}),
        ),
    ),
    "my_data": (my_data, _spec(shown=frozenset({"data_text"}), empty=_NOTHING)),
    "delete_my_data": (delete_my_data, _spec(deleted=_NOTHING)),
    "unit_list": (
        list_acts.unit_list,
        _spec(
            ready=_LIST | {"list_url"},
            finished=_LIST | {"list_url"},
            no_list=frozenset({"unit_name"}),
            pending=frozenset({"unit_name"}),
            none=_NOTHING,
        ),
    ),
    "unit_done": (
        list_acts.unit_done,
        _spec(
            noted=_LIST,
            still_open=_LIST,
            no_list=frozenset({"unit_name"}),
            pending=frozenset({"unit_name"}),
            none=_NOTHING,
        ),
    ),
    "unit_needs_help": (
        list_acts.unit_needs_help,
        _spec(noted=_LIST, no_list=frozenset({"unit_name"}), pending=frozenset({"unit_name"}), none=_NOTHING),
    ),
    "stop_messages": (stop_messages, _spec(stopped=_NOTHING, already=_NOTHING)),
    "resume_messages": (resume_messages, _spec(resumed=_NOTHING)),
}

ACTS: Mapping[str, Act] = {name: act for name, (act, _) in _REGISTRY.items()}
ACT_SPECS: Mapping[str, ActSpec] = {name: spec for name, (_, spec) in _REGISTRY.items()}
