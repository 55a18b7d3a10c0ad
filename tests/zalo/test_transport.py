"""The real HTTP client against sockets that misbehave: what may have reached Zalo, and what cannot have."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from app.kit.ids import UserId
from app.zalo.answers import accepted
from app.zalo.client import ZaloClient
from app.zalo.errors import Family, NoAnswer, NotSent, RateLimited, Transient
from app.zalo.messages import Text
from app.zalo.transport import Answer, exchange, open_http

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _pretending(behave: Behaviour) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behave(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
    return head


def _answering(answer: bytes) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(answer)
        await writer.drain()

    return behave


def _http(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


async def _send(url: str, answer_limit: float = 5.0) -> object:
    async with open_http(connect_limit=1.0, answer_limit=answer_limit) as http:
        return await ZaloClient(http, url, url).send("token", UserId("1"), Text("Xin chào ạ"))


async def test_a_message_goes_out_and_its_id_comes_back() -> None:
    seen = bytearray()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.extend(await _request(reader))
        writer.write(_http("200 OK", b'{"data":{"message_id":"m1"},"error":0,"message":"Success"}'))
        await writer.drain()

    async with _pretending(behave) as url, open_http() as http:
        sent = await ZaloClient(http, url, url).send("tok", UserId("1"), Text("Xin chào ạ"))
    assert sent.message_id == "m1"
    head, body = bytes(seen).split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /v3.0/oa/message/cs HTTP/1.1")
    assert b"access_token: tok" in head.lower()
    assert body == '{"recipient":{"user_id":"1"},"message":{"text":"Xin chào ạ"}}'.encode()


async def test_a_closed_port_means_not_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotSent):
        await _send(f"http://127.0.0.1:{port}")


async def test_a_host_that_does_not_exist_means_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    with pytest.raises(NotSent):
        await _send("http://no-such-host.invalid")


@pytest.mark.parametrize("url", ["ftp://example.invalid", "http://"])
async def test_an_address_that_cannot_be_called_means_not_sent(url: str) -> None:
    with pytest.raises(NotSent):
        await _send(url)


async def test_a_port_that_never_accepts_means_not_sent() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # fills the queue of connections nobody takes
            one.setblocking(False)
            one.connect_ex(address)
        try:
            with pytest.raises(NotSent):
                await _send(f"http://127.0.0.1:{address[1]}")
        finally:
            for one in waiting:
                one.close()


async def test_a_connection_that_never_becomes_free_means_not_sent() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with _pretending(hang) as url, open_http(connect_limit=0.2, answer_limit=5, connections=1) as http:
        client = ZaloClient(http, url, url)
        first = asyncio.create_task(client.send("t", UserId("1"), Text("một")))
        await asyncio.sleep(0.05)
        with pytest.raises(NotSent):
            await client.send("t", UserId("2"), Text("hai"))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


async def test_silence_after_the_request_means_no_answer() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with _pretending(hang) as url:
        with pytest.raises(NoAnswer):
            await _send(url, answer_limit=0.2)


async def test_a_connection_cut_after_the_request_means_no_answer() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)

    async with _pretending(cut) as url:
        with pytest.raises(NoAnswer):
            await _send(url)


async def test_a_connection_reset_after_the_request_means_no_answer() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.transport.abort()

    async with _pretending(reset) as url:
        with pytest.raises(NoAnswer):
            await _send(url)


async def test_an_idle_connection_that_zalo_closed_is_never_called_unsent_after_writing_to_it() -> None:
    calls = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await _request(reader)
        writer.write(_http("200 OK", b'{"data":{"message_id":"m1"},"error":0}'))
        await writer.drain()
        await _request(reader)  # takes the second request and says nothing to it

    async with _pretending(once) as url, open_http() as http:
        client = ZaloClient(http, url, url)
        await client.send("t", UserId("1"), Text("một"))
        with pytest.raises(NoAnswer):
            await client.send("t", UserId("1"), Text("hai"))
    assert calls == 1


async def test_half_an_answer_means_no_answer() -> None:
    half = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + b'{"data":'
    async with _pretending(_answering(half)) as url:
        with pytest.raises(NoAnswer):
            await _send(url)


async def test_an_answer_that_is_not_http_means_no_answer() -> None:
    async with _pretending(_answering(b"SSH-2.0-OpenSSH\r\n\r\n")) as url:
        with pytest.raises(NoAnswer):
            await _send(url)


async def test_an_answer_that_trickles_in_for_ever_is_cut_off() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with _pretending(trickle) as url, open_http() as http:
        with pytest.raises(NoAnswer):
            await exchange(http, http.build_request("GET", url), limit=0.3)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Oops", b"<html>Internal error</html>"),
        ("502 Bad Gateway", b""),
        ("504 Gateway Timeout", b'{"error":0,"message":"Success"}'),
        ("200 OK", b"<html>maintenance</html>"),
        ("200 OK", b""),
        ("200 OK", b"[]"),
        ("200 OK", b'{"data":{"message_id":"m1"}}'),
        ("200 OK", b'{"data":{},"error":0,"message":"Success"}'),
    ],
)
async def test_an_answer_that_says_nothing_about_the_message_means_no_answer(
    status: str, body: bytes
) -> None:
    async with _pretending(_answering(_http(status, body))) as url:
        with pytest.raises(NoAnswer):
            await _send(url)


@pytest.mark.parametrize(
    ("status", "kind"),
    [("403 Forbidden", Transient), ("429 Too Many", RateLimited), ("302 Found", Transient)],
)
async def test_a_gateway_that_refuses_means_try_again(status: str, kind: type[Transient]) -> None:
    async with _pretending(_answering(_http(status, b"<html>no</html>"))) as url:
        with pytest.raises(kind) as caught:
            await _send(url)
    assert type(caught.value) is kind


async def test_a_file_is_uploaded_whole_with_its_length() -> None:
    seen = bytearray()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.extend(await _request(reader))
        writer.write(_http("200 OK", b'{"data":{"token":"f1"},"error":0}'))
        await writer.drain()

    async with _pretending(behave) as url, open_http() as http:
        token = await ZaloClient(http, url, url).upload_file("t", "mẫu.pdf", b"%PDF-1.4 " + b"x" * 5000)
    assert token == "f1"
    assert b"x" * 5000 in seen
    assert b"transfer-encoding" not in bytes(seen).lower()


async def test_a_code_counts_whatever_the_http_status() -> None:
    answer = await _answer_of(_http("500 Oops", b'{"error":"-32","message":"limit"}'))
    with pytest.raises(RateLimited):
        accepted(answer, Family.OA)


async def _answer_of(raw: bytes) -> Answer:
    async with _pretending(_answering(raw)) as url, open_http() as http:
        return await exchange(http, httpx.Request("GET", url))
