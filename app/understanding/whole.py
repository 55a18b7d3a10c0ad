"""The whole policy for a message of somebody who stands nowhere: exact words, phrases, then the reader."""

from collections.abc import Iterable

from app.engine.flow import Library, Place
from app.engine.matching import command_in, phrase_in
from app.kit.redact import mask_secrets
from app.understanding.model import Scored
from app.understanding.policy import Decision, Guide, Zone
from app.understanding.reader import Reader, Reading


class WholePolicy:
    """Reads as the engine would hear; what exact words mean is said by the intent they belong to."""

    def __init__(self, reader: Reader, library: Library) -> None:
        self._reader, self._library = reader, library
        self._by_command: dict[str, str] = {}
        self._by_place: dict[Place, list[str]] = {}
        for name, sign in reader.signposts.items():
            self._by_command |= dict.fromkeys(sign.commands, name)
            for node in (sign.leads_to, *sign.within, *(node for _, _, node in sign.parts)):
                if node:
                    self._by_place.setdefault(Place.parse(node), []).append(name)

    @property
    def guide(self) -> Guide:
        return self._reader.guide

    def read(self, text: str) -> Reading:
        heard = mask_secrets(text).text
        reading = self._reader.read(heard)
        exact = self._exact(heard, reading)
        if exact is None:
            return reading
        others = tuple(one for one in reading.ranked if one.intent != exact)
        return Reading(Decision(Zone.ANSWER, (exact,)), (Scored(exact, 1.0), *others))

    def _exact(self, text: str, reading: Reading) -> str | None:
        command = command_in(text, self._library.words)
        if command is not None:
            return self._by_command.get(command)
        place = phrase_in(text, self._library)
        return None if place is None else _likeliest(self._by_place.get(place, ()), reading)


def _likeliest(intents: Iterable[str], reading: Reading) -> str | None:
    """Several intents may share a node; whichever it is, the answer is the same."""
    chances = {one.intent: one.chance for one in reading.ranked}
    return max(intents, key=lambda name: chances.get(name, 0.0), default=None)
