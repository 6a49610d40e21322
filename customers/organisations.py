"""Which domains belong to one organisation, and which to everybody. Pure."""

from __future__ import annotations

import idna
from publicsuffixlist import PublicSuffixList

_suffixes = PublicSuffixList()

# Anybody can have an address there, so a shared domain says nothing. By registrable domain, without its ending
# where a provider has many of them.
_NAMES = """
gmail googlemail hotmail outlook live msn yahoo ymail rocketmail aol aim icloud me mac gmx web.de freenet t-online
mail.ru yandex rambler protonmail proton pm.me tutanota tuta zoho fastmail hey posteo mailbox.org duck skiff hushmail
laposte orange wanadoo free.fr sfr neuf bbox libero virgilio alice tiscali tin.it seznam centrum.cz wp.pl onet.pl o2.pl
interia.pl bluewin hispeed sunrise ziggo kpnmail planet.nl xs4all hetnet telenet skynet.be btinternet btopenworld
talktalk virginmedia ntlworld sky.com blueyonder comcast verizon att sbcglobal bellsouth cox charter earthlink juno
netzero rogers shaw sympatico bigpond optusnet qq 163 126 sina sohu foxmail naver daum hanmail nate rediffmail uol bol
terra ig.com.br mail.com email.com inbox.com mailinator guerrillamail yopmail
"""
_FREE_MAIL = frozenset(_NAMES.split())


def organisation(domain: str) -> str:
    """The registrable domain (``mail.example.co.uk`` gives ``example.co.uk``), or empty for a public suffix."""
    try:
        ascii_domain = idna.encode(domain.strip().rstrip(".").lower(), uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""
    return _suffixes.privatesuffix(ascii_domain) or ""


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address at a domain."""
    own = organisation(domain)
    return own in _FREE_MAIL or own.partition(".")[0] in _FREE_MAIL


def are_colleagues(address: str, other: str) -> bool:
    """Whether two mail addresses are of one organisation that does not hand addresses to everybody."""
    domain = address.rpartition("@")[2]
    own = organisation(domain)
    return bool(own) and own == organisation(other.rpartition("@")[2]) and not is_free_mail(domain)
