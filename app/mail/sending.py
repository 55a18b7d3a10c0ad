"""One SMTP connection, kept open between letters, and a true word about letters that did not go."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib

LIMIT = 30.0
"""Seconds for one step of the conversation."""


class MailError(Exception):
    """The letter was not handed over."""

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(message if code is None else f"{code}: {message}")
        self.code = code


class MailRefused(MailError):
    """The server will never take this letter for this address (5xx)."""


class MailDelayed(MailError):
    """Not now (4xx, or no connection): the same letter may be tried later."""


class MailInDoubt(MailError):
    """The connection broke after the letter was on its way: it may have been taken."""


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    """TLS from the first byte (smtps://); otherwise STARTTLS as soon as the server offers it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One letter: plain text and HTML say the same; `stop_link` stops further letters with one click."""

    to: str
    subject: str
    plain: str
    html: str = field(repr=False)
    stop_link: str = ""


def read_server(url: str) -> Server:
    """smtp://user:password@host:port or smtps://…. Raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("DAUMOI_SMTP_URL is not smtp://user:password@host:port")
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 587)
    return Server(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), tls)


def compose(post: Post, sender: str) -> EmailMessage:
    """The letter as it travels; a line break in a header field cannot smuggle in another one."""
    message = EmailMessage(policy=SMTP)
    headers: Mapping[str, str] = {
        "From": sender,
        "To": post.to,
        "Subject": " ".join(post.subject.split()),
        "Message-ID": make_msgid(domain=sender.rpartition("@")[2].strip(" >") or "localhost"),
        "Auto-Submitted": "auto-generated",
    }
    for name, value in headers.items():
        message[name] = value
    if post.stop_link:
        # RFC 8058: mail programs show a button that stops the letters with one POST to this address.
        message["List-Unsubscribe"] = f"<{post.stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(post.plain)
    message.add_alternative(post.html, subtype="html")
    return message


class Mailer:
    """Hands letters to one SMTP server, one after the other; reconnects when the connection has gone."""

    def __init__(self, server: Server, sender: str, limit: float = LIMIT) -> None:
        self._server, self._sender, self._limit = server, sender, limit
        self._one_at_a_time = asyncio.Lock()
        self._smtp: aiosmtplib.SMTP | None = None

    async def send(self, post: Post) -> str:
        """Returns the letter's Message-ID. Raises `MailRefused`, `MailDelayed` or `MailInDoubt`."""
        message = compose(post, self._sender)
        async with self._one_at_a_time:
            smtp = await self._connected()
            try:
                await smtp.send_message(message)
            except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
                raise _refusal(error) from error
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                self._smtp = None
                smtp.close()
                raise MailInDoubt(None, f"{type(error).__name__}: {error}") from error
        return str(message["Message-ID"])

    async def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                await smtp.quit()
            except (aiosmtplib.SMTPException, OSError):
                smtp.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        """A connection that answers: an idle one may have been closed by the server."""
        smtp = self._smtp
        if smtp is not None:
            try:
                await smtp.noop()
                return smtp
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                smtp.close()
                self._smtp = None
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, use_tls=server.tls, timeout=self._limit
        )
        try:
            await smtp.connect()
            if server.user:
                await smtp.login(server.user, server.password)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            smtp.close()
            raise MailDelayed(getattr(error, "code", None), f"{type(error).__name__}: {error}") from error
        self._smtp = smtp
        return smtp


def _refusal(error: aiosmtplib.SMTPException) -> MailError:
    """A server that goes away between two commands answers 421: the letter was not taken then."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    assert isinstance(error, aiosmtplib.SMTPResponseException)  # noqa: S101  each recipient's refusal is one
    kind = MailRefused if 500 <= error.code < 600 else MailDelayed
    return kind(error.code, error.message)
