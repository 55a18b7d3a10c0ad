import pytest

from app.kit.seal import BrokenSeal, Sealer


def test_what_is_sealed_opens_again_and_cannot_be_read_in_between() -> None:
    sealer = Sealer("k1")
    sealed = sealer.seal_text("0912345678")
    assert b"0912345678" not in sealed
    assert sealer.open_text(sealed) == "0912345678"


def test_after_a_rotation_the_old_key_still_opens() -> None:
    assert Sealer("new", "old").open_text(Sealer("old").seal_text("x")) == "x"


def test_a_foreign_key_breaks_the_seal() -> None:
    with pytest.raises(BrokenSeal):
        Sealer("other").open(Sealer("k1").seal(b"x"))


def test_a_fingerprint_is_the_same_for_the_same_text_and_key_only() -> None:
    assert Sealer("k1").fingerprint("a") == Sealer("k1").fingerprint("a")
    assert Sealer("k1").fingerprint("a") != Sealer("k2").fingerprint("a")
    assert len(Sealer("k1").fingerprint("a")) == 32


def test_what_was_sealed_long_ago_still_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.kit.seal.REMEMBERED", 2)
    sealer = Sealer("k1")
    sealed = [sealer.seal(str(number).encode()) for number in range(4)]
    assert [sealer.open(one) for one in sealed] == [b"0", b"1", b"2", b"3"]
    with pytest.raises(BrokenSeal):
        sealer.open(sealed[3][:-4] + b"AAAA")
