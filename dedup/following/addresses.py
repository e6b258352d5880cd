"""Which addresses a feed may live at: the public Internet, and the networks that the settings open.

The tables are IANA's registries of special-purpose addresses (www.iana.org/assignments/iana-ipv4-special-registry and
.../iana-ipv6-special-registry), written out because the ones in Python's `ipaddress` differ between its versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_V4 = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's metadata"),  # the one metadata service on a public address (Azure)
        ("169.254.0.0/16", "link-local"),  # with 169.254.169.254, the metadata service of most clouds
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "a relay of 6to4"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_CLOSED_V6 = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("2001::/32", "a Teredo tunnel"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "documentation"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_EMBEDDING_V6 = tuple(
    IPv6Network(network)
    for network in (
        "::ffff:0:0/96",  # IPv4-mapped (RFC 4291)
        "::/96",  # IPv4-compatible (RFC 4291, deprecated)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
    )
)
"""Networks whose last 32 bits are the IPv4 address that is really talked to."""


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks written as CIDRs or single addresses; raises ValueError, naming the one that is neither."""
    return tuple(ip_network(text, strict=False) for text in texts)


def closed(text: str, allowed: Sequence[Network] = ()) -> str | None:
    """Why nothing may be fetched from this address, in words; None if it may be. Unreadable addresses may not.

    An IPv6 address that stands for an IPv4 address is judged as that one.
    """
    try:
        address = _meant(ip_address(text.partition("%")[0]))
    except ValueError:
        return "not an address"
    if any(address.version == network.version and address in network for network in allowed):
        return None
    if isinstance(address, IPv4Address):
        return next((why for network, why in _CLOSED_V4 if address in network), None)
    why = next((why for network, why in _CLOSED_V6 if address in network), None)
    return why or (None if address in _GLOBAL_V6 else "reserved")


def _meant(address: Address) -> Address:
    if isinstance(address, IPv6Address) and int(address) > 1:  # :: and ::1 are themselves
        for network in _EMBEDDING_V6:
            if address in network:
                return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
