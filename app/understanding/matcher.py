"""The engine's matcher: whole phrases first, then the trained reader."""

from app.engine.flow import Library, Place
from app.engine.matching import Answer, PhraseMatcher, Suggest
from app.understanding.policy import Zone
from app.understanding.reader import Reader


class TrainedMatcher:
    """Answers, offers two or three places, or says that it cannot tell."""

    def __init__(self, reader: Reader, library: Library) -> None:
        self.reader, self._phrases = reader, PhraseMatcher(library)

    def understand(self, text: str, at: Place | None) -> Answer | Suggest | None:
        phrase = self._phrases.understand(text, at)
        if phrase is not None:
            return phrase
        decision = self.reader.read(text).decision
        places = tuple(Place.parse(self.reader.leads[intent]) for intent in decision.intents)
        if decision.zone is Zone.NONE or not places:
            return None
        if decision.zone is Zone.ANSWER:
            return Answer(places[0])
        here = [place for place in places if at is not None and place.flow == at.flow]
        if len(places) == 2 and len(here) == 1:
            # Of two rivals the one that is being talked about.
            return Answer(here[0])
        return Suggest(places)
