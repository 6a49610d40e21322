"""Whether a message may leave now: asked at the one place where sending happens, at the moment of sending.

What was allowed when a message was written may not be any more: the window closed, somebody wrote STOP, a template
was paused. And what nobody asked for waits through the night.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from conversations import opening_hours, reply_window, templates
from conversations.models import Channel, Delivery, Desk, Message, MessageTemplate
from customers.actions import consent, health

# So long after the customer's own message an automatic word still belongs to the exchange.
EXCHANGE_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message does not leave, in a sentence."""

    code: str
    text: str
    # A template may go instead, if an agent wants it.
    wants_template: bool = False


def refusal(delivery: Delivery) -> Refusal | None:
    """What forbids sending now; None where nothing does. A code is asked for by the person herself."""
    identity, channel = delivery.identity, delivery.channel
    if identity is None:
        return None
    template = MessageTemplate.objects.filter(pk=delivery.message.template_id or 0).first()
    if delivery.secret is None:
        is_marketing = template is not None and template.is_marketing
        stopped = consent.why_stopped(identity, channel.kind, for_marketing=is_marketing)
        if stopped:
            return Refusal("opted_out", f"{stopped}.")
        ill = health.of(identity, channel.kind)
        is_by_person = delivery.message.author_kind == Message.AuthorKind.AGENT
        if ill and ill.state != health.State.DOUBTFUL and not is_by_person:
            return Refusal("address_dead", f"{health.sentence(ill)}.")
    if delivery.message.template_values or template is not None:
        return _unfit(delivery.message, template)
    why = reply_window.why_closed(channel, identity)
    return Refusal("window_closed", f"{why}.", wants_template=channel.abilities.has_templates) if why else None


def _unfit(message: Message, template: MessageTemplate | None) -> Refusal | None:
    if template is None:
        return Refusal("template_gone", "The template is no longer there.", wants_template=True)
    try:
        filled = templates.fill(template, message.template_values)
    except templates.Unfit as error:
        return Refusal("template_unfit", str(error), wants_template=True)
    if filled.text != message.text:
        words = "The template was changed at the provider after this was written: look at its new words first."
        return Refusal("template_changed", words, wants_template=True)
    return None


def held_until(delivery: Delivery) -> datetime | None:
    """When the channel's quiet hours end for a message that waits for it; None where it goes at once."""
    now = timezone.now()
    ends = quiet_until(delivery.channel, now)
    return ends if ends and delivery.secret is None and not _is_asked_for(delivery, now) else None


def quiet_until(channel: Channel, now: datetime) -> datetime | None:
    """When the quiet hours end in which ``now`` lies, in the desk's time; None outside them."""
    begins, ends = channel.quiet_from, channel.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    zone = zone_of(channel.desk)
    local = now.astimezone(zone)
    if not _is_between(local.time(), begins, ends):
        return None
    day = local.date() + timedelta(days=int(local.time() >= ends))
    return datetime.combine(day, ends, zone)


def zone_of(desk: Desk) -> ZoneInfo:
    """The time zone of a desk's clock."""
    hours = opening_hours.of_desk(desk)
    return ZoneInfo(hours.timezone if hours else settings.TIME_ZONE)


def _is_between(clock: time, begins: time, ends: time) -> bool:
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def _is_asked_for(delivery: Delivery, now: datetime) -> bool:
    """An agent's own words always are, unless they advertise; an automatic word is while somebody is there."""
    message = delivery.message
    if message.template is not None and message.template.is_marketing:
        return False
    is_by_person = Message.AuthorKind.AGENT
    if message.author_kind == is_by_person or message.carried.filter(author_kind=is_by_person).exists():
        return True
    said = Message.objects.filter(identity=delivery.identity, channel=delivery.channel, is_automatic=False)
    return said.filter(direction=Message.Direction.INBOUND, created_at__gt=now - EXCHANGE_LASTS).exists()
