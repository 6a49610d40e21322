"""Where a demo can be reached, and with which secrets: the contents of ``demo.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TwilioNumber:
    """One number of ours at Twilio, its channel, and what signs its requests."""

    channel: int
    number: str
    account_sid: str
    auth_token: str

    @classmethod
    def of(cls, facts: dict[str, Any]) -> TwilioNumber:
        """From a channel's facts in ``demo.json``."""
        return cls(facts["id"], facts["address"], facts["account_sid"], facts["auth_token"])


@dataclass(frozen=True, slots=True)
class CloudNumber:
    """One number of ours at Meta, its channel, and what signs its notifications."""

    channel: int
    phone_number_id: str
    app_secret: str

    @classmethod
    def of(cls, facts: dict[str, Any]) -> CloudNumber:
        """From a channel's facts in ``demo.json``."""
        return cls(facts["id"], facts["phone_number_id"], facts["app_secret"])


@dataclass(frozen=True, slots=True)
class Place:
    """One running demo."""

    base_url: str
    admin_token: str
    agent_token: str
    chat_key: str
    mail_channel: int
    mail_address: str
    inbound_secret: str
    authserv_id: str
    sms_channel: int
    sms_number: str
    account_sid: str
    auth_token: str
    whatsapp: TwilioNumber
    cloud: CloudNumber
    phone_line: TwilioNumber
    twilio_double: str
    graph_double: str
    mail_double: str

    @classmethod
    def of(cls, facts: dict[str, Any], base_url: str = "") -> Place:
        """From what ``manage.py demo --json`` prints; ``base_url`` where it is reached by another name."""
        channels, doubles = facts["channels"], facts["doubles"]
        return cls(
            base_url=(base_url or facts["base_url"]).rstrip("/"),
            admin_token=facts["admin"]["api_token"],
            agent_token=facts["agents"][0]["api_token"],
            chat_key=channels["chat"]["key"],
            mail_channel=channels["email"]["id"],
            mail_address=channels["email"]["address"],
            inbound_secret=channels["email"]["inbound_secret"],
            authserv_id=channels["email"]["authserv_id"],
            sms_channel=channels["sms"]["id"],
            sms_number=channels["sms"]["address"],
            account_sid=channels["sms"]["account_sid"],
            auth_token=channels["sms"]["auth_token"],
            whatsapp=TwilioNumber.of(channels["whatsapp"]),
            cloud=CloudNumber.of(channels["whatsapp_cloud"]),
            phone_line=TwilioNumber.of(channels["phone"]),
            twilio_double=doubles["twilio"],
            graph_double=doubles["graph"],
            mail_double=doubles["smtp_log"],
        )

    def webhook(self, channel: int) -> str:
        """Where a provider posts for a channel."""
        return f"{self.base_url}/webhooks/{channel}/"

    @property
    def chat_socket(self) -> str:
        """The widget's socket."""
        return f"{self.base_url.replace('http', 'ws', 1)}/ws/widget/{self.chat_key}/"
