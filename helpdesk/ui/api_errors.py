"""One shape for every error of the API: ``{code, detail, fields?}``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Conflict(exceptions.APIException):
    """Something came in between that the caller has not seen; ``since`` holds it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, detail: str, since: list[dict[str, Any]]) -> None:
        super().__init__(detail)
        self.since = since


class TooLate(exceptions.APIException):
    """What the caller wants to change has left, and can't be called back."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "has_left"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response for an error, or None for one that is ours to mend."""
    response = exception_handler(error, context)
    if response is None:
        return None
    body: dict[str, Any] = {"code": _code(error), "detail": _detail(error)}
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        body["fields"] = error.detail
    if isinstance(error, Conflict):
        body["since"] = error.since
    response.data = body
    return response


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    codes = error.get_codes() if isinstance(error, exceptions.APIException) else "error"
    return codes if isinstance(codes, str) else "error"


def _detail(error: Exception) -> str:
    if isinstance(error, Http404):
        return "Not found."
    if isinstance(error, PermissionDenied):
        return "You may not do this."
    return _words(getattr(error, "detail", ""))


def _words(detail: Any) -> str:
    """What is wrong, by field, however deep; of several complaints about one field the first."""
    if isinstance(detail, dict):
        return " ".join(f"{name}: {_words(value)}" for name, value in detail.items())
    return _words(detail[0]) if isinstance(detail, list) and detail else str(detail)
