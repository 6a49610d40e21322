"""Whose conversation it is."""

from __future__ import annotations

from conversations.actions import threads
from conversations.actions.transactions import retried
from conversations.models import Conversation
from helpdesk.accounts.models import Team, User
from helpdesk.events.log import Actor


@retried
def assign(conversation: Conversation, *, to: User | None, team: Team | None, by: Actor) -> Conversation:
    """Give a conversation to a person, a team, both or nobody. A person silences the tier-1."""
    row = threads.lock(conversation.pk)
    before = {"agent": row.assignee_id, "team": row.team_id}
    after = {"agent": to.pk if to else None, "team": team.pk if team else None}
    if before == after:
        return row
    row.assignee, row.team = to, team
    took_over = to is not None and row.tier1_state in Conversation.HELD_BY_TIER1
    if took_over:
        row.tier1_state = Conversation.Tier1State.HANDED_OFF
    threads.save(row)
    facts = {"from": before, "to": after, "agent_name": to.name if to else "", "team_name": team.name if team else ""}
    threads.note(row, "conversation.assigned", by=by, facts=facts)
    if before["agent"] and after["agent"]:
        threads.note(row, "conversation.transferred", by=by, facts={"from": before["agent"], "to": after["agent"]})
    if took_over:
        threads.note(row, "tier1.taken_over", by=by)
    return row
