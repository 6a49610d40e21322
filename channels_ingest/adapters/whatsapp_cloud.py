"""WhatsApp by Meta's Cloud API. One app, and so one callback address, may serve several numbers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qs

from django.conf import settings

from channels_ingest.adapters import whatsapp_cloud_check, whatsapp_cloud_reading, whatsapp_cloud_templates
from channels_ingest.adapters.base import ChannelAdapter
from channels_ingest.adapters.connection_fields import CheckResult, ConnectionField, Door
from channels_ingest.adapters.failures import InvalidSignature, Misconfigured, OutcomeUnknown, Permanent
from channels_ingest.adapters.incoming import Answer, Ignored, InboundAttachment, InboundItem, RawRequest
from channels_ingest.adapters.outgoing import OutboundAttachment, OutboundMessage, SendResult
from channels_ingest.adapters.whatsapp_cloud_api import DEFAULT_BASE_URL, DEFAULT_VERSION, READ_SECONDS, GraphApi
from channels_ingest.adapters.whatsapp_cloud_json import Json, objects, text
from channels_ingest.adapters.whatsapp_cloud_media import fetch_media
from channels_ingest.adapters.whatsapp_people import is_user_id
from conversations.templates import ListedTemplate

MAX_CAPTION_CHARACTERS = 1024
MAX_CHALLENGE_CHARACTERS = 200
_SHOWN_AS = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "sticker",
    "video/mp4": "video",
    "video/3gpp": "video",
    "audio/aac": "audio",
    "audio/amr": "audio",
    "audio/mp4": "audio",
    "audio/mpeg": "audio",
    "audio/ogg": "audio",
}
_WITHOUT_CAPTION = frozenset({"audio", "sticker"})


class WhatsAppCloudAdapter(ChannelAdapter):
    """Credentials: app_secret, access_token, verify_token, and previous_app_secret while it is being changed.

    Settings: phone_number_id, business_account_id, base_url, api_version, read_timeout_seconds.
    """

    provider: ClassVar[str] = "whatsapp_cloud"
    channel_kind: ClassVar[str] = "whatsapp"
    label: ClassVar[str] = "WhatsApp (Meta Cloud API)"
    has_templates: ClassVar[bool] = True
    beforehand: ClassVar[str] = "A Meta app with WhatsApp: phone number ID, a system user's token, the app secret."
    fields: ClassVar[tuple[ConnectionField, ...]] = (
        ConnectionField(
            "phone_number_id",
            "Phone number ID",
            "In the WhatsApp manager under API setup. It is not the telephone number itself.",
            is_required=True,
        ),
        ConnectionField(
            "access_token",
            "Access token",
            "A lasting token of a system user with the permissions whatsapp_business_messaging and _management.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        ConnectionField(
            "app_secret",
            "App secret",
            "In the app's settings under Basic. Meta signs its requests with it.",
            is_required=True,
            is_credential=True,
            is_secret=True,
        ),
        ConnectionField(
            "verify_token",
            "Verify token",
            "Any words of yours. Enter the same beside the callback URL at Meta.",
            is_credential=True,
            is_secret=True,
            is_generated=True,
        ),
        ConnectionField(
            "business_account_id",
            "WhatsApp business account ID",
            "In the WhatsApp manager under API setup. Templates are listed by it; without it none can be sent.",
        ),
        ConnectionField(
            "previous_app_secret",
            "Previous app secret",
            "While you change the secret: requests signed with the old one count too.",
            is_credential=True,
            is_secret=True,
            is_advanced=True,
        ),
        ConnectionField(
            "api_version",
            "API version",
            "Of Meta's Graph API.",
            default=DEFAULT_VERSION,
            is_advanced=True,
        ),
        ConnectionField(
            "base_url",
            "API address",
            "Where Meta is reached through a proxy of yours.",
            form="url",
            default=DEFAULT_BASE_URL,
            is_advanced=True,
        ),
    )

    @property
    def account(self) -> str:
        """The phone number id."""
        return str(self.connection.settings.get("phone_number_id") or "")

    # --- In

    def verify(self, request: RawRequest) -> None:
        """The handshake (GET) knows our verify token; all else is signed over its raw body."""
        if request.method.upper() == "GET":
            self._verify_handshake(request)
            return
        presented = request.header("x-hub-signature-256").strip().encode("utf-8", "replace")
        if not presented:
            raise InvalidSignature("The request has no X-Hub-Signature-256 header.", code="unsigned")
        secrets = [one for one in (self._credential("app_secret"), self._credential("previous_app_secret")) if one]
        if not secrets:
            raise InvalidSignature("The connection has no app secret to check signatures with.", code="no_secret")
        matches = [hmac.compare_digest(signature(secret, request.body).encode(), presented) for secret in secrets]
        if not any(matches):
            raise InvalidSignature("The signature does not fit. Check the app secret.", code="bad_signature")

    def parse(self, request: RawRequest) -> list[InboundItem]:
        """Messages and statuses, several of each and of several numbers."""
        if request.method.upper() == "GET":
            return [Ignored("Meta checked that this address is ours")]
        return whatsapp_cloud_reading.read(request.body, account=self.account)

    def answer(self, request: RawRequest) -> Answer:
        """The handshake wants its challenge back; a notification only a 200."""
        if request.method.upper() == "GET":
            challenge = _query(request, "hub.challenge")[:MAX_CHALLENGE_CHARACTERS]
            return Answer(content_type="text/plain", body=challenge)
        return Answer()

    def fetch(self, attachment: InboundAttachment) -> InboundAttachment:
        """The file from Meta; its name and type follow what the bytes are."""
        return fetch_media(attachment, self._api(), self.account)

    # --- Out

    def send(self, message: OutboundMessage) -> SendResult:
        """Hand over one message. Our key comes back with every status of it."""
        if len(message.attachments) > 1:
            raise Permanent("WhatsApp carries one file a message.", code="too_many_files")
        api = self._api()
        if message.template:
            content = whatsapp_cloud_templates.content(message.template)
        else:
            content = self._file(api, message) if message.attachments else _text(message)
        answer = api.send(
            self.account,
            {
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                **_recipient(message.to_address),
                **content,
                "biz_opaque_callback_data": message.idempotency_key,
            },
        )
        message_id = text(next(iter(objects(answer.get("messages"))), {}).get("id"), 500)
        if not message_id:
            raise OutcomeUnknown("Meta took the message without naming it.", code="no_message_id")
        return SendResult(message_id, state="sending")

    def find_sent(self, message: OutboundMessage) -> SendResult | None:
        """Meta can't be asked. Its next status of the message carries our key and tells."""
        raise OutcomeUnknown(
            "Meta can't be asked what became of a message. Its next status will tell.", code="no_lookup"
        )

    @property
    def template_account(self) -> str:
        """The WhatsApp business account, which several numbers may share."""
        return str(self.connection.settings.get("business_account_id") or "")

    def list_templates(self) -> list[ListedTemplate]:
        """The business account's templates."""
        if not self.template_account:
            raise Misconfigured(
                "Templates can't be listed: the connection has no WhatsApp business account ID.",
                code="no_business_account",
            )
        return whatsapp_cloud_templates.list_all(self._api(), self.template_account)

    def doors(self, public_urls: list[str]) -> Iterator[Door]:
        """One address for everything; Meta asks for the verify token beside it."""
        for url in public_urls:
            address = f"{url}/webhooks/{self.connection.channel_id}/"
            yield Door("Callback URL", address, "At Meta under WhatsApp, Configuration, beside the verify token.")

    def check(self) -> Iterator[CheckResult]:
        """The token, our number, and where Meta posts its messages."""
        channel = self.connection.channel
        return whatsapp_cloud_check.check(
            self._api(),
            phone_number_id=self.account,
            number=channel.address,
            business_account_id=self.template_account,
            webhook_url=f"{settings.PUBLIC_URL}/webhooks/{channel.pk}/",
        )

    def _verify_handshake(self, request: RawRequest) -> None:
        wanted, presented = self._credential("verify_token"), _query(request, "hub.verify_token")
        is_right = hmac.compare_digest(wanted.encode(), presented.encode("utf-8", "replace"))
        if _query(request, "hub.mode") != "subscribe" or not wanted or not is_right:
            raise InvalidSignature("The verify token is not the one of this channel.", code="verify_token")

    def _file(self, api: GraphApi, message: OutboundMessage) -> Json:
        file = message.attachments[0]
        if len(message.text) > MAX_CAPTION_CHARACTERS:
            raise Permanent("With a file, WhatsApp takes at most 1,024 characters.", code="caption_too_long")
        kind = _shown_as(file, has_text=bool(message.text))
        media: Json = {"id": api.upload(self.account, file.name, file.content_type, file.content)}
        if message.text:
            media["caption"] = message.text
        if kind == "document":
            media["filename"] = file.name
        return {"type": kind, kind: media}

    def _api(self) -> GraphApi:
        setting = self.connection.settings.get
        return GraphApi(
            self._credential("access_token"),
            str(setting("base_url") or DEFAULT_BASE_URL),
            str(setting("api_version") or DEFAULT_VERSION),
            read_seconds=float(setting("read_timeout_seconds") or READ_SECONDS),
        )

    def _credential(self, name: str) -> str:
        return str(self.connection.credentials.get(name) or "")


def signature(secret: str, body: bytes) -> str:
    """What Meta puts into X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _text(message: OutboundMessage) -> Json:
    return {"type": "text", "text": {"body": message.text, "preview_url": False}}


def _recipient(address: str) -> Json:
    """A business-scoped id, or a number's digits. Never both: Meta would take the number."""
    if is_user_id(address):
        return {"recipient": address}
    return {"to": "".join(character for character in address if character.isascii() and character.isdigit())}


def _shown_as(file: OutboundAttachment, *, has_text: bool) -> str:
    kind = _SHOWN_AS.get(file.content_type.partition(";")[0].strip().lower(), "document")
    return "document" if has_text and kind in _WITHOUT_CAPTION else kind


def _query(request: RawRequest, name: str) -> str:
    try:
        return parse_qs(request.query, keep_blank_values=True, max_num_fields=50).get(name, [""])[0]
    except ValueError:
        return ""
