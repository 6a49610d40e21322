"""The types of files that some providers take, by their documentation."""

from __future__ import annotations

from conversations.file_rules import MB, FileKind, FileRules

_OFFICE = (
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
_AUDIO = ("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg")

# Base64 makes a third more of them, and most mail servers take 25 to 35 MB.
MAIL = FileRules(20 * MB, max_count=30)

# Our own window: what a person fetches by herself.
CHAT = FileRules(100 * MB, max_count=20)

# Seen by ourselves alone.
NOTE = FileRules(100 * MB, max_count=20)

# twilio.com/docs/messaging/guides/accepted-mime-types: the whole message; pictures are made to fit each phone.
MMS = FileRules(
    5 * MB,
    kinds=(
        FileKind("pictures", ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"), 5 * MB),
        FileKind("videos", ("video/mp4", "video/mpeg", "video/quicktime", "video/webm", "video/3gpp"), 5 * MB),
        FileKind("sound", (*_AUDIO, "audio/webm", "audio/3gpp", "audio/ac3"), 5 * MB),
        FileKind("PDF and Office documents", ("application/pdf", *_OFFICE, "text/csv", "text/rtf"), 5 * MB),
        FileKind("contacts and dates", ("text/vcard", "text/x-vcard", "text/calendar"), 5 * MB),
    ),
    # support.twilio.com, "MMS Converter": on by default, everywhere but in the US, Canada and Australia.
    remark="Where the network carries no files, the person gets a link to them.",
)

# developers.facebook.com/docs/whatsapp/cloud-api/reference/media, "Supported media types". By Twilio the words can't
# stand under a document, so they never do.
WHATSAPP = FileRules(
    100 * MB,
    kinds=(
        FileKind("pictures", ("image/jpeg", "image/png"), 5 * MB, takes_words=True),
        FileKind("videos", ("video/mp4", "video/3gpp"), 16 * MB, takes_words=True),
        FileKind("sound", _AUDIO, 16 * MB),
        FileKind("WebP stickers", ("image/webp",), 100 * 1024),
        FileKind("PDF, text and Office documents", ("application/pdf", "text/plain", *_OFFICE), 100 * MB),
    ),
    is_one_by_one=True,
    words_characters=1024,
)
