"""What a visitor sees when something of ours failed."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.defaults import page_not_found

# Where programs ask and no person looks.
DOORS = ("/webhooks/", "/anymail/")
PROGRAMS = ("/api/", *DOORS)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, in the API's own shape where a program asked."""
    if request.path.startswith(PROGRAMS):
        return JsonResponse({"code": "not_found", "detail": "Not found."}, status=404)
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away: come back in a moment."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_away else 500
    if request.path.startswith(PROGRAMS) or "application/json" in request.headers.get("Accept", ""):
        code = "unavailable" if is_away else "error"
        response: HttpResponse = JsonResponse({"code": code, "detail": "Please try again in a moment."}, status=status)
    else:
        response = HttpResponse(loader.get_template("500.html").render({"is_away": is_away}), status=status)
    if is_away:
        response["Retry-After"] = "5"
    return response
