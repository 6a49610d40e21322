"""The files of a message that is sent: Twilio fetches them from their public address, and looks at each."""

from __future__ import annotations

import httpx

MB = 1024 * 1024
MAX_MMS_BYTES, MAX_WHATSAPP_BYTES, MAX_WHATSAPP_PICTURE_BYTES = 5 * MB, 16 * MB, 5 * MB
# https://www.twilio.com/docs/api/errors
NOT_FETCHED, WRONG_TYPE, TOO_LARGE, CHANNEL_MEDIA = 11200, 12300, 11751, 63019
_FAMILIES = ("image/", "video/", "audio/")
_TYPES = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/vcard",
        "text/x-vcard",
        "text/csv",
        "text/rtf",
        "text/calendar",
        "text/plain",
    }
)

Findings = list[dict[str, object]]


async def refusal(client: httpx.AsyncClient, urls: list[str], *, is_whatsapp: bool) -> tuple[int, Findings]:
    """The error code that the files end with (0: none), and what was found at each address."""
    found: Findings = []
    code, total = 0, 0
    for url in urls:
        try:
            answer = await client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            found.append({"url": url, "answer": type(error).__name__})
            return (CHANNEL_MEDIA if is_whatsapp else NOT_FETCHED), found
        kind = answer.headers.get("content-type", "").partition(";")[0]
        size = len(answer.content)
        total += size
        found.append({"url": url, "answer": answer.status_code, "content_type": kind, "size": size})
        if answer.status_code != httpx.codes.OK:
            code = code or (CHANNEL_MEDIA if is_whatsapp else NOT_FETCHED)
        elif not (kind.startswith(_FAMILIES) and "svg" not in kind) and kind not in _TYPES:
            code = code or (CHANNEL_MEDIA if is_whatsapp else WRONG_TYPE)
        elif is_whatsapp and kind.startswith("image/") and size > MAX_WHATSAPP_PICTURE_BYTES:
            code = code or CHANNEL_MEDIA
    if total > (MAX_WHATSAPP_BYTES if is_whatsapp else MAX_MMS_BYTES):
        code = code or (CHANNEL_MEDIA if is_whatsapp else TOO_LARGE)
    return code, found
