"""Meta's Graph API over HTTP, and what each answer means for whoever asked."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from channels_ingest.adapters.http import retry_after_seconds, tls_context
from channels_ingest.adapters.whatsapp_cloud_errors import explain
from channels_ingest.adapters.whatsapp_cloud_json import Json, an_object, text

DEFAULT_BASE_URL = "https://graph.facebook.com"
DEFAULT_VERSION = "v23.0"
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
UPLOAD_SECONDS = 60.0
# A gateway that lost the answer says nothing about whether the message was taken.
_LOST_ANSWER = frozenset({502, 504})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
UNKNOWN_OBJECT_SUBCODE = "33"
_INVALID_PARAMETER = "100"


class GraphApi:
    """One access token. ``base_url`` may be a proxy's or a double's."""

    def __init__(self, token: str, base_url: str, version: str, *, read_seconds: float = READ_SECONDS) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        self._prefix = f"{self.base_url}/{version.strip('/')}"
        self._read_seconds = read_seconds

    def send(self, phone_number_id: str, message: Json) -> Json:
        """Send. Raises OutcomeUnknown where Meta may have taken the message without saying so."""
        response = self._request("POST", f"{phone_number_id}/messages", json=message)
        if response.status_code in _LOST_ANSWER and not _refusal(response)[0]:
            raise OutcomeUnknown(f"Meta's answer was lost (HTTP {response.status_code}).", code="lost_answer")
        return _content(response, OutcomeUnknown)

    def upload(self, phone_number_id: str, name: str, content_type: str, content: bytes) -> str:
        """Keep a file at Meta for a message to come; its id. Nothing is sent by this."""
        form = {"messaging_product": "whatsapp", "type": content_type}
        files = {"file": (name, content, content_type)}
        try:
            response = self._request("POST", f"{phone_number_id}/media", form=form, files=files)
        except OutcomeUnknown as error:
            raise Transient("The file could not be handed to Meta.", code=error.code) from error
        if _refusal(response)[0] == _INVALID_PARAMETER and _refusal(response)[1] != UNKNOWN_OBJECT_SUBCODE:
            raise Permanent(f"WhatsApp does not take this type of file ({content_type}).", code="file_type")
        media_id = text(_content(response, Transient).get("id"), 200)
        if not media_id:
            raise Transient("Meta took the file without naming it.", code="no_media_id")
        return media_id

    def get(self, resource: str, params: Mapping[str, str] | None = None) -> Json:
        """One object by its id, or a list below one."""
        try:
            response = self._request("GET", resource, params=params)
        except OutcomeUnknown as error:
            raise Transient("Meta did not answer in time.", code=error.code) from error
        return _content(response, Transient)

    def _request(
        self,
        method: str,
        path: str,
        *,
        json: Json | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        timeout = httpx.Timeout(self._read_seconds, connect=CONNECT_SECONDS, write=UPLOAD_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}"}
        # A connection per request: on a kept one that the far side just closed, nobody could tell
        # whether a message was taken.
        try:
            with httpx.Client(timeout=timeout, verify=tls_context()) as client:
                return client.request(
                    method, f"{self._prefix}/{path}", json=json, data=form, files=files, params=params, headers=headers
                )
        except _NOT_SENT as error:
            raise Transient("Meta can't be reached.", code="connect") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise Misconfigured(
                "The address of Meta's API or the access token is not valid.", code="base_url"
            ) from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown("The connection to Meta broke before its answer came.", code="no_answer") from error


def failure(response: httpx.Response) -> AdapterError:
    """The error that a refusal stands for."""
    code, subcode, message = _refusal(response)
    status, wait = response.status_code, retry_after_seconds(response)
    if code == "100" and subcode == UNKNOWN_OBJECT_SUBCODE:
        code = UNKNOWN_OBJECT_SUBCODE
    meaning = explain(code, message)
    if meaning.is_retryable or status == httpx.codes.TOO_MANY_REQUESTS:
        words = meaning.text if meaning.is_retryable else explain("4").text
        return Transient(words, code=code or str(status), retry_after_seconds=wait)
    if meaning.is_configuration or (not code and status in {401, 403}):
        return Misconfigured(meaning.text if code else explain("0").text, code=code or str(status))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        words = f"Meta has a fault of its own (HTTP {status})."
        return Transient(words, code=code or str(status), retry_after_seconds=wait)
    if response.is_redirect:
        return Misconfigured("The address of Meta's API leads elsewhere. Check the base URL.", code="redirect")
    return Permanent(
        meaning.text,
        code=code or str(status),
        is_opt_out=meaning.is_opt_out,
        only_marketing=meaning.only_marketing,
        wants_template=meaning.wants_template,
        address_health=meaning.address_health,
    )


def _content(response: httpx.Response, when_unreadable: type[Transient] | type[OutcomeUnknown]) -> Json:
    if not response.is_success:
        raise failure(response)
    try:
        content = response.json()
    except ValueError as error:
        raise when_unreadable("Meta's answer can't be read.", code="unreadable_answer") from error
    return an_object(content)


def _refusal(response: httpx.Response) -> tuple[str, str, str]:
    """Code, subcode and Meta's own words."""
    try:
        error = an_object(an_object(response.json()).get("error"))
    except ValueError:
        return "", "", ""
    details = text(an_object(error.get("error_data")).get("details"), 300)
    return (
        text(error.get("code"), 20),
        text(error.get("error_subcode"), 20),
        details or text(error.get("message"), 300),
    )
