"""A call by Twilio: ring, say one thing, hang up. Each request is made again until it is answered."""

from __future__ import annotations

from urllib.parse import urljoin
from xml.etree import ElementTree

from bench.drill.doors import Doors, signed
from bench.drill.sayings import Saying
from helpdesk.simulation.place import Place


async def call(place: Place, saying: Saying, doors: Doors) -> bool:
    """The whole call; whether each of its requests was accepted. Twice, it is the same call."""
    line, webhook = place.phone_line, place.webhook(place.phone_line.channel)
    fields = {
        "CallSid": f"CA{saying.reference}",
        "AccountSid": line.account_sid,
        "From": saying.person.address,
        "To": line.number,
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    }
    greeting = await doors.deliver(signed(line, webhook, {**fields, "CallStatus": "ringing"}), "phone")
    if greeting is None:
        return False
    listens = ElementTree.fromstring(greeting).find("Gather")  # noqa: S314 - our own answer
    if listens is not None:
        action = urljoin(webhook, listens.get("action", ""))
        said = {**fields, "CallStatus": "in-progress", "SpeechResult": saying.text, "Confidence": "0.93"}
        if await doors.deliver(signed(line, action, said), "phone") is None:
            return False
    over = {**fields, "CallStatus": "completed", "CallDuration": "9", "SequenceNumber": "2"}
    return await doors.deliver(signed(line, f"{webhook}status/", over), "phone") is not None
