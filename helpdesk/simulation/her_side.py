"""What the customer does: asks in chat, proves her addresses, texts, writes a mail."""

from __future__ import annotations

from helpdesk.simulation.scene import Scene
from helpdesk.simulation.telling import quoted

QUESTION = "How many days do I have to send something back?"


def asks_in_chat(scene: Scene) -> None:
    """A question that the knowledge base answers."""
    message = scene.window.say(QUESTION)
    shown = scene.window.answer_to(message)
    scene.conversation = scene.window.conversation or 0
    answer = scene.message(id=shown["id"])
    row = scene.look()
    scene.customer, scene.answer = row["customer"]["id"], answer
    titles = ", ".join(one["title"] for one in answer["citations"])
    scene.teller.step(f"Chat: {scene.name} asks {quoted(QUESTION)}")
    scene.teller.step(f"The assistant answers {quoted(answer['text'])} citing {titles or 'nothing'}")
    scene.teller.check(answer["citations"], "the answer cites an article")
    scene.teller.check(answer["author"]["kind"] == "ai", "the answer comes from the assistant")
    scene.teller.check("60 days" in answer["text"], "the answer says 60 days")


def proves_her_number(scene: Scene) -> None:
    """She leaves her number in chat and types the code that comes by text."""
    message = scene.window.say(f"My number is {scene.phone.number}")
    scene.window.challenge("pending")
    code = scene.phone.code()
    scene.window.verify(code)
    scene.window.challenge("proved")
    scene.tier1_done(message)
    scene.teller.step(
        f"Chat: she gives {scene.phone.number}, a code comes by text, she types it: {_proof(scene, 'phone')}"
    )
    scene.teller.check(_level(scene, "phone") == "confirmed", "the number is confirmed")


def texts(scene: Scene) -> None:
    """A text from that number goes on in the same conversation."""
    words = f"It's about my tent, order {scene.order}. How much does a new zip cost outside the warranty?"
    scene.phone.text(words)
    message = _arrived(scene, words, "SMS")
    _answered(scene, message)


def proves_her_address(scene: Scene) -> None:
    """The same for her mail address."""
    message = scene.window.say(f"My mail is {scene.mailbox.address}")
    code = scene.mailbox.code()
    scene.window.verify(code)
    scene.window.challenge("proved")
    scene.tier1_done(message)
    proof = _proof(scene, "email")
    scene.teller.step(f"Chat: she gives {scene.mailbox.address}, a code comes by mail, she types it: {proof}")
    scene.teller.check(_level(scene, "email") == "confirmed", "the mail address is confirmed")


def writes_a_mail(scene: Scene) -> None:
    """A mail from that address goes on in the same conversation, too."""
    words = f"I paid £214.00 by card on 14 May. How long does a refund take? This is {scene.name}."
    scene.mailbox.write("Refund for my tent", f"Hello,\n\n{words}")
    message = _arrived(scene, words, "Mail")
    _answered(scene, message)


def writes_by_whatsapp(scene: Scene) -> None:
    """And a WhatsApp message from the same number."""
    words = "How should I wash my down sleeping bag?"
    scene.phone.whatsapp(words, scene.name)
    message = _arrived(scene, words, "WhatsApp")
    _answered(scene, message)


def calls(scene: Scene) -> None:
    """She calls, asks, and hears the answer; nobody greets a caller id by name or tells it what was said before."""
    words = "Do you ship to Norway?"
    heard = scene.phone.call(words)
    message = _arrived(scene, words, "Phone")
    done = scene.tier1_done(message)
    answer = scene.message(id=done["facts"]["message"]) if done["type"] == "tier1.answered" else None
    scene.teller.step(f"The line says: {quoted(heard[0] if heard else '')}")
    scene.teller.check(answer is not None, f"the assistant answers the call ({done['type']})")
    if answer is not None:
        scene.teller.step(f"The assistant answers by phone: {quoted(answer['text'])}")
        scene.teller.check(any(answer["text"] in line for line in heard), "she hears the answer")
        scene.teller.check(answer["delivery_state"] == "delivered", "the answer counts as delivered")
    told = " ".join(heard)
    scene.teller.check(scene.name.split()[0] not in told, "nobody greets her by name")
    scene.teller.check(scene.order not in told, "the line tells nothing of what she wrote before")


def _answered(scene: Scene, message: int) -> None:
    """The assistant goes on on the channel she used now."""
    done = scene.tier1_done(message)
    scene.teller.check(done["type"] == "tier1.answered", f"the assistant answers ({done['type']})")
    if done["type"] == "tier1.answered":
        answer = scene.message(id=done["facts"]["message"])
        scene.teller.step(f"The assistant answers by {answer['channel_kind']}: {quoted(answer['text'])}")


def _arrived(scene: Scene, words: str, channel: str) -> int:
    """Find what she wrote, wherever it went, and say so."""
    message = scene.wherever(words)
    why = message["thread_reason"] or {"reason": "no reason"}
    number = scene.look()["number"]
    scene.teller.step(f"{channel}: {quoted(words)} -> conversation #{number} ({why['reason'].lower()})")
    owners = scene.admin.customers_with(message["identity"]["address"])
    scene.teller.check(message["conversation"] == scene.conversation, f"the {channel} is in the same conversation")
    scene.teller.check([one["id"] for one in owners] == [scene.customer], f"the {channel} is the same customer's")
    return int(message["id"])


def _level(scene: Scene, kind: str) -> str:
    identities = scene.agent.get(f"customers/{scene.customer}/")["identities"]
    return next((str(one["assurance"]) for one in identities if one["kind"] == kind), "unknown")


def _proof(scene: Scene, kind: str) -> str:
    return f"customer {scene.customer} has that {kind} as {_level(scene, kind)}"
