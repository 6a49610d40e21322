"""A mail that a service took apart, put together again so that one reader reads all mails."""

from __future__ import annotations

import re
from base64 import encodebytes
from collections.abc import Iterable
from dataclasses import dataclass

# The characters "=_" never stand next to each other in base64, so no content can hold a boundary.
_BOUNDARY = "=_onethread_parts"
_BODY_BOUNDARY = "=_onethread_body"
_HEAD_BYTES = 256 * 1024
_BREAKS = re.compile(r"[\r\n\x00]+")
_NAME = re.compile(r"[!-9;-~]{1,100}")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
_REPORT_TYPE = re.compile(r"multipart/report\b.*?report-type=\"?([a-z-]{1,40})", re.IGNORECASE)
# These say how the original was built; the new one is built in its own way.
_OF_THE_BUILD = frozenset({"content-type", "content-transfer-encoding", "mime-version", "content-disposition"})


@dataclass(frozen=True, slots=True)
class MailPart:
    """A file of a mail. ``content_id`` is without brackets, empty unless the html shows it."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class ServiceMail:
    """A mail as a service handed it over. What the service doesn't tell is None or empty."""

    raw: bytes
    envelope_recipient: str = ""
    envelope_sender: str | None = None
    spam_score: float | None = None
    is_spam: bool = False
    # The service checked that the author's own domain signed it.
    is_author_proved: bool = False

    @property
    def traced(self) -> bytes:
        """The mail with the envelope's recipient on top, where a mail server would have put it."""
        recipient = _line(self.envelope_recipient)
        return f"Delivered-To: <{recipient}>\r\n".encode() + self.raw if "@" in recipient else self.raw


def rebuilt(headers: Iterable[tuple[str, str]], text: str, html: str, parts: Iterable[MailPart] = ()) -> bytes:
    """One mail of these pieces, the same bytes for the same pieces. Headers keep their order and their words."""
    fields = [(name, _line(value)) for name, value in headers if _NAME.fullmatch(name)]
    report = next(
        (found[1] for name, value in fields if name.lower() == "content-type" if (found := _report(value))), ""
    )
    kind = f'multipart/report; report-type="{report}"' if report else "multipart/mixed"
    head = [f"{name}: {value}" for name, value in fields if name.lower() not in _OF_THE_BUILD]
    head += ["MIME-Version: 1.0", f'Content-Type: {kind}; boundary="{_BOUNDARY}"']
    body = [b"\r\n".join(line.encode("utf-8", "replace") for line in head), b"", _bodies(text, html)]
    body += [_file(part) for part in parts]
    return b"\r\n".join([*body, f"--{_BOUNDARY}--".encode(), b""])


def is_rebuilt(raw: bytes) -> bool:
    """Whether these are our bytes and not the sender's: no signature can fit them."""
    return f'boundary="{_BOUNDARY}"'.encode() in raw[:_HEAD_BYTES]


def _report(value: str) -> re.Match[str] | None:
    return _REPORT_TYPE.match(value.strip())


def _bodies(text: str, html: str) -> bytes:
    lines = [f"--{_BOUNDARY}", f'Content-Type: multipart/alternative; boundary="{_BODY_BOUNDARY}"', ""]
    blocks = ["\r\n".join(lines).encode()]
    for kind, content in (("plain", text), ("html", html)):
        if content:
            head = f"--{_BODY_BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
            blocks.append(_encoded(head, content.encode("utf-8", "replace")))
    return b"\r\n".join([*blocks, f"--{_BODY_BOUNDARY}--".encode()])


def _file(part: MailPart) -> bytes:
    kind = part.content_type.split(";")[0].strip().lower()
    kind = kind if _MEDIA_TYPE.fullmatch(kind) and not kind.startswith("multipart/") else "application/octet-stream"
    name = _line(part.name).replace("\\", "_").replace('"', "'")
    disposition = "inline" if part.content_id else "attachment"
    lines = [f"--{_BOUNDARY}", f"Content-Type: {kind}", f'Content-Disposition: {disposition}; filename="{name}"']
    if part.content_id:
        lines.append(f"Content-ID: <{_line(part.content_id).strip('<>')}>")
    return _encoded("\r\n".join(lines) + "\r\n", part.content)


def _encoded(head: str, content: bytes) -> bytes:
    top = f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode("utf-8", "replace")
    return top + encodebytes(content).replace(b"\n", b"\r\n")


def _line(value: str) -> str:
    return _BREAKS.sub(" ", str(value)).strip()
