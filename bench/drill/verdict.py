"""What must hold once everything is quiet again. Each check returns its complaints; none is good news."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from bench.drill import inbox_page
from bench.drill.agent import Agent, Reply
from bench.drill.rows import Rows
from bench.drill.sayings import Person, Saying
from bench.drill.screen import Screen
from bench.drill.stack import RunningDemo
from bench.drill.window import Window

Row = dict[str, Any]
RANK = {"queued": 0, "sending": 1, "unknown": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6}
ARRIVED = frozenset({"delivered", "read"})
SHOWN = frozenset({"conversation", "customer", "message", "note", "handoff", "entry"})

WRITTEN = """
SELECT m.id, m.text, m.conversation_id, c.customer_id, i.kind, i.address
FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id
LEFT JOIN customers_identity i ON i.id = m.identity_id
WHERE m.direction = 'inbound' AND m.text LIKE %s
"""


@dataclass(frozen=True, slots=True)
class Logs:
    """What the doubles were sent, and when the drill began by the database's clock."""

    since: datetime
    twilio: Row
    graph: Row
    mails: Row

    @property
    def callbacks(self) -> list[Row]:
        """Every status that was posted back to us."""
        return [*self.twilio["callbacks"], *self.graph["callbacks"]]


async def ledger_adds_up(agent: Agent, accepted_count: int) -> list[str]:
    """Received is the sum of the other states, and nothing waits, died or was shut out."""
    counts = await agent.get("inbound-events/counts/")
    others = sum(count for name, count in counts.items() if name != "received")
    complaints = [] if counts["received"] == others else [f"the ledger does not add up: {counts}"]
    complaints += [f"{counts[name]} inbound events are {name}" for name in ("waiting", "dead", "quarantined")
                   if counts[name]]  # fmt: skip
    if counts["received"] < accepted_count:
        complaints.append(f"{accepted_count} requests were accepted, {counts['received']} are in the ledger")
    return complaints


def each_message_once(demo: RunningDemo, said: list[Saying], mark: str) -> list[str]:
    """Every message is there, one time, with its one customer in one open conversation."""
    rows = demo.query(WRITTEN, f"%{mark}/%")
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["text"].strip()].append(row)
    expected = {saying.text for saying in said}
    complaints = [f"{len(found[text])} times in the inbox: {text}" for text in expected if len(found[text]) != 1]
    complaints += [f"nobody wrote: {text}" for text in found.keys() - expected]
    of_person: dict[Person, list[Row]] = defaultdict(list)
    for saying in said:
        of_person[saying.person] += found[saying.text]
    for person, theirs in of_person.items():
        complaints += _is_one(demo, person, theirs)
    return complaints


def _is_one(demo: RunningDemo, person: Person, theirs: list[Row]) -> list[str]:
    customers, places = {row["customer_id"] for row in theirs}, {row["conversation_id"] for row in theirs}
    addresses = {row["address"] for row in theirs}
    if len(customers) != 1 or len(places) != 1 or len(addresses) != 1:
        return [f"{person} has customers {customers}, conversations {places}, addresses {addresses}"]
    open_ones = demo.query(
        "SELECT id FROM conversations_conversation WHERE customer_id = %s AND state = 'open'", customers.pop()
    )
    known = demo.query("SELECT id FROM customers_identity WHERE address = %s", addresses.pop())
    if len(open_ones) != 1 or len(known) != 1:
        return [f"{person} has {len(open_ones)} open conversations and {len(known)} identities"]
    return []


async def screen_shows_the_truth(
    demo: RunningDemo, screen: Screen, conversations: set[int], page: httpx.AsyncClient
) -> list[str]:
    """What the frames built up over all cuts equals what a fresh page shows."""
    complaints = list(screen.complaints)
    for conversation in sorted(conversations):
        fresh = Rows()
        fresh.apply(await inbox_page.snapshot(page, conversation))
        wanted = {key: row for key, row in fresh.held.items() if _is_part(row, conversation)}
        held = {key: row for key, row in screen.rows.held.items() if _is_part(row, conversation)}
        customer = wanted["conversation", conversation]["customer"]["id"]
        wanted["customer", customer] = _without_prices(fresh.held["customer", customer])
        seen = screen.rows.held.get(("customer", customer))
        held |= {("customer", customer): _without_prices(seen)} if seen else {}
        complaints += [_difference(key, held.get(key), wanted.get(key)) for key in sorted(wanted.keys() | held.keys())
                       if held.get(key) != wanted.get(key)]  # fmt: skip
    return complaints


def _without_prices(customer: Row) -> Row:
    """What messages cost is learned by the way and told to whoever opens a composer next: no event is made of it."""
    identities = [
        {**one, "reach": [{name: value for name, value in way.items() if name != "prices"} for way in one["reach"]]}
        for one in customer["identities"]
    ]
    return {**customer, "identities": identities}


def _is_part(row: Row, conversation: int) -> bool:
    if row["kind"] == "conversation":
        return bool(row["id"] == conversation)
    return row["kind"] in SHOWN and row.get("conversation") == conversation


def _difference(key: tuple[str, int], held: Row | None, fresh: Row | None) -> str:
    if held is None or fresh is None:
        return f"{key} is {'missing on the screen' if held is None else 'on the screen and nowhere else'}"
    names = {name: (held.get(name), fresh.get(name)) for name in held.keys() | fresh.keys()
             if held.get(name) != fresh.get(name)}  # fmt: skip
    return f"{key} differs, screen against database: {names}"


def windows_saw_everything(demo: RunningDemo, windows: dict[Person, Window], said: list[Saying]) -> list[str]:
    """Each chat window holds its own messages and the answers to it, each once."""
    complaints: list[str] = []
    for person, window in windows.items():
        complaints += window.complaints
        mine = [saying for saying in said if saying.person == person]
        for saying in mine:
            if len(window.accepted_as(saying.reference)) != 1:
                complaints.append(f"accepted as {window.accepted_as(saying.reference)}: {saying.text}")
        shown = Counter(row["text"] for row in window.rows.of("message") if row["direction"] == "inbound")
        if shown != Counter(saying.text for saying in mine):
            complaints.append(f"{person.address} shows {sum(shown.values())} of its {len(mine)} messages")
        complaints += _answers(demo, window, person)
    return complaints


def _answers(demo: RunningDemo, window: Window, person: Person) -> list[str]:
    places = {row["id"] for row in window.rows.of("conversation")}
    sent = demo.query(
        "SELECT m.id FROM conversations_message m JOIN conversations_channel c ON c.id = m.channel_id "
        "WHERE m.conversation_id = ANY(%s) AND m.direction = 'outbound' AND c.kind = 'chat'",
        list(places),
    )
    shown = {row["id"] for row in window.rows.of("message") if row["direction"] == "outbound"}
    return [] if shown == {row["id"] for row in sent} else [f"{person.address} shows answers {shown}, sent are {sent}"]


def replies_arrived_once(demo: RunningDemo, replies: list[Reply], logs: Logs) -> list[str]:
    """Every text, WhatsApp message and mail left exactly once, and every agent's reply ends delivered."""
    twilio, graph, mails = logs.twilio, logs.graph, logs.mails
    rows = demo.query(
        "SELECT d.id, d.state, d.message_id, m.text, m.rfc_message_id, c.kind, i.address "
        "FROM conversations_delivery d JOIN conversations_message m ON m.id = d.message_id "
        "JOIN conversations_channel c ON c.id = d.channel_id JOIN customers_identity i ON i.id = d.identity_id "
        # What the demo's own stories tell left through no double.
        "WHERE d.created_at > %s",
        logs.since,
    )
    by_message = {row["message_id"]: row for row in rows}
    complaints = [
        f"a reply ended {by_message[reply.message]['state']}: {reply.text}"
        for reply in replies
        if reply.person.kind != "chat" and by_message[reply.message]["state"] not in ARRIVED
    ]
    left = Counter((_plain(one["to"]), one["body"]) for one in (*twilio["messages"], *graph["messages"]))
    meant = Counter((row["address"], row["text"]) for row in rows if row["kind"] in ("sms", "whatsapp"))
    complaints += [f"sent {left[what]} times, meant {meant[what]}: {what}" for what in left.keys() | meant.keys()
                   if left[what] != meant[what]]  # fmt: skip
    sent = Counter(one["message_id"] for one in mails["messages"])
    complaints += [f"a mail left {count} times: {name}" for name, count in sent.items() if count != 1]
    # Cut while it was sent, a mail is "unknown" in the end: nobody can be asked whether it left.
    failed = [row for row in rows if row["kind"] == "email" and row["state"] in ("queued", "failed", "cancelled")]
    return complaints + [f"a mail ended {row['state']}: {row['text'][:80]}" for row in failed]


def _plain(address: str) -> str:
    return "+" + address.removeprefix("whatsapp:").removeprefix("+")


def states_only_rose(demo: RunningDemo) -> list[str]:
    """No delivery ever moved down, as the log tells it."""
    told = demo.query("SELECT seq, type, facts FROM events_event WHERE type LIKE 'delivery.%%' ORDER BY seq")
    stands: dict[int, int] = {}
    complaints = []
    for event in told:
        delivery, rank = event["facts"]["delivery"], RANK.get(event["facts"].get("state", ""), 0)
        if "state" not in event["facts"]:
            continue
        if rank < stands.get(delivery, 0) and event["type"] != "delivery.retried":
            complaints.append(f"delivery {delivery} moved down to {event['type']} at {event['seq']}")
        stands[delivery] = rank
    return complaints
