"""The link under a letter: asks before it stops, takes a mail program's word, tells a guesser nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.broadcasts.models import MailStop
from app.broadcasts.people import stopped_addresses
from app.mail.stop_link import stop_link
from app.main import create_app
from app.runtime import Runtime, open_runtime
from app.settings import Settings

ADDRESS = "mai@vidu.vn"
HOST = "http://stop.test"


@pytest.fixture
async def runtime(sqlite_migrated_url: str, content_read_once: None) -> AsyncIterator[Runtime]:
    settings = Settings(
        demo=True,
        database_url=sqlite_migrated_url,
        public_url=HOST,
        secret_key=SecretStr("k" * 20),
        zalo_oa_id="2",
    )
    runtime = open_runtime(settings)
    yield runtime
    await runtime.close()


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(runtime, with_runner=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as client:
        yield client


def link(runtime: Runtime) -> str:
    return stop_link("", runtime.sealer, ADDRESS)


async def stops(runtime: Runtime) -> int:
    count = select(func.count()).select_from(MailStop)
    return await runtime.db.read(lambda tx: int(tx.execute(count).scalar_one()))


async def test_looking_at_the_page_stops_nothing(client: httpx.AsyncClient, runtime: Runtime) -> None:
    page = await client.get(link(runtime))
    assert page.status_code == 200
    assert '<form method="post">' in page.text
    assert ADDRESS not in page.text
    assert "style=" not in page.text
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert await stops(runtime) == 0


async def test_a_mail_programs_one_click_stops_the_letters_for_good(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    for _ in range(2):
        # As RFC 8058 has it: no cookie, no origin, this body.
        answer = await client.post(link(runtime), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Đã dừng nhận thư" in answer.text
    assert await stops(runtime) == 1
    known = runtime.sealer.fingerprint(ADDRESS)
    assert known in await runtime.db.read(lambda tx: stopped_addresses(tx, [known]))


@pytest.mark.parametrize("token", ["abc", "gAAAAA" + "x" * 90, "x" * 5000, "%FF%FE"])
async def test_a_guessed_link_stops_nothing(client: httpx.AsyncClient, runtime: Runtime, token: str) -> None:
    for answer in (await client.get(f"/thu/dung/{token}"), await client.post(f"/thu/dung/{token}")):
        assert answer.status_code == 404
        assert "không còn đúng" in answer.text
    assert await stops(runtime) == 0


async def test_the_page_brings_its_own_files(client: httpx.AsyncClient, runtime: Runtime) -> None:
    page = (await client.get(link(runtime))).text
    style = page.partition('href="')[2].partition('"')[0]
    assert (await client.get(style)).status_code == 200
    assert (await client.get("/thu/dung/static/none.css")).status_code == 404
