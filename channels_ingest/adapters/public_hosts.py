"""Which addresses we may fetch from when a stranger chose the URL."""

from __future__ import annotations

import ipaddress
import socket

from channels_ingest.adapters.failures import Permanent, Transient

# Public IPv6 ranges whose addresses carry an IPv4 address, which may be a private one.
_CARRIERS = tuple(ipaddress.ip_network(network) for network in ("64:ff9b::/96", "2002::/16", "2001::/32"))


def resolve_public(host: str, port: int) -> str:
    """One address of the host, for connecting to exactly that address.

    Raises Permanent where any of the host's addresses is private, loopback, link-local or otherwise
    not on the public internet, and Transient where the name can't be resolved now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Transient(f"The host {host[:100]} can't be found.", code="dns") from error
    addresses = [str(item[4][0]) for item in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Permanent(f"The host {host[:100]} is not on the public internet.", code="private_address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _CARRIERS):
            return False
    return ip.is_global and not ip.is_multicast
