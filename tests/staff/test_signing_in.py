"""Signing in: alike answers, slower after mistakes, codes that work once, sessions that end."""

import asyncio
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from app.audit.queries import TrailFilter, read_page
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.seal import Sealer
from app.staff.accounts import AccountRefused, By, add_account, change_role, close_account, end_sessions
from app.staff.passwords import first_password, hash_password
from app.staff.rules import IDLE, LONGEST_SESSION, Role, Step, next_step, password_fault, role_of
from app.staff.second_factor import begin_enrolment, codes_left, finish_enrolment
from app.staff.sessions import Visitor, find_visitor, note_visit, read_devices
from app.staff.signing_in import NotGoodEnough, Reception, SignedIn, TooSoon, Wrong

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SEALER = Sealer("a key for tests that is long enough")
SECRET = "sáu con mèo trắng"
BY = By("system")
HERE = ("Chrome trên Windows", "10.0.0.9")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def reception(open_db: Database, clock: FixedClock) -> Reception:
    open_db.write_now(
        lambda tx: add_account(
            tx, "Nguyễn Thu Hạnh", Role.OFFICER, hash_password(SECRET), BY, NOW, must_change=False
        )
    )
    return Reception(open_db, SEALER, clock)


async def sign_in(reception: Reception, name: str = "nguyen thu hanh", password: str = SECRET) -> str:
    answer = await reception.take_password(name, password, *HERE)
    assert isinstance(answer, SignedIn)
    return answer.token


def visitor_of(db: Database, token: str, now: datetime = NOW) -> Visitor | None:
    return db.read_now(lambda tx: find_visitor(tx, token, now))


def somebody(db: Database, token: str, now: datetime = NOW) -> Visitor:
    visitor = visitor_of(db, token, now)
    assert visitor is not None
    return visitor


async def test_the_right_password_opens_a_session(reception: Reception, open_db: Database) -> None:
    visitor = somebody(open_db, await sign_in(reception, "Nguyễn Thu Hạnh"))
    assert (visitor.full_name, visitor.role, visitor.step(demo=False)) == (
        "Nguyễn Thu Hạnh", Role.OFFICER, Step.DONE,
    )  # fmt: skip


async def test_a_password_typed_in_single_marks_is_the_same_password(reception: Reception) -> None:
    import unicodedata

    await sign_in(reception, password=unicodedata.normalize("NFD", SECRET))


async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(reception: Reception) -> None:
    assert await reception.take_password("ai do", SECRET, *HERE) == Wrong()
    assert await reception.take_password("nguyen thu hanh", "khác hẳn rồi", *HERE) == Wrong()


async def test_five_mistakes_are_free_then_each_wait_doubles(reception: Reception, clock: FixedClock) -> None:
    for _ in range(5):
        assert await reception.take_password("nguyen thu hanh", "sai", *HERE) == Wrong()
    first = await reception.take_password("nguyen thu hanh", SECRET, *HERE)
    assert first == TooSoon(NOW + timedelta(seconds=2))
    clock.set(NOW + timedelta(seconds=2))
    assert await reception.take_password("nguyen thu hanh", "sai", *HERE) == Wrong()
    second = await reception.take_password("nguyen thu hanh", SECRET, *HERE)
    assert second == TooSoon(NOW + timedelta(seconds=2 + 4))
    clock.set(NOW + timedelta(seconds=6))
    await sign_in(reception)


async def test_many_at_once_get_no_more_tries_than_one_after_another(reception: Reception) -> None:
    answers = await asyncio.gather(
        *(reception.take_password("nguyen thu hanh", f"sai {one}", *HERE) for one in range(12))
    )
    assert sum(isinstance(answer, Wrong) for answer in answers) == 5


async def test_an_address_that_tries_many_names_is_slowed_down(reception: Reception) -> None:
    for number in range(20):
        assert await reception.take_password(f"người {number}", "sai", *HERE) == Wrong()
    assert isinstance(await reception.take_password("nguyen thu hanh", SECRET, *HERE), TooSoon)
    await reception.take_password("nguyen thu hanh", SECRET, HERE[0], "10.0.0.10")


async def test_a_session_ends_by_idleness_and_by_age(reception: Reception, open_db: Database) -> None:
    token = await sign_in(reception)
    assert visitor_of(open_db, token, NOW + IDLE - timedelta(seconds=1)) is not None
    assert visitor_of(open_db, token, NOW + IDLE) is None
    session_id = somebody(open_db, token).session_id
    late = NOW + LONGEST_SESSION
    open_db.write_now(lambda tx: note_visit(tx, session_id, late - timedelta(minutes=1)))
    assert visitor_of(open_db, token, late - timedelta(seconds=1)) is not None
    assert visitor_of(open_db, token, late) is None


async def test_signing_out_everywhere_ends_every_session_but_this(
    reception: Reception, open_db: Database
) -> None:
    here, there = await sign_in(reception), await sign_in(reception)
    visitor = somebody(open_db, here)
    assert len(open_db.read_now(lambda tx: read_devices(tx, visitor.staff_id, NOW))) == 2
    open_db.write_now(lambda tx: end_sessions(tx, visitor.staff_id, but=visitor.session_id))
    assert visitor_of(open_db, there) is None
    assert visitor_of(open_db, here) is not None


async def test_a_closed_account_is_out_at_once(reception: Reception, open_db: Database) -> None:
    token = await sign_in(reception)
    staff_id = somebody(open_db, token).staff_id
    open_db.write_now(lambda tx: close_account(tx, staff_id, BY, NOW))
    assert visitor_of(open_db, token) is None
    assert await reception.take_password("nguyen thu hanh", SECRET, *HERE) == Wrong()


async def test_a_changed_password_signs_out_everywhere_else(reception: Reception, open_db: Database) -> None:
    here, there = await sign_in(reception), await sign_in(reception)
    visitor = somebody(open_db, here)
    assert await reception.change_password(visitor, "không phải", "bảy con mèo đen", "") == Wrong()
    assert isinstance(await reception.change_password(visitor, SECRET, "ngắn", ""), NotGoodEnough)
    assert await reception.change_password(visitor, SECRET, "bảy con mèo đen", "") is None
    assert visitor_of(open_db, there) is None
    assert visitor_of(open_db, here) is not None
    await sign_in(reception, password="bảy con mèo đen")


# The second factor


async def enrolled(reception: Reception, db: Database) -> tuple[pyotp.TOTP, list[str]]:
    visitor = somebody(db, await sign_in(reception))
    secret = db.write_now(lambda tx: begin_enrolment(tx, SEALER, visitor.staff_id))
    again = db.write_now(lambda tx: begin_enrolment(tx, SEALER, visitor.staff_id))
    assert secret == again
    totp = pyotp.TOTP(secret)
    wrong = db.write_now(lambda tx: finish_enrolment(tx, SEALER, visitor.staff_id, "000000", BY, NOW))
    assert wrong is None
    code = totp.at(NOW)
    codes = db.write_now(lambda tx: finish_enrolment(tx, SEALER, visitor.staff_id, code, BY, NOW))
    assert codes is not None
    assert len(set(codes)) == 10
    return totp, codes


async def test_with_a_second_factor_the_password_alone_opens_nothing(
    reception: Reception, open_db: Database, clock: FixedClock
) -> None:
    totp, _ = await enrolled(reception, open_db)
    later = NOW + timedelta(minutes=1)
    clock.set(later)
    token = await sign_in(reception)
    half = somebody(open_db, token, later)
    assert half.step(demo=True) is Step.CODE
    assert await reception.take_code(half, "123456", "10.0.0.9") == Wrong()
    full = await reception.take_code(half, totp.at(later), "10.0.0.9")
    assert isinstance(full, SignedIn)
    assert visitor_of(open_db, token, later) is None
    assert somebody(open_db, full.token, later).step(demo=False) is Step.DONE


async def test_a_code_works_once(reception: Reception, open_db: Database, clock: FixedClock) -> None:
    totp, _ = await enrolled(reception, open_db)
    half = somebody(open_db, await sign_in(reception))
    assert await reception.take_code(half, totp.at(NOW), "") == Wrong()


async def test_a_recovery_code_works_once_and_with_any_spelling(
    reception: Reception, open_db: Database
) -> None:
    _, codes = await enrolled(reception, open_db)
    half = somebody(open_db, await sign_in(reception))
    assert isinstance(await reception.take_code(half, f" {codes[0].upper()} ", ""), SignedIn)
    half = somebody(open_db, await sign_in(reception))
    assert await reception.take_code(half, codes[0], "") == Wrong()
    assert open_db.read_now(lambda tx: codes_left(tx, half.staff_id)) == 9


async def test_codes_are_slowed_down_too(reception: Reception, open_db: Database) -> None:
    totp, _ = await enrolled(reception, open_db)
    half = somebody(open_db, await sign_in(reception))
    for _ in range(5):
        assert await reception.take_code(half, "000000", "") == Wrong()
    assert isinstance(await reception.take_code(half, totp.at(NOW), ""), TooSoon)


async def test_a_half_session_is_short(reception: Reception, open_db: Database) -> None:
    await enrolled(reception, open_db)
    token = await sign_in(reception)
    assert visitor_of(open_db, token, NOW + timedelta(minutes=9)) is not None
    assert visitor_of(open_db, token, NOW + timedelta(minutes=10)) is None


# Accounts


def test_the_last_administrator_stays(db: Database) -> None:
    first = db.write_now(lambda tx: add_account(tx, "Quản trị", Role.ADMIN, "x", BY, NOW))
    with pytest.raises(AccountRefused, match="cuối cùng"):
        db.write_now(lambda tx: close_account(tx, first, BY, NOW))
    with pytest.raises(AccountRefused, match="cuối cùng"):
        db.write_now(lambda tx: change_role(tx, first, Role.VIEWER, None, BY, NOW))
    db.write_now(lambda tx: add_account(tx, "Người thứ hai", Role.ADMIN, "x", BY, NOW))
    db.write_now(lambda tx: close_account(tx, first, BY, NOW))


def test_two_accounts_of_one_name_are_refused(db: Database) -> None:
    db.write_now(lambda tx: add_account(tx, "Lê An", Role.VIEWER, "x", BY, NOW))
    with pytest.raises(AccountRefused, match="Đã có"):
        db.write_now(lambda tx: add_account(tx, "lê  ân", Role.VIEWER, "x", BY, NOW))


async def test_everything_is_in_the_trail_and_no_password_is(reception: Reception, open_db: Database) -> None:
    await sign_in(reception)
    await reception.take_password("nguyen thu hanh", "MatKhauLoTay!", *HERE)
    await reception.take_password("MatKhauLoTay!", "x", *HERE)
    lines = open_db.read_now(lambda tx: read_page(tx, TrailFilter())).lines
    assert [line.action for line in lines] == [
        "staff.sign_in_refused", "staff.sign_in_refused", "staff.signed_in", "staff.added",
    ]  # fmt: skip
    assert "MatKhauLoTay" not in repr(lines)
    assert "matkhaulotay" not in repr(lines)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("ngắn quá", False),
        ("aaaaaaaaaaaaa", False),
        ("1234567890", False),
        ("hanh.nt hanh.nt", False),
        ("con mèo ngủ trưa", True),
        ("x" * 60 + "y" * 60 + "abc" * 10, False),
    ],
)
def test_passwords_are_judged_by_length_and_guesses(password: str, good: bool) -> None:
    assert (password_fault(password, "hanh.nt") is None) is good


def test_first_passwords_pass_our_own_rule_and_differ() -> None:
    made = {first_password() for _ in range(50)}
    assert len(made) == 50
    assert all(password_fault(one, "ai do") is None for one in made)


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("admin", Role.ADMIN),
        ("quản trị", Role.ADMIN),
        ("CAN BO", Role.OFFICER),
        ("xem", Role.VIEWER),
        ("?", None),
    ],
)
def test_a_role_is_named_in_either_language(said: str, role: Role | None) -> None:
    assert role_of(said) is role


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("demo", [True, False])
def test_who_sends_or_administers_needs_a_second_factor_outside_the_demo(role: Role, demo: bool) -> None:
    step = next_step(role, code_given=True, must_change=False, has_totp=False, demo=demo)
    needed = role in (Role.LEAD, Role.ADMIN) and not demo
    assert step is (Step.SECOND_FACTOR if needed else Step.DONE)
