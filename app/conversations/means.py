"""What handling a message needs, built once per process and handed on."""

from dataclasses import dataclass

from app.engine.flow import Library
from app.engine.matching import Matcher
from app.kit.seal import Sealer


@dataclass(frozen=True, slots=True)
class Means:
    sealer: Sealer
    library: Library
    matcher: Matcher
    share_picture: str
    """Address of the picture on the form that asks for name and phone; Zalo takes none without one."""
    public_url: str
    """Where people reach us; the links that acts make begin with it."""
