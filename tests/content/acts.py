"""The acts that the flows of these tests name."""

from app.engine.acts import ActSpec


def _spec(**outcomes: set[str]) -> ActSpec:
    return ActSpec({outcome: frozenset(values) for outcome, values in outcomes.items()})


ACTS = {
    "my_place": _spec(none=set(), taken={"class_name"}),
    "give_consent": _spec(given=set()),
    "find_unit": _spec(found={"unit_name"}, unknown=set()),
    "take_place": _spec(saved=set(), full=set()),
    "leave_place": _spec(left=set()),
    "request_person": _spec(open=set()),
    "stop_messages": _spec(stopped=set()),
    "resume_messages": _spec(resumed=set()),
    "delete_my_data": _spec(deleted=set()),
}
