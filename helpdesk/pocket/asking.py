"""What every request of the pocket page has in common: only in a demo, small, not too often, errors in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from helpdesk.pocket.errors import CannotDo

P = ParamSpec("P")
Ask = dict[str, Any]
LARGEST_BODY_BYTES = 48 * 1024
MINUTE = 60


def demo_only(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """404 without ``--demo``, even where somebody mounts the address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.IS_DEMO:
            raise Http404("Only in a demo")
        return view(request, *args, **kwargs)

    return guarded


def asked(*, per_minute: int) -> Callable[[Callable[[Ask], Ask]], Callable[[HttpRequest], HttpResponse]]:
    """A view of JSON in and JSON out, by POST with a CSRF token; so often a minute from one address at most."""

    def made(answer: Callable[[Ask], Ask]) -> Callable[[HttpRequest], HttpResponse]:
        @demo_only
        @require_POST
        @wraps(answer)
        def view(request: HttpRequest) -> HttpResponse:
            try:
                _count(f"{answer.__name__}:{request.META.get('REMOTE_ADDR', '')}", per_minute)
                content = answer(_read(request))
            except CannotDo as problem:
                return JsonResponse({"detail": str(problem)}, status=problem.status)
            response = JsonResponse(content)
            response["Cache-Control"] = "no-store"
            return response

        return view

    return made


def words(ask: Ask, name: str) -> str:
    """A text of the request, trimmed; empty where it is missing or no text."""
    value = ask.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _read(request: HttpRequest) -> Ask:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES or len(request.body) > LARGEST_BODY_BYTES:
        raise CannotDo("That is too much at once.", 413)
    try:
        content = json.loads(request.body or b"{}")
    except ValueError as error:
        raise CannotDo("The request is not JSON.") from error
    if not isinstance(content, dict):
        raise CannotDo("The request is not a JSON object.")
    return content


def _count(name: str, per_minute: int) -> None:
    key = f"pocket:{name}"
    cache.add(key, 0, MINUTE)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two
        return
    if count > per_minute:
        raise CannotDo("That was a lot in one minute. Wait a little.", 429)
