"""Sending the liaisons of units the link to their list."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.audit.trail import record
from app.console.visit import Visit
from app.console.worker_list_shapes import told_ways
from app.work.ledger import Claim
from app.worker_lists.inviting import AT_ONCE, Invitation, Way, invite_units
from app.worker_lists.planning import pieces

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def send_links(visit: Visit, units: Sequence[int]) -> str:
    """Owes the links, some units at a time; says in one line what came of it."""
    came: list[Way] = []
    for some in pieces(units, AT_ONCE):
        came += await _send_some(visit, some)
    return told_ways(came)


async def _send_some(visit: Visit, units: Sequence[int]) -> list[Way]:
    runtime, by, now = visit.desk.runtime, visit.visitor.actor, visit.now
    runner = runtime.runner
    runner_id = None if runner is None else runner.id
    words = runtime.means.library.values
    invitation = Invitation(words["list_invitation"], words["list_button"], runtime.means.public_url)
    subject = f"employer:{units[0]}" if len(units) == 1 else "employers"

    def owe(db: "Connection") -> tuple[list[Way], list[Claim]]:
        ways, claims = invite_units(db, runtime.sealer, invitation, units, by, now, runner_id)
        sent = sum(way is Way.SENT for way in ways.values())
        if sent:
            record(db, visit.entry("worker_list.links_sent", subject, units=sent))
        return list(ways.values()), claims

    ways, claims = await visit.write(owe)
    if runner is not None:
        for claim in claims:
            runner.take(claim)
    return ways
