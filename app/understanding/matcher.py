"""The engine's matcher: whole phrases first, then the trained reader."""

from app.engine.flow import Library, Place
from app.engine.matching import Answer, PhraseMatcher, Suggest, Topic
from app.understanding.policy import Zone
from app.understanding.reader import Reader, Reading

UPSET = "upset"
"""The concept of somebody angry or desperate."""
NEIGHBOURS = 2
"""Topics that an answer may also have been about."""


class TrainedMatcher:
    """Answers, offers two or three topics, or says that it cannot tell."""

    def __init__(self, reader: Reader, library: Library) -> None:
        self.reader, self._phrases = reader, PhraseMatcher(library)
        self._intents = {
            Place.parse(node): name
            for name, sign in reader.signposts.items()
            if not sign.aside
            for node in (sign.leads_to, *sign.within)
            if node
        }

    def understand(self, text: str, at: Place | None) -> Answer | Suggest | None:
        phrase = self._phrases.understand(text, at)
        if phrase is not None:
            return phrase
        before = None if at is None else self._intents.get(at)
        reading = self.reader.read(text) if before is None else self.reader.read_after(text, before)
        decision = reading.decision
        topics = self._topics(decision.intents)
        if decision.zone is Zone.NONE or not topics:
            return None
        if decision.zone is Zone.ANSWER:
            return self._answer(text, reading)
        here = [topic for topic in topics if at is not None and topic.place.flow == at.flow]
        if len(topics) == 2 and len(here) == 1:
            # Of two rivals the one that is being talked about.
            return Answer(here[0].place, here[0].title, tuple(topic for topic in topics if topic != here[0]))
        return Suggest(topics, decision.question)

    def _answer(self, text: str, reading: Reading) -> Answer:
        (first, *second), ranked = reading.decision.intents, reading.ranked
        concepts = set(self.reader.model.terms(text).concepts)
        topic = self._part(first, concepts) or self._topics((first,))[0]
        if self.reader.signposts[first].aside:
            return Answer(topic.place)
        outside = self.reader.guide.outside
        likely = [one.intent for one in ranked if one.intent not in outside and one.intent != first]
        others = [name for name in likely if not self.reader.signposts[name].aside and name not in second]
        neighbours = self._topics((*second, *others)[:NEIGHBOURS])
        return Answer(topic.place, topic.title, neighbours, UPSET in concepts)

    def _part(self, intent: str, concepts: set[str]) -> Topic | None:
        """The matter within the intent that the message speaks of, when it has an answer of its own."""
        parts = self.reader.signposts[intent].parts
        return next((Topic(title, Place.parse(node)) for one, title, node in parts if one in concepts), None)

    def _topics(self, intents: tuple[str, ...]) -> tuple[Topic, ...]:
        signs = [self.reader.signposts[name] for name in intents]
        return tuple(Topic(sign.title, Place.parse(sign.leads_to)) for sign in signs if sign.leads_to)
