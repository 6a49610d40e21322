"""What the company does: the assistant hands over, an agent answers on the channel of her choice."""

from __future__ import annotations

import uuid

from helpdesk.simulation.api import Row
from helpdesk.simulation.scene import Scene
from helpdesk.simulation.telling import quoted
from helpdesk.simulation.waiting import until

ARRIVED = frozenset({"delivered", "read"})


def hands_over(scene: Scene) -> None:
    """She asks for a person by text; the brief holds what she said anywhere."""
    words = "Can I talk to a person please?"
    scene.phone.text(words)
    message = scene.message(text=words)
    done = scene.tier1_done(message["id"])
    scene.teller.check(done["type"] == "tier1.handed_off", "asking for a person hands over")
    brief = scene.agent.get(f"conversations/{scene.conversation}/handoff/")
    scene.handoff = brief
    facts = ", ".join(f"{one['name']} {one['value']} ({one['channel_kind']})" for one in brief["known_facts"])
    scene.teller.step(f"SMS: {quoted(words)} -> handed over, {brief['reason']}; wish {quoted(brief['wish'])}")
    scene.teller.step(f"The brief knows: {facts}. Next: {brief['next_step']}")
    known = {(one["name"], one["value"], one["channel_kind"]) for one in brief["known_facts"]}
    scene.teller.check(("order_number", scene.order, "sms") in known, "the brief has the order number, given by SMS")
    scene.teller.check(("amount", "£214.00", "email") in known, "the brief has the price, given by mail")
    scene.teller.check(brief["answered"], "the brief says what was answered")
    for name in ("reason_text", "wish", "next_step", "mood", "language"):
        scene.teller.check(brief[name], f"the brief has its {name}")
    row = scene.look()
    scene.teller.check(row["tier1_state"] == "handed_off", "the conversation is handed off")
    scene.teller.check(row["waiting_since"], "she waits for a person")


def agent_texts_back(scene: Scene) -> None:
    """An agent takes it and answers by text."""
    me = scene.agent.post(f"conversations/{scene.conversation}/messages/", kind="note", text="I take this one.")[
        "author"
    ]
    scene.agent.post(f"conversations/{scene.conversation}/assign/", agent=me["id"])
    words = f"Hello, this is {me['name'].split()[0]}. I have looked up {scene.order}: the zip is covered."
    sent = _reply(scene, words, scene.place.sms_channel)
    received = scene.phone.has_received(words)

    def arrived() -> Row | None:
        row = scene.message(id=sent["id"])
        return row if row["delivery_state"] in ARRIVED else None

    scene.delivered = until(arrived, "The reply is reported as delivered")
    scene.teller.step(f"{me['name']} takes it and chooses SMS: {quoted(words)}")
    scene.teller.step(f"The text reached {received['to']}; delivery state {scene.delivered['delivery_state']}")
    scene.teller.check(scene.delivered["channel_kind"] == "sms", "the reply went by the chosen channel")


def agent_mails_and_she_answers(scene: Scene) -> None:
    """The next answer goes by mail; she answers that mail, and it threads back by its token."""
    words = f"Please send the tent to our workshop. Your return label for {scene.order} is ready."
    _reply(scene, words, scene.place.mail_channel)
    mail = scene.mailbox.has_received(words)
    scene.teller.step(f"The agent writes by mail: {quoted(mail['subject'])}, reply to {mail['reply_to'][:60]}")
    back = f"It is on its way, the tracking number is AB{uuid.uuid4().int % 10**9:09}GB."
    scene.mailbox.write(f"Re: {mail['subject'].removeprefix('Re: ')}", back, answering=mail)
    message = scene.wherever(back)
    why = message["thread_reason"] or {"rule": "none", "reason": "no reason"}
    scene.teller.step(f"Mail: she answers {quoted(back)} -> {why['rule']}: {why['reason']}")
    scene.teller.check(message["conversation"] == scene.conversation, "her answer is in the same conversation")
    scene.teller.check(why["rule"] == "reference", "her answer threads back by reference")
    scene.teller.check(words not in message["text"], "what she quoted is no part of her answer")


def _reply(scene: Scene, words: str, channel: int) -> Row:
    return scene.agent.post(
        f"conversations/{scene.conversation}/messages/",
        text=words,
        kind="reply",
        channel=channel,
        client_id=uuid.uuid4().hex,
    )
