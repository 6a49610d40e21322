"""TXT records, asked of a resolver that may be slow, away or lying about strangers' names: bounded and remembered.

``HELPDESK_DNS_SERVERS`` names the resolvers (``192.0.2.1, [2001:db8::1]:5353``); empty: the system's; ``off``: none.
"""

from __future__ import annotations

import time
from functools import cache
from ipaddress import ip_address

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from django.conf import settings

SECONDS = 2.0
PROBE_SECONDS = 0.5
# How long nothing is asked of a resolver, or about a domain, that kept silent.
REST_SECONDS = 60.0
MAX_REMEMBERED = 2_000
# A key of 4,096 bits takes about 750 characters. What is longer costs time to use and is nobody's honest key.
MAX_TEXT_BYTES = 1_200
_DNS_PORT = 53


class Unanswered(Exception):
    """Nobody can say now. Asking again later may help."""


class Texts:
    """Looks up TXT records. One per process: it remembers answers for as long as these allow."""

    def __init__(self, servers: list[tuple[str, int]] | None) -> None:
        """``servers`` are (address, port); None means those of the system. Raises ValueError for a bad address."""
        self.resolver = _of_the_system() if servers is None else dns.resolver.Resolver(configure=False)
        if servers is not None:
            self.resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in servers]
        self.resolver.cache = dns.resolver.LRUCache(MAX_REMEMBERED)
        self.silent_until: dict[str, float] = {}

    def of(self, name: str, *, domain: str) -> list[str]:
        """The TXT records at a name. ``domain`` is whose name it is: one that keeps silent is left alone for a while.

        Raises Unanswered.
        """
        try:
            wanted = dns.name.from_text(name.encode("ascii").decode("ascii"))
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return []
        self._refuse_silent("")
        self._refuse_silent(domain)
        return self._ask(wanted, domain)

    def _ask(self, name: dns.name.Name, domain: str) -> list[str]:
        if not self.resolver.nameservers:
            raise Unanswered("No DNS resolver is known here.")
        try:
            answer = self.resolver.resolve(name, "TXT", lifetime=SECONDS, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            self._rest(domain)
            raise Unanswered(f"DNS did not answer about {name}.") from error
        found = [b"".join(record.strings) for record in answer.rrset or () if hasattr(record, "strings")]
        return [text.decode("ascii", "replace") for text in found if len(text) <= MAX_TEXT_BYTES]

    def _refuse_silent(self, whose: str) -> None:
        if self.silent_until.get(whose, 0.0) > time.monotonic():
            raise Unanswered(f"DNS kept silent about {whose or 'everything'} a moment ago.")

    def _rest(self, domain: str) -> None:
        """Leave alone what is silent: the domain, or the resolver where it doesn't even know the root."""
        if len(self.silent_until) > MAX_REMEMBERED:
            self.silent_until.clear()
        whose = domain if self._knows_the_root() else ""
        self.silent_until[whose] = time.monotonic() + REST_SECONDS

    def _knows_the_root(self) -> bool:
        try:
            self.resolver.resolve(dns.name.root, "NS", lifetime=PROBE_SECONDS, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return True
        except dns.resolver.NoNameservers as error:
            # An answer all the same, if only that it can't.
            return any(response is not None for *_, response in error.kwargs.get("errors", ()))
        except (dns.exception.DNSException, OSError):
            return False
        return True


def texts() -> Texts | None:
    """This process's look-up, or None where an operator has switched it off."""
    return _made(tuple(settings.DNS_SERVERS))


@cache
def _made(servers: tuple[str, ...]) -> Texts | None:
    if [one.lower() for one in servers] == ["off"]:
        return None
    return Texts([as_server(one) for one in servers] if servers else None)


def _of_the_system() -> dns.resolver.Resolver:
    try:
        return dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):
        # No usable configuration: there is nobody to ask.
        nobody = dns.resolver.Resolver(configure=False)
        nobody.nameservers = []
        return nobody


def as_server(text: str) -> tuple[str, int]:
    """``192.0.2.1``, ``192.0.2.1:5353``, ``2001:db8::1`` or ``[2001:db8::1]:5353``. Raises ValueError."""
    host, port = text.strip(), ""
    if host.startswith("["):
        host, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    return str(ip_address(host)), int(port or _DNS_PORT)
