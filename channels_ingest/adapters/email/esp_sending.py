"""One mail through a mail service's API by Anymail's own backend, with the ways it can fail told apart."""

from __future__ import annotations

import json
from collections.abc import Iterable
from email.encoders import encode_base64
from email.message import EmailMessage, MIMEPart
from email.mime.base import MIMEBase
from typing import Any

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from anymail.message import AnymailMessage
from django.core.mail import get_connection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from channels_ingest.adapters.email.charsets import clean_line
from channels_ingest.adapters.email.esp_tracking import DELIVERY_KEY
from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from channels_ingest.adapters.incoming import NamedAddress

# To connect, and then between two pieces of the answer.
TIMEOUT_SECONDS = (5.0, 30.0)
MAX_RETRY_AFTER_SECONDS = 3_600.0
# What Anymail carries in fields of their own, or the service writes itself.
_NOT_HEADERS = {"from", "to", "cc", "subject", "date", "reply-to", "mime-version"}
# A gateway that lost the answer says nothing about whether the mail was taken.
_LOST_ANSWER = {502, 504}


def as_anymail(
    mail: EmailMessage,
    *,
    idempotency_key: str,
    extra_headers: dict[str, str],
    bcc: Iterable[NamedAddress] = (),
) -> AnymailMessage:
    """A composed mail as Anymail takes it: the same headers, bodies and files, and our key in its metadata.

    One mail carries all its readers: these services write To and Cc from the addresses they send to.
    """
    headers = {
        name: str(value)
        for name, value in mail.items()
        if name.lower() not in _NOT_HEADERS and not name.lower().startswith("content-")
    }
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    message = AnymailMessage(
        subject=str(mail["Subject"]),
        body=_text(text),
        from_email=str(mail["From"]),
        to=[str(one) for one in mail["To"].addresses],
        cc=[str(one) for one in mail["Cc"].addresses] if mail["Cc"] else None,
        bcc=[one.address for one in bcc],
        reply_to=[str(mail["Reply-To"])] if mail["Reply-To"] else None,
        headers={**headers, **extra_headers},
        metadata={DELIVERY_KEY: idempotency_key},
    )
    if html is not None:
        message.attach_alternative(_text(html), "text/html")
    for part in mail.walk():
        if not part.is_multipart() and part is not text and part is not html:
            message.attach(_file(part))
    return message


def hand_over(backend: str, message: AnymailMessage, options: dict[str, Any]) -> str:
    """Send by Anymail's backend of that name; the service's id of the mail.

    Raises Anymail's own error where the service refused (``failure`` says what it means), Misconfigured where
    the settings can't be used, and Permanent where the mail can't be written.
    """
    try:
        connection = get_connection(backend, timeout=TIMEOUT_SECONDS, **options)
        connection.open()
        # An API that sends us elsewhere would get the mail and the key there.
        connection.session.max_redirects = 0
        try:
            connection.send_messages([message])
        finally:
            connection.close()
    except AnymailError:
        raise
    except (AnymailConfigurationError, ImportError) as error:
        raise Misconfigured(f"The connection's settings can't be used: {_plain(error)}") from error
    except ValueError as error:
        raise Permanent(f"This mail can't be written: {_plain(error)}") from error
    found = message.anymail_status.message_id
    # Where some of the readers were turned down there is a set, with nothing for those.
    ids = sorted(one for one in ([found] if isinstance(found, str) else found or []) if one)
    return str(ids[0]) if len(ids) == 1 else ""


def refused_by(message: AnymailMessage) -> tuple[tuple[str, str], ...]:
    """Those of several readers whom the service turned down at once; of them it reports nothing later."""
    status = message.anymail_status
    words = {"rejected": "The mail service does not send to this address.", "invalid": "The address is not valid."}
    found = {address: one.status for address, one in status.recipients.items()} if status.recipients else {}
    return tuple((address, words[said]) for address, said in found.items() if said in words)


def failure(error: AnymailError) -> AdapterError:
    """The error that Anymail's stands for. Services add what their own answers mean before they ask here."""
    if isinstance(error, AnymailRecipientsRefused):
        words = said(error.response)
        return Permanent(f"The mail service does not send to this address. {words}".strip(), code="recipient")
    response = error.response
    if response is None:
        is_api = isinstance(error, AnymailAPIError)
        return _no_answer(error) if is_api else Permanent(f"This mail can't be written: {_plain(error)}", code="mail")
    return by_status(response)


def by_status(response: requests.Response) -> AdapterError:
    """What an HTTP status means where the service's own code says nothing better."""
    status, words = response.status_code, said(response)
    text = f"The mail service answered {status}. {words}".strip()
    if status in _LOST_ANSWER:
        return OutcomeUnknown("The mail service's answer was lost.", code=str(status))
    if status < 300:
        return OutcomeUnknown("The mail service's answer can't be read.", code="unreadable_answer")
    if status == 413:
        return Permanent("The mail with its files is larger than the mail service takes.", code=str(status))
    if status in (408, 429) or status >= 500:
        return Transient(text, code=str(status), retry_after_seconds=_retry_after(response))
    if status in (401, 402, 403):
        return Misconfigured(f"The mail service refuses our key or account. {words}".strip(), code=str(status))
    if status == 404 or status < 400:
        return Misconfigured(f"The mail service does not know this address. {words}".strip(), code=str(status))
    return Permanent(text, code=str(status))


def answer_of(response: requests.Response | None) -> dict[str, Any]:
    """The service's answer as an object; an empty one where it is none."""
    try:
        content = json.loads(response.content) if response is not None else {}
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def said(response: requests.Response | None) -> str:
    """The service's own words about what is wrong."""
    content = answer_of(response)
    words = content.get("Message") or content.get("message") or content.get("errors") or ""
    return clean_line(words if isinstance(words, str) else json.dumps(words), max_length=300)


def _no_answer(error: AnymailError) -> AdapterError:
    cause = error.__cause__
    if isinstance(cause, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Misconfigured("The address of the mail service's API is not a valid URL.", code="api_url")
    if isinstance(cause, requests.exceptions.MissingSchema | requests.TooManyRedirects):
        return Misconfigured("The address of the mail service's API leads elsewhere or is no URL.", code="api_url")
    if isinstance(cause, requests.exceptions.SSLError):
        return Misconfigured("The mail service's certificate is not valid for its name.", code="certificate")
    if _was_never_sent(cause):
        return Transient("The mail service can't be reached.", code="connect")
    return OutcomeUnknown("The connection broke before the mail service's answer came.", code="no_answer")


def _was_never_sent(cause: BaseException | None) -> bool:
    """Whether it failed before a single byte of the request had left."""
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    inner = reason.reason if isinstance(reason, MaxRetryError) else reason
    return isinstance(inner, NewConnectionError | ConnectTimeoutError)


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("retry-after", "").strip()
    return min(float(value), MAX_RETRY_AFTER_SECONDS) if value.isdigit() else None


def _text(part: MIMEPart | None) -> str:
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def _file(part: MIMEPart) -> MIMEBase:
    """The file as Anymail reads it: bytes, name, and whether the html shows it."""
    file = MIMEBase(part.get_content_maintype(), part.get_content_subtype())
    content = part.get_payload(decode=True)
    file.set_payload(content if isinstance(content, bytes) else b"")
    encode_base64(file)
    file.add_header("Content-Disposition", part.get_content_disposition() or "attachment", filename=part.get_filename())
    if content_id := str(part["Content-ID"] or ""):
        file.add_header("Content-ID", content_id)
    return file


def _plain(error: BaseException) -> str:
    return clean_line(str(error), max_length=200)
