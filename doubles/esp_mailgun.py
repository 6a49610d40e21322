"""Mailgun's API as far as a help desk uses it: send, search events, and how the domain is set up."""

from __future__ import annotations

import base64
import re
import secrets
from email import message_from_bytes
from email.policy import default as modern
from email.utils import parseaddr

from doubles.esp_store import Account, EspStore, SentMail
from doubles.http import Request, Response

MAX_BYTES = 25 * 1024 * 1024
_ROUTES = (
    ("POST", re.compile(r"/v3/(?P<domain>[^/]+)/messages"), "_send"),
    ("GET", re.compile(r"/v3/(?P<domain>[^/]+)/events"), "_events"),
    ("GET", re.compile(r"/v3/domains/(?P<domain>[^/]+)"), "_domain"),
    ("GET", re.compile(r"/v3/domains/(?P<domain>[^/]+)/webhooks"), "_webhooks"),
    ("GET", re.compile(r"/v3/routes"), "_routes"),
)


def answer(request: Request, store: EspStore) -> tuple[Response, SentMail | None] | None:
    """The answer, and the mail it took; None for an address that Mailgun doesn't have."""
    for method, path, name in _ROUTES:
        found = path.fullmatch(request.path)
        if found and request.method == method:
            return _authorised(request, store, found.groupdict().get("domain", ""), name)
    return None


def _authorised(request: Request, store: EspStore, domain: str, name: str) -> tuple[Response, SentMail | None]:
    account = store.account("mailgun", _key(request))
    if account is None:
        return Response(401, b"Forbidden", "text/plain"), None
    if domain and domain != account.domain:
        return Response.of({"message": "Domain not found: " + domain}, 404), None
    handlers = {"_send": _send, "_events": _events, "_domain": _domain, "_webhooks": _webhooks, "_routes": _routes}
    return handlers[name](request, store, account)


def _key(request: Request) -> str:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, key = base64.b64decode(shown).decode().partition(":")
    except ValueError:
        return ""
    return key if scheme.lower() == "basic" and user == "api" else ""


def _send(request: Request, store: EspStore, account: Account) -> tuple[Response, SentMail | None]:
    if len(request.body) > MAX_BYTES:
        return Response.of({"message": "Request Entity Too Large"}, 413), None
    fields, files = _form(request)
    if "@" not in parseaddr(fields.get("to", ""))[1]:
        return Response.of({"message": "'to' parameter is not a valid address. please check documentation"}, 400), None
    headers = [(name[2:], value) for name, value in fields.items() if name.startswith("h:")]
    given = {name.lower(): value for name, value in headers}
    identity = given.get("message-id") or f"<{secrets.token_hex(8)}@{account.domain}>"
    mail = SentMail(
        service="mailgun",
        id=identity,
        message_id=identity,
        sender=fields.get("from", ""),
        to=fields["to"],
        cc=fields.get("cc", ""),
        bcc=fields.get("bcc", ""),
        subject=fields.get("subject", ""),
        text=fields.get("text", ""),
        html=fields.get("html", ""),
        reply_to=given.get("reply-to", ""),
        headers=headers,
        metadata={name[2:]: value for name, value in fields.items() if name.startswith("v:")},
        attachments=files,
    )
    return Response.of({"id": identity, "message": "Queued. Thank you."}), mail


def _events(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    wanted = request.params.get("message-id", [""])[0]
    found = [
        {
            "event": "accepted",
            "id": secrets.token_urlsafe(16),
            "timestamp": mail.at.timestamp(),
            "recipient": parseaddr(mail.to)[1],
            "user-variables": mail.metadata,
            "message": {"headers": {"message-id": mail.message_id.strip("<>"), "to": mail.to}},
        }
        for mail in store.mails
        if mail.service == "mailgun" and wanted in ("", mail.message_id.strip("<>"))
    ]
    items = [] if store.behaviour.is_search_behind else found
    return Response.of({"items": items, "paging": {}}), None


def _domain(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    state = "active" if account.is_active else "unverified"
    return Response.of({"domain": {"name": account.domain, "state": state}}), None


def _webhooks(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    urls = {"urls": [account.tracking_url]} if account.tracking_url else None
    return Response.of({"webhooks": {"delivered": urls, "permanent_fail": urls} if urls else {}}), None


def _routes(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    actions = [f'forward("{account.inbound_url}")', "stop()"] if account.inbound_url else []
    items = [{"id": "1", "expression": "catch_all()", "actions": actions}] if actions else []
    return Response.of({"total_count": len(items), "items": items}), None


# These fields may come several times.
_LISTS = ("to", "cc", "bcc")


def _form(request: Request) -> tuple[dict[str, str], list[dict[str, object]]]:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return {name: ", ".join(values) if name in _LISTS else values[-1] for name, values in request.form.items()}, []
    fields: dict[str, str] = {}
    files: list[dict[str, object]] = []
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body, policy=modern)
    for part in form.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        if name in ("attachment", "inline"):
            file_name = part.get_filename() or ""
            content_id = file_name if name == "inline" else ""
            kinds = {"name": file_name, "content_type": part.get_content_type(), "size": len(data)}
            files.append({**kinds, "content_id": content_id})
        else:
            value = data.decode("utf-8", "replace")
            fields[name] = f"{fields[name]}, {value}" if name in _LISTS and name in fields else value
    return fields, files
