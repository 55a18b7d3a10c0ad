"""The link under every letter that stops further ones; whoever holds it can do nothing else with it."""

from app.kit.seal import BrokenSeal, Sealer

PATH = "/thu/dung/"
_PURPOSE = "mail-stop:"


def stop_link(public_url: str, sealer: Sealer, address: str) -> str:
    """The address is sealed in it: nobody can write such a link for somebody else, or read who it is for."""
    return f"{public_url}{PATH}{sealer.seal_text(_PURPOSE + address).decode()}"


def read_stop_token(sealer: Sealer, token: str) -> str | None:
    """The address that the link was made for; None for anything we have not made."""
    try:
        plain = sealer.open_text(token.encode())
    except (BrokenSeal, UnicodeDecodeError):
        return None
    return plain.removeprefix(_PURPOSE) if plain.startswith(_PURPOSE) else None
