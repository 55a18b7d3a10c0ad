import pytest

from tests.bench.knock import ZALO, Dialect
from tests.bench.platforms import LINE, TELEGRAM, WHATSAPP

PROVING_THE_BODY = [ZALO, WHATSAPP, LINE]


@pytest.mark.parametrize("dialect", PROVING_THE_BODY)
def test_another_body_needs_another_proof(dialect: Dialect) -> None:
    one, other = dialect.event("2000", "menu", 1), dialect.event("2000", "menu", 2)
    assert dialect.prove(one) == dialect.prove(one) != dialect.prove(other)


@pytest.mark.parametrize("dialect", [*PROVING_THE_BODY, TELEGRAM])
def test_an_event_says_who_wrote_what(dialect: Dialect) -> None:
    event = dialect.event("2000", "quay lại", 17).decode()
    assert "2000" in event
    assert "quay lại" in event
