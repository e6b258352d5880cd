from __future__ import annotations

import pytest

from dedup.following.addresses import closed, networks


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
        "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "4000::1",
        "localhost", "", "1.2.3", "0x7f.1", "2130706433",
    ],
)  # fmt: skip
def test_closed(address: str) -> None:
    assert closed(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"],
)
def test_open(address: str) -> None:
    assert closed(address) is None


def test_networks_can_be_opened_in_whatever_form_the_address_comes() -> None:
    allowed = networks(["10.1.0.0/16", "fd12::/16", "127.0.0.1"])
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd12::1", "127.0.0.1"):
        assert closed(address, allowed) is None
    for address in ("10.2.0.1", "fd13::1", "127.0.0.2", "::1"):
        assert closed(address, allowed)


def test_what_is_no_network_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        networks(["nonsense"])
