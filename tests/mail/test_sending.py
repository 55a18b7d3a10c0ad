"""Letters against a real SMTP server on loopback: what arrives, and what each "no" means."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from app.kit.seal import Sealer
from app.mail.sending import MailDelayed, Mailer, MailInDoubt, MailRefused, Post, Server, compose, read_server
from app.mail.stop_link import PATH, read_stop_token, stop_link

SENDER = "BHXH Khánh Hòa <dau-moi@bhxh.example.vn>"
POST = Post(
    "mai@example.vn", "Nhắc cài VssID", "Kính gửi Anh/Chị", "<p>Kính gửi Anh/Chị</p>", "https://oa.vn/x"
)


class Postbox:
    """Takes letters; refuses the addresses it is told to refuse."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.connections = 0
        self.hang_up = False

    async def handle_EHLO(  # noqa: N802  the name that aiosmtpd calls
        self, _server: SMTP, session: Any, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        if address.startswith("full@"):
            return "452 mailbox full, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        read = message_from_bytes(envelope.content, policy=default)
        assert isinstance(read, EmailMessage)
        self.letters.append(read)
        if self.hang_up:
            assert server.transport is not None
            server.transport.close()
        return "250 taken"


@asynccontextmanager
async def served(box: Postbox, **options: Any) -> AsyncIterator[Server]:
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(box, loop=loop, **options), "127.0.0.1", 0)
    try:
        yield Server("127.0.0.1", listening.sockets[0].getsockname()[1])
    finally:
        listening.close()


@pytest.fixture
async def postbox() -> AsyncIterator[tuple[Postbox, Server]]:
    box = Postbox()
    async with served(box) as server:
        yield box, server


async def test_a_letter_says_the_same_in_text_and_html_and_can_be_stopped_with_one_click(
    postbox: tuple[Postbox, Server],
) -> None:
    box, server = postbox
    mailer = Mailer(server, SENDER)
    message_id = await mailer.send(POST)
    await mailer.close()
    (letter,) = box.letters
    assert letter["Message-ID"] == message_id
    assert letter["To"] == "mai@example.vn"
    assert letter["Subject"] == "Nhắc cài VssID"
    assert letter["List-Unsubscribe"] == "<https://oa.vn/x>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Kính gửi Anh/Chị"
    assert "<p>Kính gửi Anh/Chị</p>" in html.get_content()


async def test_many_letters_go_through_one_connection(postbox: tuple[Postbox, Server]) -> None:
    box, server = postbox
    mailer = Mailer(server, SENDER)
    await asyncio.gather(*(mailer.send(POST) for _ in range(5)))
    await mailer.close()
    assert len(box.letters) == 5
    assert box.connections == 1


@pytest.mark.parametrize(
    ("address", "error", "code"),
    [("nobody@example.vn", MailRefused, 550), ("full@example.vn", MailDelayed, 452)],
)
async def test_what_the_server_says_decides_between_never_and_later(
    postbox: tuple[Postbox, Server], address: str, error: type[Exception], code: int
) -> None:
    box, server = postbox
    mailer = Mailer(server, SENDER)
    with pytest.raises(error) as refused:
        await mailer.send(Post(address, "a", "b", "c"))
    assert refused.value.code == code  # type: ignore[attr-defined]
    await mailer.send(POST)
    await mailer.close()
    assert len(box.letters) == 1


async def test_a_connection_that_breaks_after_the_letter_leaves_doubt(
    postbox: tuple[Postbox, Server],
) -> None:
    box, server = postbox
    box.hang_up = True
    mailer = Mailer(server, SENDER)
    with pytest.raises(MailInDoubt):
        await mailer.send(POST)
    box.hang_up = False
    await mailer.send(POST)
    await mailer.close()
    assert box.connections == 2


async def test_without_a_server_the_letter_waits() -> None:
    with pytest.raises(MailDelayed):
        await Mailer(Server("127.0.0.1", 1), SENDER).send(POST)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_log_in_is_asked_for_and_a_wrong_one_waits_for_people() -> None:
    def know(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == b"right"
        return AuthResult(success=right)

    box = Postbox()
    async with served(box, authenticator=know, auth_required=True, auth_require_tls=False) as server:
        mailer = Mailer(Server(server.host, server.port, "office", "right"), SENDER)
        await mailer.send(POST)
        await mailer.close()
        with pytest.raises(MailDelayed):
            await Mailer(Server(server.host, server.port, "office", "wrong"), SENDER, limit=0.5).send(POST)
    assert len(box.letters) == 1


def test_a_line_break_in_a_subject_is_no_further_header() -> None:
    message = compose(Post("a@example.vn", "Chào\r\nBcc: all@example.vn", "b", "c"), SENDER)
    assert message["Bcc"] is None
    assert message["Subject"] == "Chào Bcc: all@example.vn"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", Server("127.0.0.1", 2525)),
        ("smtp://mail.example.vn", Server("mail.example.vn", 587)),
        ("smtps://u%40x:p%2Fw@mail.example.vn", Server("mail.example.vn", 465, "u@x", "p/w", tls=True)),
    ],
)
def test_the_setting_is_read(url: str, server: Server) -> None:
    assert read_server(url) == server


@pytest.mark.parametrize("url", ["http://mail.example.vn", "smtp://", "mail.example.vn"])
def test_another_setting_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="DAUMOI_SMTP_URL"):
        read_server(url)


def test_a_stop_link_opens_for_who_made_it_and_after_the_key_has_changed() -> None:
    link = stop_link("https://oa.vn", Sealer("an-old-key-of-ours"), "mai@example.vn")
    token = link.removeprefix(f"https://oa.vn{PATH}")
    assert "mai" not in link
    assert read_stop_token(Sealer("a-new-key-of-ours", "an-old-key-of-ours"), token) == "mai@example.vn"
    assert read_stop_token(Sealer("a-strangers-key"), token) is None
    assert read_stop_token(Sealer("an-old-key-of-ours"), token[:-4]) is None
    other = Sealer("an-old-key-of-ours").seal_text("mai@example.vn").decode()
    assert read_stop_token(Sealer("an-old-key-of-ours"), other) is None
