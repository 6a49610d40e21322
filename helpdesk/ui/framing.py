"""X-Frame-Options for browsers that don't know frame-ancestors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

HEADER = "X-Frame-Options"
EXEMPT = "xframe_options_exempt"

P = ParamSpec("P")
Next = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


def deny_framing(response: HttpResponseBase) -> HttpResponseBase:
    """Add DENY where the view said nothing."""
    if not response.has_header(HEADER) and not getattr(response, EXEMPT, False):
        response[HEADER] = "DENY"
    return response


def framed_in_a_demo(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that, with ``--demo`` and never else, may stand in a frame on a page of our own."""

    @wraps(view)
    def framed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if settings.IS_DEMO:
            response[HEADER] = "SAMEORIGIN"
            # What csp.decorators.csp_replace sets, which knows no "only in a demo".
            setattr(response, "_csp_replace", {"frame-ancestors": [SELF]})  # noqa: B010 - see above
        return response

    return framed


class FrameOptionsMiddleware:
    """Nobody may frame our pages, unless the view set the header itself or is marked ``xframe_options_exempt``."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        # Answering natively in both worlds saves the thread that MiddlewareMixin takes under ASGI.
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_async(request)
        return deny_framing(cast(HttpResponseBase, self.get_response(request)))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        return deny_framing(await cast(Awaitable[HttpResponseBase], self.get_response(request)))
