"""The shop's desk, its hours and its channels, connected to the doubles."""

from __future__ import annotations

from typing import Any

from channels_ingest.adapters.twilio_whatsapp import TwilioWhatsAppAdapter
from channels_ingest.models import Connection
from conversations.models import Channel, Desk, OpeningHours
from helpdesk.accounts.models import Team
from helpdesk.embedded.doubles import HOST, DoublePorts
from helpdesk.management.demo import kept
from helpdesk.management.demo.kept import Facts
from helpdesk.management.demo.people import DOMAIN

BRAND = "Fernhill Supply"
MAIL = f"help@{DOMAIN}"
# From the range that Ofcom keeps for stories; the knowledge base names the same number.
NUMBER = "+441632960140"
WHATSAPP_NUMBER, SECOND_WHATSAPP_NUMBER = "+441632960141", "+441632960142"
# The demo's channels by the names that its facts know them by: there are two of the kind "whatsapp".
PROVIDERS = {
    "chat": "webchat",
    "email": "email",
    "sms": "twilio_sms",
    "whatsapp": "twilio_whatsapp",
    "whatsapp_cloud": "whatsapp_cloud",
    "phone": "twilio_voice",
}
AUTHSERV_ID = f"mx.{DOMAIN}"
# Of the business account that holds the number's templates at Meta.
BUSINESS_ACCOUNT_ID = "100000000000000"
WORKDAY, SATURDAY = [["09:00", "18:00"]], [["10:00", "14:00"]]
APPEARANCE = {
    "greeting": "Hello! Ask us anything about orders, delivery, returns or your gear.",
    "color": "#2f6f4f",
    "expectation": "We usually answer within 3 minutes.",
    "starters": ["How many days do I have to send something back?", "How long does a refund take?"],
}


def load(known: Facts, ports: DoublePorts) -> Facts:
    """Desk and channels, made where they are missing; the channels' facts by name."""
    desk = _desk()
    before = known.get("channels", {})
    return {
        "chat": _chat(desk),
        "email": _email(desk, before.get("email", {}), ports),
        "sms": _sms(desk, before.get("sms", {}), ports),
        "whatsapp": _whatsapp(desk, before.get("whatsapp", {}), ports),
        "whatsapp_cloud": _whatsapp_cloud(desk, before.get("whatsapp_cloud", {}), ports),
        "phone": _phone(desk, before.get("phone", {}), ports),
    }


def desk() -> Desk:
    """The shop's one desk."""
    return Desk.objects.get(name=BRAND)


def channel(name: str) -> Channel:
    """The shop's channel by its name among the facts."""
    mine = Channel.objects.select_related("desk", "team").filter(desk__name=BRAND)
    return mine.get(connections__provider=PROVIDERS[name], connections__is_active=True)


def channels() -> dict[str, Channel]:
    """All channels of the shop by their names among the facts; a kind's own name is the one that stories use."""
    return {name: channel(name) for name in PROVIDERS}


def _desk() -> Desk:
    weekly = {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKDAY), "sat": SATURDAY, "sun": []}
    holidays: dict[str, list[str]] = {f"{year}-{day}": [] for year in range(2025, 2036) for day in ("12-25", "12-26")}
    hours, _ = OpeningHours.objects.get_or_create(
        name="Customer care", defaults={"timezone": "UTC", "weekly": weekly, "holidays": holidays}
    )
    is_first = not Desk.objects.filter(is_default=True).exists()
    desk, is_new = Desk.objects.get_or_create(
        name=BRAND, defaults={"brand": BRAND, "is_default": is_first, "opening_hours": hours}
    )
    if is_new:
        desk.teams.set(Team.objects.all())
    return desk


def _chat(desk: Desk) -> Facts:
    row = _channel(desk, "chat", "Chat on fernhill.example", "", "Support", appearance=APPEARANCE)
    _connect(row, "webchat", {}, {})
    return {"id": row.pk, "key": row.key}


def _email(desk: Desk, known: Facts, ports: DoublePorts) -> Facts:
    row = _channel(desk, "email", "Help mailbox", MAIL, "Support")
    secret = known.get("inbound_secret") or kept.new_secret()
    settings = {
        "smtp_host": HOST,
        "smtp_port": ports.smtp,
        "smtp_security": "none",
        "authserv_id": AUTHSERV_ID,
    }
    _connect(row, "email", {"inbound_secret": secret}, settings)
    return {"id": row.pk, "address": MAIL, "inbound_secret": secret, "authserv_id": AUTHSERV_ID}


def _sms(desk: Desk, known: Facts, ports: DoublePorts) -> Facts:
    row = _channel(desk, "sms", "Texts", NUMBER, "Deliveries")
    account_sid = known.get("account_sid") or "AC" + kept.new_hex()
    auth_token = known.get("auth_token") or kept.new_hex()
    credentials = {"account_sid": account_sid, "auth_token": auth_token}
    _connect(row, "twilio_sms", credentials, {"base_url": ports.twilio_url, "pricing_url": ports.twilio_url})
    return {"id": row.pk, "address": NUMBER, "account_sid": account_sid, "auth_token": auth_token}


def _whatsapp(desk: Desk, known: Facts, ports: DoublePorts) -> Facts:
    largest = TwilioWhatsAppAdapter.max_files_bytes
    row = _channel(desk, "whatsapp", "WhatsApp", WHATSAPP_NUMBER, "Support", max_files_bytes=largest)
    account_sid = known.get("account_sid") or "AC" + kept.new_hex()
    auth_token = known.get("auth_token") or kept.new_hex()
    credentials = {"account_sid": account_sid, "auth_token": auth_token}
    settings = {"base_url": ports.twilio_url, "content_url": ports.twilio_url}
    _connect(row, PROVIDERS["whatsapp"], credentials, settings)
    return {"id": row.pk, "address": WHATSAPP_NUMBER, **credentials}


def _whatsapp_cloud(desk: Desk, known: Facts, ports: DoublePorts) -> Facts:
    row = _channel(desk, "whatsapp", "WhatsApp, orders", SECOND_WHATSAPP_NUMBER, "Support")
    phone_number_id = known.get("phone_number_id") or kept.new_digits()
    credentials = {name: known.get(name) or kept.new_hex() for name in ("app_secret", "verify_token", "access_token")}
    settings = {
        "phone_number_id": phone_number_id,
        "base_url": ports.graph_url,
        "business_account_id": BUSINESS_ACCOUNT_ID,
    }
    _connect(row, PROVIDERS["whatsapp_cloud"], credentials, settings)
    return {"id": row.pk, "address": SECOND_WHATSAPP_NUMBER, "phone_number_id": phone_number_id, **credentials}


def _phone(desk: Desk, known: Facts, ports: DoublePorts) -> Facts:
    row = _channel(desk, "phone", "Phone line", NUMBER, "Support")
    account_sid = known.get("account_sid") or "AC" + kept.new_hex()
    auth_token = known.get("auth_token") or kept.new_hex()
    credentials = {"account_sid": account_sid, "auth_token": auth_token}
    _connect(row, PROVIDERS["phone"], credentials, {"base_url": ports.twilio_url})
    return {"id": row.pk, "address": NUMBER, **credentials}


def _channel(desk: Desk, kind: str, name: str, address: str, team: str, **more: Any) -> Channel:
    defaults = {"name": name, "team": Team.objects.get(name=team), **more}
    row, _ = Channel.objects.get_or_create(desk=desk, kind=kind, address=address, defaults=defaults)
    return row


def _connect(channel: Channel, provider: str, credentials: Facts, settings: Facts) -> None:
    """One active connection that points where the doubles of this data directory listen."""
    Connection.objects.update_or_create(
        channel=channel, provider=provider, is_active=True, defaults={"credentials": credentials, "settings": settings}
    )
