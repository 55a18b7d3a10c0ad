"""The demo's lists: there once, every state shown, everybody visibly invented."""

from contextlib import closing

from app.directory.demo_data import load_demo
from app.kit.db import Database
from app.moving import move
from app.schema import upgrade
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.links import issue_link
from app.worker_lists.models import WorkerState
from tests.worker_lists.lists import ME, NOW, SEALER, progress, workers


def test_the_demo_has_lists_that_show_every_state(filled: Database) -> None:
    for _ in range(2):
        filled.write_now(lambda tx: load_demo_lists(tx, SEALER, NOW))
    found = progress(filled)
    assert found.numbers.total == 64
    assert all(found.numbers.of(state) for state in WorkerState)
    people = workers(filled)
    assert all(one.name.endswith("(ví dụ)") for one in people)
    assert len({(one.name, one.masked_number) for one in people}) == len(people)


def test_lists_and_links_move_to_the_other_database_and_back(sqlite_url: str, postgres_url: str) -> None:
    upgrade(sqlite_url)
    with closing(Database(sqlite_url)) as db:
        db.write_now(lambda tx: load_demo(tx, SEALER, NOW, verified_contact=ME))
        db.write_now(lambda tx: load_demo_lists(tx, SEALER, NOW))
        db.write_now(lambda tx: issue_link(tx, ME, "staff:1", NOW))
    there = {proof.table: proof.target for proof in move(sqlite_url, postgres_url)}
    assert all(there[name].rows for name in ("worker_list", "worker_entry", "worker_unit", "liaison_link"))
    home = f"{sqlite_url}.back"
    assert {proof.table: proof.target for proof in move(postgres_url, home)} == there
