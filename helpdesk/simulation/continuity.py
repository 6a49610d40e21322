"""The continuity test: one person, five channels, one conversation, and a stranger who gets nothing."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from helpdesk.simulation import her_side, our_side, stranger
from helpdesk.simulation.place import Place
from helpdesk.simulation.scene import Scene, set_up
from helpdesk.simulation.telling import Teller
from helpdesk.simulation.waiting import DidNotHappen

ACTS = (
    her_side.asks_in_chat,
    her_side.proves_her_number,
    her_side.texts,
    her_side.proves_her_address,
    her_side.writes_a_mail,
    her_side.writes_by_whatsapp,
    her_side.calls,
    our_side.hands_over,
    our_side.agent_texts_back,
    our_side.agent_mails_and_she_answers,
    stranger.types_her_addresses,
)
CHANNELS = {"chat", "email", "sms", "whatsapp", "phone"}


def play(place: Place, say: Callable[[str], None]) -> bool:
    """Play the story through the real doors; whether everything was as it should be."""
    teller = Teller(say)
    try:
        with set_up(place, teller) as scene:
            for act in ACTS:
                act(scene)
            _sum_up(scene)
    except DidNotHappen as error:
        teller.check(False, str(error))
    except (httpx.HTTPError, OSError) as error:
        teller.check(False, f"{place.base_url} and its doubles can be reached ({type(error).__name__}: {error})")
    teller.end(
        "The story holds." if not teller.complaints else f"{len(teller.complaints)} things are not as they should be."
    )
    return not teller.complaints


def _sum_up(scene: Scene) -> None:
    owners = {row["id"] for row in scene.admin.customers_with(scene.phone.number)}
    owners |= {row["id"] for row in scene.admin.customers_with(scene.mailbox.address)}
    conversations = scene.admin.rows("conversations/", customer=scene.customer)
    kinds = set(scene.look()["channel_kinds"])
    scene.teller.check(len(owners) == 1, "there is one customer")
    scene.teller.check(len(conversations) == 1, "there is one conversation")
    scene.teller.check(kinds == CHANNELS, "it has all five channels")
    facts = {
        "customers": len(owners),
        "conversations": len(conversations),
        "channels": "+".join(sorted(kinds)),
        "citation": scene.answer["citations"][0]["title"] if scene.answer and scene.answer["citations"] else "none",
        "handoff": scene.handoff["reason"] if scene.handoff else "none",
        "delivered": scene.delivered["delivery_state"] if scene.delivered else "no",
    }
    scene.teller.end(", ".join(f"{name} {value}" for name, value in facts.items()))
