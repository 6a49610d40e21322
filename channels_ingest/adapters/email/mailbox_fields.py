"""What an admin enters to connect a mailbox, and the same read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from channels_ingest.adapters.connection_fields import ConnectionField
from channels_ingest.adapters.email.adapter import EmailAdapter

DEFAULT_FOLDER = "INBOX"
MAX_FOLDERS = 20
POLL_SECONDS, LEAST_POLL_SECONDS, MOST_POLL_SECONDS = 60, 10, 3600

_IMAP = (
    ConnectionField("imap_host", "IMAP server", "Where the mailbox is, such as imap.example.com.", is_required=True),
    ConnectionField("imap_port", "IMAP port", "Empty: 993 with TLS, else 143.", form="number"),
    ConnectionField(
        "imap_security",
        "IMAP encryption",
        form="choice",
        choices=(("tls", "TLS"), ("starttls", "STARTTLS"), ("none", "None")),
        default="tls",
    ),
    ConnectionField(
        "imap_login",
        "How to log in",
        "Google and Microsoft take no passwords from programs any more: choose them and fill in OAuth below.",
        form="choice",
        choices=(("password", "User and password"), ("google", "Google (OAuth)"), ("microsoft", "Microsoft (OAuth)")),
        default="password",
    ),
    ConnectionField("imap_user", "Mailbox user", "Often the whole mail address.", is_required=True, is_credential=True),
    ConnectionField("imap_password", "Mailbox password", is_credential=True, is_secret=True),
    ConnectionField("oauth_client_id", "OAuth client id", is_credential=True),
    ConnectionField("oauth_client_secret", "OAuth client secret", is_credential=True, is_secret=True),
    ConnectionField(
        "oauth_refresh_token",
        "OAuth refresh token",
        "Given when somebody allowed access to the mailbox, for reading by IMAP and sending by SMTP.",
        is_credential=True,
        is_secret=True,
    ),
    ConnectionField(
        "imap_folders", "Folders to read", "One a line, as the server names them. Empty: INBOX.", form="lines"
    ),
    ConnectionField(
        "imap_since",
        "Bring in mail from",
        "Older mail is shown as history and answered by nobody. Empty: only what comes from now on.",
        form="date",
    ),
)
_SMTP_AND_SENDERS = tuple(one for one in EmailAdapter.fields if one.name != "inbound_secret")
_RARELY = (
    ConnectionField(
        "marks_seen",
        "Mark fetched mail as read",
        "Else no other mail program sees that we were there.",
        form="flag",
        is_advanced=True,
    ),
    ConnectionField(
        "poll_seconds",
        "Look for mail every (seconds)",
        "Empty: 60. Servers that can say when mail comes are heard beside that.",
        form="number",
        is_advanced=True,
    ),
    ConnectionField(
        "oauth_token_url",
        "OAuth token address",
        "Empty: the service's own; Microsoft's with your tenant if it needs one.",
        form="url",
        is_advanced=True,
    ),
)
FIELDS: tuple[ConnectionField, ...] = (*_IMAP, *_SMTP_AND_SENDERS, *_RARELY)


def folders(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The folders to read, each once."""
    given = settings.get("imap_folders") or [DEFAULT_FOLDER]
    names = (str(one).strip() for one in given)
    usable = (one for one in names if one and one.isprintable() and len(one) <= 200)
    # INBOX is the one name whose case counts for nothing (RFC 3501, 5.1).
    same_case = (DEFAULT_FOLDER if one.upper() == DEFAULT_FOLDER else one for one in usable)
    return tuple(dict.fromkeys(same_case))[:MAX_FOLDERS]


def since(settings: Mapping[str, Any]) -> date | None:
    """The day from which older mail is brought in."""
    try:
        return date.fromisoformat(str(settings.get("imap_since") or ""))
    except ValueError:
        return None


def poll_seconds(settings: Mapping[str, Any]) -> int:
    """How often to look."""
    try:
        wanted = int(settings.get("poll_seconds") or POLL_SECONDS)
    except (TypeError, ValueError):
        wanted = POLL_SECONDS
    return min(max(wanted, LEAST_POLL_SECONDS), MOST_POLL_SECONDS)
