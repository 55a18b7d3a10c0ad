"""Every row of Zalo's rules on who can be reached how, and every code that says no."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.kit.clock import VIETNAM
from app.outbox.refused import (
    AllWait,
    Halt,
    InDoubt,
    NextWay,
    UploadAgain,
    Verdict,
    Wait,
    WayClosed,
    after_refusal,
)
from app.outbox.rules import MOST_TRIES
from app.outbox.ways import (
    ALL_WAYS,
    CHAT_WAYS,
    ZALO_WAYS,
    Facts,
    Nobody,
    Offer,
    Reach,
    TemplateFacts,
    TemplateTag,
    Way,
    Why,
    find_way,
)
from app.zalo.errors import Family, NoAnswer, NotSent, _table, error_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=VIETNAM)
MIDNIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=VIETNAM)
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=VIETNAM)
SERVICE = TemplateFacts(TemplateTag.SERVICE, by_user_id=True)
PROMOTION = TemplateFacts(TemplateTag.PROMOTION, by_user_id=True)
OLD_TEMPLATE = TemplateFacts(TemplateTag.SERVICE, by_user_id=False)
PRICES = {Way.PAID: 55, Way.TEMPLATE: 165, Way.PHONE: 300}
ANYTHING = Offer(frozenset(ALL_WAYS), PRICES, SERVICE)
MAIL_ONLY = Offer(frozenset({Way.EMAIL}), PRICES, SERVICE)
PERSON = Facts(on_zalo=True, has_phone=True, has_email=True)


def spoke(**ago: float) -> Facts:
    return replace(PERSON, last_interaction_at=NOON - timedelta(**ago))


@pytest.mark.parametrize(
    ("facts", "offer", "way"),
    [
        pytest.param(spoke(hours=1), ANYTHING, Way.FREE, id="wrote an hour ago"),
        pytest.param(spoke(hours=48), ANYTHING, Way.FREE, id="48 hours are within"),
        pytest.param(spoke(hours=48.01), ANYTHING, Way.PAID, id="a moment later it costs"),
        pytest.param(spoke(days=7), ANYTHING, Way.PAID, id="7 days are within"),
        pytest.param(spoke(days=7.01), ANYTHING, Way.TEMPLATE, id="later only a template"),
        pytest.param(spoke(days=365), ANYTHING, Way.TEMPLATE, id="a year for service templates"),
        pytest.param(spoke(days=366), ANYTHING, Way.PHONE, id="after a year the phone"),
        pytest.param(replace(PERSON, following=True), ANYTHING, Way.FREE, id="welcome to a follower"),
        pytest.param(PERSON, ANYTHING, Way.PHONE, id="never wrote, no follower"),
        pytest.param(spoke(days=30), replace(ANYTHING, template=OLD_TEMPLATE), Way.PHONE, id="old"),
        pytest.param(spoke(days=30), replace(ANYTHING, template=PROMOTION), Way.PHONE, id="no follower"),
        pytest.param(
            replace(spoke(days=30), following=True), replace(ANYTHING, template=PROMOTION), Way.TEMPLATE,
            id="promotion to a follower",
        ),
        pytest.param(spoke(days=30), replace(ANYTHING, template=None), Way.EMAIL, id="no template: e-mail"),
        pytest.param(replace(PERSON, on_zalo=False), ANYTHING, Way.PHONE, id="not on Zalo, phone known"),
        pytest.param(Facts(has_email=True), ANYTHING, Way.EMAIL, id="only an e-mail"),
        pytest.param(spoke(hours=50), MAIL_ONLY, Way.EMAIL, id="only e-mail allowed"),
        pytest.param(
            replace(spoke(hours=1), shut_out_at=NOON - timedelta(days=1)), ANYTHING, Way.FREE,
            id="muted us, but wrote since",
        ),
        pytest.param(
            replace(spoke(hours=3), shut_out_at=NOON - timedelta(hours=1)), ANYTHING, Way.EMAIL,
            id="muted us: not through Zalo",
        ),
    ],
)  # fmt: skip
def test_a_person_is_reached_by_the_first_way_that_is_open(facts: Facts, offer: Offer, way: Way) -> None:
    assert find_way(facts, offer, NOON) == Reach(way, PRICES.get(way, 0), NOON)


BARE = replace(ANYTHING, template=None)


@pytest.mark.parametrize(
    ("facts", "offer", "why"),
    [
        (replace(spoke(hours=1), stopped=True), ANYTHING, Why.STOPPED),
        (Facts(), ANYTHING, Why.NO_ADDRESS),
        (Facts(has_email=True, email_stopped=True), ANYTHING, Why.NO_ADDRESS),
        (replace(spoke(days=8), has_email=False), BARE, Why.SILENT),
        (replace(PERSON, has_email=False), BARE, Why.NEVER_WROTE),
        (replace(spoke(hours=3), has_email=False, shut_out_at=NOON), BARE, Why.SHUT_OUT),
        (spoke(hours=1), replace(ANYTHING, allowed=frozenset({Way.PHONE}), template=None), Why.NOT_ALLOWED),
    ],
)
def test_who_cannot_be_reached_is_told_with_the_reason(facts: Facts, offer: Offer, why: Why) -> None:
    assert find_way(facts, offer, NOON) == Nobody(why)


def test_a_refused_way_gives_way_to_the_next_until_none_is_left() -> None:
    facts, refused, tried = spoke(hours=1), frozenset[Way](), list[Way]()
    while isinstance(found := find_way(facts, ANYTHING, NOON, refused), Reach):
        tried.append(found.way)
        refused |= {found.way}
    assert tried == list(ALL_WAYS)
    assert found == Nobody(Why.REFUSED)


def test_an_answer_that_was_asked_for_is_not_held_back_by_stop() -> None:
    found = find_way(replace(spoke(hours=1), stopped=True), replace(ANYTHING, asked_for=True), NOON)
    assert isinstance(found, Reach)


@pytest.mark.parametrize(
    ("facts", "template", "at"),
    [
        pytest.param(spoke(hours=1), SERVICE, MIDNIGHT, id="consultation at any hour"),
        pytest.param(spoke(days=30), SERVICE, MIDNIGHT, id="service template to a user id at any hour"),
        pytest.param(replace(spoke(days=30), following=True), PROMOTION, MORNING, id="promotion -234"),
        pytest.param(Facts(has_phone=True), SERVICE, MORNING, id="template by phone -133"),
        pytest.param(Facts(has_email=True), SERVICE, MIDNIGHT, id="e-mail at any hour"),
    ],
)
def test_the_night_rule_holds_for_templates_only(facts: Facts, template: TemplateFacts, at: datetime) -> None:
    found = find_way(facts, replace(ANYTHING, template=template), MIDNIGHT)
    assert isinstance(found, Reach)
    assert found.not_before == at


TOMORROW = datetime(2026, 11, 25, 0, 0, tzinfo=VIETNAM)
CHAT, ID, PHONE = NextWay(CHAT_WAYS), NextWay(frozenset({Way.TEMPLATE})), NextWay(frozenset({Way.PHONE}))
NO_ZALO, MUTED = NextWay(ZALO_WAYS), NextWay(ZALO_WAYS, shut_out=True)
AT_ONCE, BACKOFF = Wait(NOON, counted=True), Wait(NOON + timedelta(seconds=1), counted=True)

OA: dict[Verdict, list[int]] = {
    AllWait(NOON + timedelta(minutes=1)): [-32],
    BACKOFF: [-200, -214],
    AT_ONCE: [-124, -216, -220],
    Halt(): [-202, -204, -205, -206, -207, -208, -209, -215, -219, -221, -223, -224, -235, -237, -240, -242,
             -248, -320, -321],
    WayClosed(Way.FREE, None): [-212],
    WayClosed(Way.FREE, TOMORROW): [-211],
    MUTED: [-217, -244],
    NO_ZALO: [-222, -227],
    CHAT: [-201, -210, -213, -218, -230, -232, -233, -238, -241, -249, -305, -311, -403, -1340, -1341],
    UploadAgain(): [-100],
    Wait(MORNING, counted=False): [-234],
}  # fmt: skip
ZBS: dict[Verdict, list[int]] = {
    AllWait(NOON + timedelta(minutes=1)): [-32],
    BACKOFF: [-100, -152],
    AT_ONCE: [-124, -216, -220],
    WayClosed(Way.PHONE, None): [-101, -102, -103, -104, -105, -106, -115, -117, -120, -1201, -1202, -125,
                                 -126, -127, -135, -1351, -136, -137, -138, -1381, -1241, -1441,
                                 -145, -146, -160],
    WayClosed(Way.PHONE, TOMORROW): [-144, -147],
    MUTED: [-139],
    PHONE: [-107, -108, -109, -1091, -110, -111, -112, -1121, -1122, -1123, -1124, -113, -1131, -1132, -114,
            -116, -118, -119, -121, -122, -123, -130, -131, -132, -140, -141, -142, -143, -1471, -1472, -148,
            -149, -150, -151, -153, -158, -159, -161, -162, -249],
    Wait(MORNING, counted=False): [-133],
}  # fmt: skip


def rows(table: dict[Verdict, list[int]]) -> list[tuple[int, Verdict]]:
    return [(code, verdict) for verdict, codes in table.items() for code in codes]


@pytest.mark.parametrize(("code", "verdict"), rows(OA))
def test_what_a_refusal_of_a_reply_leads_to(code: int, verdict: Verdict) -> None:
    at = NOON if not (isinstance(verdict, Wait) and not verdict.counted) else MIDNIGHT
    assert after_refusal(error_of(code, "", Family.OA), Way.FREE, 1, at) == verdict


@pytest.mark.parametrize(("code", "verdict"), rows(ZBS))
def test_what_a_refusal_of_a_template_by_phone_leads_to(code: int, verdict: Verdict) -> None:
    at = NOON if not (isinstance(verdict, Wait) and not verdict.counted) else MIDNIGHT
    assert after_refusal(error_of(code, "", Family.ZBS), Way.PHONE, 1, at) == verdict


def test_no_code_of_the_table_is_left_out() -> None:
    known = _table().codes
    assert {code for code, _ in rows(OA)} == set(known[Family.OA])
    assert {code for code, _ in rows(ZBS)} == set(known[Family.ZBS])


@pytest.mark.parametrize("code", [-224, -320, -321])
def test_a_lack_of_money_closes_what_costs_and_nothing_else(code: int) -> None:
    error = error_of(code, "", Family.OA)
    assert after_refusal(error, Way.PAID, 1, NOON) == WayClosed(Way.PAID, None)
    assert after_refusal(error, Way.TEMPLATE, 1, NOON) == WayClosed(Way.TEMPLATE, None)


def test_a_quota_used_up_closes_the_way_until_the_next_day() -> None:
    error = error_of(-211, "", Family.OA)
    assert after_refusal(error, Way.PAID, 1, NOON) == WayClosed(Way.PAID, TOMORROW)


def test_a_template_that_takes_no_user_id_goes_by_phone() -> None:
    assert after_refusal(error_of(-249, "", Family.OA), Way.TEMPLATE, 1, NOON) == ID


def test_an_unknown_code_is_refused_content_and_the_next_way_is_tried() -> None:
    assert after_refusal(error_of(-9999, "", Family.OA), Way.FREE, 1, NOON) == CHAT


def test_what_passes_by_itself_is_tried_a_few_times_and_then_the_next_way() -> None:
    error = error_of(-200, "", Family.OA)
    waits = [after_refusal(error, Way.PAID, tries, NOON) for tries in range(1, MOST_TRIES)]
    assert all(isinstance(verdict, Wait) and verdict.counted for verdict in waits)
    assert after_refusal(error, Way.PAID, MOST_TRIES, NOON) == CHAT


def test_a_fresh_token_that_is_refused_again_waits_for_people() -> None:
    assert after_refusal(error_of(-216, "", Family.OA), Way.FREE, 3, NOON) == Wait(
        NOON + timedelta(minutes=1), counted=False
    )


def test_no_answer_is_doubt_and_no_connection_is_none() -> None:
    assert isinstance(after_refusal(NoAnswer("cut"), Way.FREE, 1, NOON), InDoubt)
    verdict = after_refusal(NotSent("refused"), Way.FREE, 9, NOON)
    assert isinstance(verdict, Wait)
    assert not verdict.counted
