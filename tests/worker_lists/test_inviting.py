"""A link that staff send: to the verified liaison, as a button, on the trail under who sent it."""

from sqlalchemy import Connection, select

from app.audit.models import AuditLine
from app.directory.demo_data import make_liaison
from app.kit.db import Database
from app.outbox.models import Delivery
from app.worker_lists.inviting import send_link
from app.worker_lists.models import LiaisonLink
from app.zalo.messages import Buttons, OpenUrl, decode
from tests.worker_lists.lists import ME, NOW, SEALER


def invite(tx: Connection) -> bool:
    return send_link(tx, SEALER, "Danh sách", "Mở", "http://bot", ME, "staff:3", NOW, None)[0]


def test_a_verified_liaison_is_sent_a_button(filled: Database) -> None:
    filled.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=True))
    assert filled.write_now(invite)
    (sealed,) = filled.read_now(lambda tx: tx.execute(select(Delivery.message)).scalars().all())
    message = decode(SEALER.open(sealed))
    assert isinstance(message, Buttons)
    (button,) = message.buttons
    assert isinstance(button, OpenUrl)
    assert button.url.startswith("http://bot/ds/")
    lines = filled.read_now(lambda tx: tx.execute(select(AuditLine.actor, AuditLine.action)).all())
    assert [tuple(line) for line in lines] == [("staff:3", "liaison_link.issued")]


def test_nobody_else_is_sent_anything(filled: Database) -> None:
    assert not filled.write_now(invite)
    filled.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=False))
    assert not filled.write_now(invite)
    assert filled.read_now(lambda tx: tx.execute(select(LiaisonLink.id)).all()) == []
    assert filled.read_now(lambda tx: tx.execute(select(Delivery.id)).all()) == []
