"""One spelling per address, so that the same person is found again however it was written. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import idna
import phonenumbers

MAX_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1
UNKNOWN_REGION = "ZZ"
# How carriers spell a withheld caller id: words, and the same words on a telephone keypad.
WITHHELD = frozenset(
    {"anonymous", "restricted", "unavailable", "unknown", "private", "blocked", ""}
    | {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}
)
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]{1,253}\Z")


def normalise_phone(text: str, *, region: str | None = None) -> str | None:
    """The number in E.164 (``+`` and digits), or None where it can't be a telephone number.

    ``region`` (ISO 3166, "DE") reads national spellings. Possible numbers are enough: whoever wrote
    to us can be answered, whether or not a plan of numbers lists his yet.
    """
    text = text.strip()
    if len(text) > 40 or is_withheld(text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    number = _one_spelling(number)  # first: to today's numbering plans the old spellings are impossible
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _one_spelling(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    """Fold the variants in which WhatsApp and carriers write the same mobile number.

    Mexico's former 1 after 52 and Argentina's 9 after 54 are written or not; Brazil's ninth digit
    came in 2016 and older accounts lack it.
    """
    national = str(number.national_number)
    code = number.country_code
    if code == 52 and len(national) == 11 and national.startswith("1"):
        national = national[1:]
    elif code == 54 and len(national) == 10:
        national = "9" + national
    elif code == 55 and len(national) == 10 and national[2] in "6789":
        national = national[:2] + "9" + national[2:]
    folded = phonenumbers.PhoneNumber()
    folded.merge_from(number)
    folded.national_number = int(national)
    folded.extension = None
    return folded


def is_withheld(text: str) -> bool:
    """Whether a caller id says nothing about the caller. Such a call is nobody, never one shared customer."""
    return text.strip().lower() in WITHHELD


_NO_TEXTS = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.VOICEMAIL,
    }
)


def is_in_use(number: str) -> bool:
    """Whether a number in E.164 is in its country's plan. New ranges are missing at first: this may only warn."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def can_receive_texts(number: str) -> bool:
    """Whether a number in E.164 may take an SMS. Numbers that no plan lists may: only surely fixed lines may not."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) not in _NO_TEXTS
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=4096)
def country_of(number: str) -> str:
    """The country of a number in E.164 (ISO 3166, "DE"); empty where it has none or is no number.

    Of several that share a code, and where no plan lists the number, it is the largest.
    """
    if not number.startswith("+"):
        return ""
    try:
        parsed = phonenumbers.parse(number)
        main = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
        found = phonenumbers.region_code_for_number(parsed) or main
    except phonenumbers.NumberParseException:
        return ""
    # "001" stands for numbers that belong to no country.
    return found if found and found.isalpha() and found != UNKNOWN_REGION else ""


def normalise_email(text: str) -> str | None:
    """The address for comparing: lower case, the domain in ASCII. None where it is no address."""
    text = unicodedata.normalize("NFC", text.strip().strip("<>").strip())
    if len(text) > MAX_EMAIL_LENGTH or not _EMAIL.match(text):
        return None
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = idna.encode(domain.rstrip("."), uts46=True).decode("ascii")
    except idna.IDNAError:
        return None
    if not ascii_domain:
        return None
    return f"{local.lower()}@{ascii_domain.lower()}"


def without_plus(address: str) -> str:
    """The mailbox that ``name+anything@domain`` belongs to, where plus addresses are used as we use them."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def hint(kind: str, address: str) -> str:
    """Enough of an address for its owner to recognise, and not more: "•••• 4411", "j•••@mail.example"."""
    if kind == "email":
        local, _, domain = address.partition("@")
        return f"{local[:1]}•••@{domain}"
    return f"•••• {address[-4:]}"
