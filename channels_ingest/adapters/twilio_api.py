"""Twilio's REST API over HTTP, and what each answer means for whoever asked."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from channels_ingest.adapters.failures import AdapterError, Misconfigured, OutcomeUnknown, Permanent, Transient
from channels_ingest.adapters.http import retry_after_seconds, tls_context
from channels_ingest.adapters.twilio_errors import explain

DEFAULT_BASE_URL = "https://api.twilio.com"
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0

# A gateway that lost the answer says nothing about whether the message was taken.
_LOST_ANSWER = frozenset({502, 504})
# Failures before a single byte of the request was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

Form = Mapping[str, str | list[str]]
Json = dict[str, object]


class TwilioApi:
    """One account. ``base_url`` may be a proxy's or a double's."""

    def __init__(self, account_sid: str, auth_token: str, base_url: str, *, read_seconds: float = READ_SECONDS) -> None:
        self.base_url = base_url.rstrip("/")
        self._account_sid = account_sid
        self._auth = httpx.BasicAuth(account_sid, auth_token)
        self._timeout = httpx.Timeout(read_seconds, connect=CONNECT_SECONDS)

    def create_message(self, form: Form) -> Json:
        """Send. Raises OutcomeUnknown where Twilio may have taken the message without saying so."""
        response = self._request("POST", self._path("Messages.json"), form=form)
        if response.status_code in _LOST_ANSWER:
            raise OutcomeUnknown(f"Twilio's answer was lost (HTTP {response.status_code}).", code="lost_answer")
        if not response.is_success:
            raise failure(response)
        try:
            return _json(response)
        except ValueError as error:
            raise OutcomeUnknown("Twilio's answer can't be read.", code="unreadable_answer") from error

    def get(self, resource: str, params: Mapping[str, str] | None = None) -> Json:
        """One resource or one page of a list, by its name below the account ("Messages.json")."""
        return self.get_path(self._path(resource) if resource else f"{self._path('')[:-1]}.json", params)

    def get_path(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """The same, by the path that Twilio names in ``next_page_uri``."""
        try:
            response = self._request("GET", path, params=params)
        except OutcomeUnknown as error:
            raise Transient("Twilio did not answer in time.", code=error.code) from error
        if not response.is_success:
            raise failure(response)
        try:
            return _json(response)
        except ValueError as error:
            raise Transient("Twilio's answer can't be read.", code="unreadable_answer") from error

    def _path(self, resource: str) -> str:
        return f"/2010-04-01/Accounts/{self._account_sid}/{resource}"

    def _request(
        self, method: str, path: str, *, form: Form | None = None, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        # A connection per request: on a kept one that the far side just closed, nobody could tell
        # whether a message was taken.
        try:
            with httpx.Client(auth=self._auth, timeout=self._timeout, verify=tls_context()) as client:
                return client.request(method, self.base_url + path, data=form, params=params)
        except _NOT_SENT as error:
            raise Transient("Twilio can't be reached.", code="connect") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Misconfigured("The address of Twilio's API is not a valid URL.", code="base_url") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown("The connection to Twilio broke before its answer came.", code="no_answer") from error


def failure(response: httpx.Response) -> AdapterError:
    """The error that a refusal stands for."""
    code, message = _refusal(response)
    status = response.status_code
    wait = retry_after_seconds(response)
    if status == httpx.codes.TOO_MANY_REQUESTS or code == "20429":
        return Transient(explain("20429").text, code="20429", retry_after_seconds=wait)
    if status == httpx.codes.UNAUTHORIZED or (status == httpx.codes.FORBIDDEN and not code):
        return Misconfigured(explain("20003").text, code=code or "20003")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        text = f"Twilio has a fault of its own (HTTP {status})."
        return Transient(text, code=code or str(status), retry_after_seconds=wait)
    if response.is_redirect:
        return Misconfigured("The address of Twilio's API leads elsewhere. Check the base URL.", code="redirect")
    return _by_meaning(code or str(status), message, wait)


def _by_meaning(code: str, message: str, wait: float | None) -> AdapterError:
    meaning = explain(code, message)
    if meaning.is_retryable:
        return Transient(meaning.text, code=code, retry_after_seconds=wait)
    if meaning.is_configuration:
        return Misconfigured(meaning.text, code=code)
    return Permanent(
        meaning.text,
        code=code,
        is_opt_out=meaning.is_opt_out,
        only_marketing=meaning.only_marketing,
        wants_template=meaning.wants_template,
        address_health=meaning.address_health,
    )


def _json(response: httpx.Response) -> Json:
    content = response.json()
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


def _refusal(response: httpx.Response) -> tuple[str, str]:
    try:
        content = _json(response)
    except ValueError:
        return "", ""
    return str(content.get("code") or ""), str(content.get("message") or "")
