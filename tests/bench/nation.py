"""A national morning, minute by minute: 34 provinces push a message to everybody insured, and people answer.

A fluid model, not a load test: it takes measured figures of one process and Zalo's published limits, and
says what fills up first. `python -m tests.bench.nation --events 1500 --sends 2000`, one JSON line per layout.
"""

import argparse
import json
import math
from dataclasses import dataclass

PROVINCES = 34
INSURED = 18_000_000
"""Workers in compulsory social insurance, in round figures; one message each."""
PER_MINUTE = 4000
"""Zalo's limit of requests per app and minute, as granted by default."""
KEPT_FOR_REPLIES = 0.2
ANSWERING = 0.05
"""Share of people who write back. Nobody has measured it for such a push: the model is run with more, too."""
SLOW_TO_ANSWER = 20.0
"""Minutes, on average; answers fall off exponentially."""
LONGEST = 60 * 24 * 14
"""Minutes after which the model gives up: two weeks."""
TURNS = 3
"""Messages that one of them writes before the matter is done; each gets one and a half bubbles."""
BUBBLES = 1.5


@dataclass(frozen=True, slots=True)
class Figures:
    """What one process and one database were measured to do, per second."""

    events: float
    """Events end to end (event, turn, reply) that one process finishes."""
    sends: float
    """Bulk sends that one process finishes, when nothing paces it."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What became of one shard's morning."""

    minutes: int
    """Until the last bulk message was sent."""
    peak_events: float
    """Events a second in the busiest minute."""
    longest_wait: float
    """Seconds that a reply waited in the worst minute, for the process or for Zalo's limit."""
    busiest: float
    """Share of one process that was used in the busiest minute; above 1 a second process is needed."""


def one_shard(people: int, figures: Figures, answering: float, limit: float = PER_MINUTE) -> Morning:
    """One OA with one process of its own, as a province would run it."""
    fade = math.exp(-1 / SLOW_TO_ANSWER)
    left, expected, queue = float(people), 0.0, 0.0
    sent_by, peak, wait, busiest = 0, 0.0, 0.0, 0.0
    for minute in range(1, LONGEST):
        # Replies first: bulk sends take what they leave, and never the share kept for them.
        bulk = min(left, limit - max(limit * KEPT_FOR_REPLIES, min(queue, limit)))
        left -= bulk
        expected += bulk * answering * TURNS
        events = expected * (1 - fade)
        expected -= events
        free = max(0.05, 1 - bulk / 60 / figures.sends)
        able = min(limit - bulk, figures.events * BUBBLES * free * 60)
        queue = max(0.0, queue + events * BUBBLES - able)
        peak, wait = max(peak, events / 60), max(wait, queue / able * 60)
        busiest = max(busiest, events / 60 / figures.events + bulk / 60 / figures.sends)
        sent_by = sent_by or (minute if left <= 0 else 0)
        if left <= 0 and expected + queue < 1:
            break
    return Morning(sent_by, peak, wait, busiest)


def main() -> None:
    parser = argparse.ArgumentParser(description="Size a national roll-out by measured figures.")
    parser.add_argument("--events", type=float, required=True, help="events/s of one process")
    parser.add_argument("--sends", type=float, required=True, help="bulk sends/s of one process")
    given = parser.parse_args()
    figures = Figures(given.events, given.sends)
    layouts = (
        ("34 OAs, one process each", INSURED // PROVINCES),
        ("the largest province alone (2.5 million)", 2_500_000),
        ("one OA for the country", INSURED),
    )
    for name, people in layouts:
        for answering in (ANSWERING, 4 * ANSWERING):
            found = one_shard(people, figures, answering)
            print(  # noqa: T201  the figures are the point
                json.dumps(
                    {
                        "layout": name,
                        "people": people,
                        "answering": answering,
                        "hours_to_send": round(found.minutes / 60, 1),
                        "peak_events_per_s": round(found.peak_events, 1),
                        "longest_wait_s": round(found.longest_wait, 1),
                        "busiest_share_of_one_process": round(found.busiest, 2),
                    },
                    ensure_ascii=False,
                )
            )


if __name__ == "__main__":
    main()
