"""Which nodes and ways of the flows the transcripts have been through."""

from collections.abc import Collection
from dataclasses import dataclass

from app.content.graph import nodes
from app.engine.flow import Library, Place


@dataclass(frozen=True, slots=True)
class Coverage:
    nodes: int
    ways: int
    missed_nodes: tuple[str, ...]
    missed_ways: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missed_nodes and not self.missed_ways

    def __str__(self) -> str:
        nodes_hit, ways_hit = self.nodes - len(self.missed_nodes), self.ways - len(self.missed_ways)
        lines = [f"nodes {nodes_hit}/{self.nodes}, ways {ways_hit}/{self.ways}"]
        lines += [f"  never visited: {missed}" for missed in (*self.missed_nodes, *self.missed_ways)]
        return "\n".join(lines)


def coverage_of(library: Library, visited: Collection[str]) -> Coverage:
    """Compares what was visited with everything there is."""
    places = [str(place) for place, _ in nodes(library)]
    ways = sorted(
        {
            f"{place} > {Place.parse(target, place.flow)}"
            for place, node in nodes(library)
            for target in node.targets()
        }
    )
    seen = set(visited)
    return Coverage(
        len(places),
        len(ways),
        tuple(place for place in places if place not in seen),
        tuple(way for way in ways if way not in seen),
    )
