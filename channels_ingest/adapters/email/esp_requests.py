"""A stored request as Django and Anymail want it, and what its body holds."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, quote

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

from channels_ingest.adapters.email.parts import PartReader
from channels_ingest.adapters.failures import Unreadable
from channels_ingest.adapters.incoming import RawRequest

_FORM = "application/x-www-form-urlencoded"
_MAX_FIELD_COUNT = 2_000


def service_named(path: str) -> str:
    """The mail service that a door's address names: ``/webhooks/3/postmark/`` and ``/anymail/postmark/inbound/``."""
    parts = path.strip("/").split("/")
    if parts[0] == "anymail" and len(parts) > 1:
        return parts[1]
    return parts[2] if parts[0] == "webhooks" and len(parts) > 2 else ""


def django_request(request: RawRequest) -> HttpRequest:
    """The request as it came to the door, for Anymail's views. Header values are text, as Django gives them."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": quote(request.path, safe="/"),
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.header("content-type"),
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(request.body),
        "wsgi.url_scheme": "https",
    }
    for name, value in request.headers.items():
        if name not in ("content-type", "content-length"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return WSGIRequest(environ)


def json_body(request: RawRequest) -> Any:
    """The body as JSON. Raises Unreadable where it is none."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is no JSON.") from error


def json_object(request: RawRequest) -> dict[str, Any]:
    """The same, where only an object will do."""
    content = json_body(request)
    if not isinstance(content, dict):
        raise Unreadable("The body is no JSON object.")
    return content


class Form:
    """The fields and files of a form, kept as bytes: what is a raw mail is in no charset."""

    def __init__(self, request: RawRequest) -> None:
        self.fields: dict[str, bytes] = {}
        self.files: dict[str, tuple[str, str, bytes]] = {}
        if request.content_type == _FORM:
            self._read_pairs(request.body)
        else:
            self._read_parts(request)

    def text(self, name: str) -> str:
        """A field as text; empty where it is missing."""
        return self.fields.get(name, b"").decode("utf-8", "replace")

    def _read_pairs(self, body: bytes) -> None:
        try:
            pairs = parse_qsl(
                body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=_MAX_FIELD_COUNT
            )
        except ValueError as error:
            raise Unreadable("The form has too many fields.") from error
        # Of a repeated field the last counts: the signature is over that one.
        self.fields = {_name(name): value.encode("latin-1") for name, value in pairs}

    def _read_parts(self, request: RawRequest) -> None:
        # Mails' own reader, which changes no byte and drops no file for its name, as Django's does.
        head = f"Content-Type: {request.header('content-type')}\r\n\r\n".encode("utf-8", "replace")
        for part in PartReader(head + request.body).read().children:
            name = part.headers.parameter("name", header="content-disposition")
            if "filename" in part.headers.raw("content-disposition").lower():
                self.files[name] = (part.headers.file_name(), part.media_type, part.content)
            else:
                self.fields[name] = part.content


def _name(name: str) -> str:
    return name.encode("latin-1", "replace").decode("utf-8", "replace")
