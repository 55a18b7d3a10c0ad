"""The demo's lists: there once, every state shown, everybody visibly invented."""

from app.kit.db import Database
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.models import WorkerState
from tests.worker_lists.lists import NOW, SEALER, progress, workers


def test_the_demo_has_lists_that_show_every_state(filled: Database) -> None:
    for _ in range(2):
        filled.write_now(lambda tx: load_demo_lists(tx, SEALER, NOW))
    found = progress(filled)
    assert found.numbers.total == 64
    assert all(found.numbers.of(state) for state in WorkerState)
    people = workers(filled)
    assert all(one.name.endswith("(ví dụ)") for one in people)
    assert len({(one.name, one.masked_number) for one in people}) == len(people)
