"""A stateful double of an OAuth 2 authorisation server, as mail services run one for their mailboxes.

Speaks RFC 6749's refresh (``POST /token``) and answers a resource server's question whose token it sees
(``GET /tokeninfo?access_token=``, as Google does). Besides: ``GET /`` (health), ``GET /log``, ``POST /reset``,
``POST /grants`` (somebody allows access: ``{client_id, client_secret, refresh_token, email}``), ``POST /revoke``
(``{refresh_token}`` or ``{access_token}``) and ``POST /behaviour`` (``{status}`` for the next answers,
``{is_rotating}``, ``{expires_in}``).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from doubles import http
from doubles.http import Request, Response


@dataclass(slots=True)
class Grant:
    """Somebody's leave to enter a mailbox."""

    client_id: str
    client_secret: str
    email: str
    refresh_token: str
    # Access tokens and when each ends.
    tokens: dict[str, float] = field(default_factory=dict)


class OAuthDouble:
    """The authorisation server."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self.grants: list[Grant] = []
        self.log: list[dict[str, Any]] = []
        self.status, self.is_rotating, self.expires_in = 0, False, 3600

    async def start(self, host: str, port: int) -> str:
        """Listen; the base URL. Port 0 takes a free one."""
        self._server = await http.serve(self.answer, host, port)
        return f"http://{host}:{http.port_of(self._server)}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        match request.method, request.path:
            case "POST", "/token":
                return self._token(request)
            case "GET", "/tokeninfo":
                return self._token_info(request.params.get("access_token", [""])[0])
            case "GET", "/":
                return Response.of({"double": "oauth"})
            case "GET", "/log":
                return Response.of({"requests": self.log})
            case "POST", "/reset":
                self._forget()
            case "POST", "/grants":
                self.grants.append(Grant(**request.json()))
            case "POST", "/revoke":
                self._revoke(request.json())
            case "POST", "/behaviour":
                self._behave(request.json())
            case _:
                return Response.of({"detail": "not found"}, 404)
        return Response.of({})

    def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in request.form.items()}
        if self.status:
            return self._logged(form, Response.of({"error": "temporarily_unavailable"}, self.status))
        if form.get("grant_type") != "refresh_token":
            return self._logged(form, Response.of({"error": "unsupported_grant_type"}, 400))
        known = [one for one in self.grants if one.client_id == form.get("client_id")]
        if not known or all(one.client_secret != form.get("client_secret") for one in known):
            return self._logged(form, Response.of({"error": "invalid_client"}, 401))
        grant = next((one for one in known if one.refresh_token == form.get("refresh_token")), None)
        if grant is None or not grant.refresh_token:
            refusal = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            return self._logged(form, Response.of(refusal, 400))
        token = f"access.{secrets.token_urlsafe(24)}"
        grant.tokens[token] = time.time() + self.expires_in
        given: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        if self.is_rotating:
            grant.refresh_token = given["refresh_token"] = f"refresh.{secrets.token_urlsafe(24)}"
        return self._logged(form, Response.of(given))

    def _token_info(self, token: str) -> Response:
        for grant in self.grants:
            if grant.tokens.get(token, 0.0) > time.time():
                return Response.of({"email": grant.email, "audience": grant.client_id, "expires_in": self.expires_in})
        return Response.of({"error": "invalid_token"}, 400)

    def _revoke(self, which: dict[str, Any]) -> None:
        for grant in self.grants:
            grant.tokens.pop(str(which.get("access_token")), None)
            if grant.refresh_token == which.get("refresh_token"):
                grant.refresh_token = ""
                grant.tokens.clear()

    def _behave(self, wanted: dict[str, Any]) -> None:
        self.status = int(wanted.get("status", self.status))
        self.is_rotating = bool(wanted.get("is_rotating", self.is_rotating))
        self.expires_in = int(wanted.get("expires_in", self.expires_in))

    def _logged(self, form: dict[str, str], response: Response) -> Response:
        self.log.append({"grant_type": form.get("grant_type", ""), "status": response.status})
        return response

    def _forget(self) -> None:
        self.grants, self.log = [], []
        self.status, self.is_rotating, self.expires_in = 0, False, 3600
