from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.credentials.ledger import Pair, mark_needs_consent, store_pair
from app.kit.seal import Sealer
from app.main import create_app
from app.runtime import Runtime, open_runtime
from app.schema import upgrade
from app.settings import Settings

KEY, OA = "a-key-for-this-test-only", "388613280878808645"


@pytest.fixture
def runtime(migrated_url: str, content_read_once: None) -> Runtime:
    settings = Settings.model_validate(
        {
            "database_url": migrated_url,
            "secret_key": KEY,
            "zalo_app_id": "360846524940903967",
            "zalo_app_secret": KEY,
            "zalo_oa_id": OA,
            "zalo_oa_secret": KEY,
            "zalo_oauth_url": "http://127.0.0.1:9",
        }
    )
    return open_runtime(settings)


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = create_app(runtime, with_runner=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as visitor,
    ):
        yield visitor


def link(runtime: Runtime) -> None:
    now = datetime.now(UTC)
    runtime.db.write_now(lambda tx: store_pair(tx, Sealer(KEY), OA, Pair("a", "r"), timedelta(hours=25), now))


async def test_a_process_that_runs_is_healthy(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_without_a_token_it_lives_but_is_not_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "link it again" in answer.json()["token"]


async def test_with_database_tables_and_token_it_is_ready(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    link(runtime)
    assert (await client.get("/readyz")).status_code == 200


async def test_a_lost_grant_makes_it_unready(client: httpx.AsyncClient, runtime: Runtime) -> None:
    link(runtime)
    runtime.db.write_now(lambda tx: mark_needs_consent(tx, OA, None, "revoked"))
    assert (await client.get("/readyz")).status_code == 503


async def test_metrics_can_be_scraped(client: httpx.AsyncClient) -> None:
    await client.post("/webhook/zalo", content=b"{}")
    text = (await client.get("/metrics")).text
    assert 'daumoi_webhooks_total{verdict="forged"}' in text


async def test_a_body_that_nobody_at_zalo_would_send_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/webhook/zalo", content=b"x" * (1 << 20) + b"y")).status_code == 413


async def test_the_picture_of_the_share_form_is_served(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/share-form.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")


def test_a_second_process_on_the_same_sqlite_file_is_refused(sqlite_url: str) -> None:
    from app.kit.alone import AloneWith, AlreadyRunning
    from app.runtime import sqlite_file

    path = sqlite_file(sqlite_url)
    assert path is not None
    upgrade(sqlite_url)
    lock = AloneWith(path)
    settings = Settings.model_validate({"database_url": sqlite_url, "demo": True})
    with pytest.raises(AlreadyRunning):
        open_runtime(settings)
    lock.close()
