"""Postmark's API as far as a help desk uses it: send, search, and how the server is set up."""

from __future__ import annotations

import base64
from email.utils import parseaddr
from typing import Any

from doubles.esp_store import Account, EspStore, SentMail, new_id
from doubles.http import Request, Response

# With everything in it, files in base64.
MAX_BYTES = 10 * 1024 * 1024


def answer(request: Request, store: EspStore) -> tuple[Response, SentMail | None] | None:
    """The answer, and the mail it took; None for an address that Postmark doesn't have."""
    routes = {
        ("POST", "/email"): _send,
        ("GET", "/messages/outbound"): _search,
        ("GET", "/server"): _server,
        ("GET", "/webhooks"): _webhooks,
    }
    route = routes.get((request.method, request.path))
    if route is None:
        return None
    account = store.account("postmark", request.headers.get("x-postmark-server-token", ""))
    if account is None:
        return _error(
            10, "The Server Token you provided in the X-Postmark-Server-Token request header was invalid.", 401
        )
    return route(request, store, account)


def _send(request: Request, store: EspStore, account: Account) -> tuple[Response, SentMail | None]:
    if len(request.body) > MAX_BYTES:
        return Response(413, b"Payload Too Large", "text/plain"), None
    wanted = request.json()
    to, sender = str(wanted.get("To", "")), str(wanted.get("From", ""))
    if "@" not in parseaddr(to)[1]:
        return _error(300, f"Invalid 'To' address: '{to}'.", 422)
    if account.domain and not parseaddr(sender)[1].endswith("@" + account.domain):
        return _error(400, "The 'From' address you supplied is not a Sender Signature on your account.", 422)
    given = [(str(one["Name"]), str(one["Value"])) for one in wanted.get("Headers", [])]
    headers = {name.lower(): value for name, value in given}
    identity = new_id()
    keeps = headers.get("x-pm-keepid", "").lower() == "true"
    mail = SentMail(
        service="postmark",
        id=identity,
        message_id=headers.get("message-id", "") if keeps else f"<{identity}@mtasv.net>",
        sender=sender,
        to=to,
        cc=str(wanted.get("Cc", "")),
        bcc=str(wanted.get("Bcc", "")),
        subject=str(wanted.get("Subject", "")),
        text=str(wanted.get("TextBody", "")),
        html=str(wanted.get("HtmlBody", "")),
        reply_to=str(wanted.get("ReplyTo", "")),
        headers=given,
        metadata={str(name): str(value) for name, value in wanted.get("Metadata", {}).items()},
        attachments=[_attachment(one) for one in wanted.get("Attachments", [])],
    )
    content = {"To": to, "SubmittedAt": mail.at.isoformat(), "MessageID": identity, "ErrorCode": 0, "Message": "OK"}
    return Response.of(content), mail


def _search(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    if "count" not in request.params or "offset" not in request.params:
        return Response.of({"ErrorCode": 600, "Message": "count and offset are required"}, 422), None
    wanted = {name[9:]: values[0] for name, values in request.params.items() if name.startswith("metadata_")}
    found = [mail for mail in store.mails if mail.service == "postmark" and wanted.items() <= mail.metadata.items()]
    rows = [
        {
            "MessageID": mail.id,
            "To": [{"Email": parseaddr(mail.to)[1], "Name": None}],
            "From": mail.sender,
            "Subject": mail.subject,
            "Status": "Sent",
            "ReceivedAt": mail.at.isoformat(),
            "Metadata": mail.metadata,
        }
        for mail in ([] if store.behaviour.is_search_behind else found)
    ]
    return Response.of({"TotalCount": len(rows), "Messages": rows}), None


def _server(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    content = {"ID": 23, "Name": "Shop", "InboundHookUrl": account.inbound_url, "RawEmailEnabled": account.is_raw}
    return Response.of(content), None


def _webhooks(request: Request, store: EspStore, account: Account) -> tuple[Response, None]:
    hooks = [{"ID": 1, "Url": account.tracking_url, "MessageStream": "outbound"}] if account.tracking_url else []
    return Response.of({"Webhooks": hooks}), None


def _attachment(one: dict[str, Any]) -> dict[str, object]:
    content = base64.b64decode(str(one.get("Content", "")))
    return {
        "name": one.get("Name", ""),
        "content_type": one.get("ContentType", ""),
        "size": len(content),
        "content_id": str(one.get("ContentID", "")).removeprefix("cid:"),
    }


def _error(code: int, message: str, status: int) -> tuple[Response, None]:
    return Response.of({"ErrorCode": code, "Message": message}, status), None
