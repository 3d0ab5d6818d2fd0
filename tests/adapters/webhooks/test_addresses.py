"""Where a webhook may go, and the many ways to write where it may not."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.adapters.webhooks.addresses import Target, addresses_of, looked_up, public, read_url
from sojourn.errors import Refused

NOT_PUBLIC = {
    "this network": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "metadata": ["169.254.169.254", "169.254.170.2", "fd00:ec2::254"],
    "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0", "fec0::1"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "broadcast and reserved": ["255.255.255.255", "240.0.0.1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "protocol assignments": ["192.0.0.1", "192.0.0.170", "2001:1::1", "2001:10::1", "2001:20::1", "100::1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "IPv4 within IPv6": [
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
    ],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b:1::1"],
    "6to4": ["2002:7f00:1::", "2002:a9fe:a9fe::1", "192.88.99.1"],
    "Teredo": ["2001::1", "2001:0:7f00:1::"],
}


@pytest.mark.parametrize("address", [address for kind in NOT_PUBLIC.values() for address in kind])
def test_what_is_not_the_public_internet_is_refused(address: str) -> None:
    """However it is written, in whatever family, what is not public is not reached."""
    host = f"[{address.replace('%', '%25')}]" if ":" in address else address

    assert not public(ip_address(address))
    with pytest.raises(Refused) as refused:
        addresses_of(read_url(f"https://{host}/"), _nobody, public, 1.0)

    assert refused.value.reason == "private_address"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "52.94.236.248", "2606:4700::1111", "2a05:d018::1"]
)
def test_the_public_internet_is_open(address: str) -> None:
    """Addresses that anybody reaches are allowed."""
    assert public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_address_within_another_is_public(inner: object) -> None:
    """Whatever IPv4 address is wrapped into IPv6 (mapped, NAT64), the whole is refused: it hides where it leads."""
    number = int(inner)  # type: ignore[call-overload]

    wrapped = [
        ip_address((0xFFFF << 32) | number),
        ip_address((0x64FF9B << 96) | number),
        ip_address((0x2002 << 112) | (number << 80)),
    ]

    assert [public(address) for address in wrapped] == [False, False, False]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "//hooks.example/",
        "hooks.example",
        "",
        "https://",
        "https:///path",
        "https://user@hooks.example/",
        "https://user:secret@hooks.example/",
        "https://@hooks.example/",
        "https://hooks.example@10.0.0.1/",
        "https://hooks.example:0/",
        "https://hooks.example:22/",
        "https://hooks.example:80/",
        "https://hooks.example:1023/",
        "https://hooks.example:65536/",
        "https://hooks.example:abc/",
        "https://hooks.example\\@10.0.0.1/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nX-Injected: 1",
        "https://hooks.example\t/",
        "https://ho\x00oks.example/",
        "https://[::1/",
        "https://[not-an-address]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://10.0.0.256/",
        "https://1.2.3.4.5/",
        "https://hooks..example/",
        "https://.hooks.example/",
        "https://hooks.example../",
        "https://-hooks.example/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://stra\u00dfe.example/",
        "https://a\u200db.example/",
        "https://\u2488.example/",
        "https://hooks.example/" + "a" * 2_048,
        "https://hooks.example/\ud800",
    ],
)
def test_a_url_with_something_odd_about_it_is_refused(url: str) -> None:
    """Other schemes, users, low ports, disguised numbers, control characters: no name of an https host."""
    with pytest.raises(Refused) as refused:
        read_url(url)

    assert refused.value.reason == "bad_address"


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://hooks.example", Target("hooks.example", 443, "/"), "hooks.example"),
        ("HTTPS://Hooks.Example.:443/a?b=c#d", Target("hooks.example", 443, "/a?b=c"), "hooks.example"),
        ("https://hooks.example:8443/", Target("hooks.example", 8443, "/"), "hooks.example:8443"),
        ("https://hooks.example?q", Target("hooks.example", 443, "/?q"), "hooks.example"),
        ("https://b\u00fccher.example/", Target("xn--bcher-kva.example", 443, "/"), "xn--bcher-kva.example"),
        ("https://\uff48ooks\u3002example/", Target("hooks.example", 443, "/"), "hooks.example"),
        ("https://hooks.example/%41/\u00fc", Target("hooks.example", 443, "/%41/%C3%BC"), "hooks.example"),
        ("https://8.8.8.8/", Target("8.8.8.8", 443, "/"), "8.8.8.8"),
        ("https://[2606:4700::1111]:8443/", Target("2606:4700::1111", 8443, "/"), "[2606:4700::1111]:8443"),
        ("https://a_b.example/", Target("a_b.example", 443, "/"), "a_b.example"),
    ],
)
def test_a_url_is_read_as_servers_and_certificates_have_it(url: str, target: Target, authority: str) -> None:
    """The host in small ASCII letters, the path percent-encoded, no fragment."""
    assert (target, authority) == (read_url(url), read_url(url).authority)


@given(st.text(max_size=40))
def test_no_text_in_a_url_does_anything_else_than_be_refused(text: str) -> None:
    """A customer's words in a URL lead to a host that the DNS knows or are refused; nothing else is raised."""
    for url in (f"https://{text}/", f"https://hooks.example/{text}", text):
        try:
            target = read_url(url)
        except Refused:
            continue

        assert target.host.isascii()
        assert target.path.startswith("/")
        assert target.path.isascii()


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    """A host that is inside and outside at once is somebody's trick."""
    with pytest.raises(Refused, match=r"10\.0\.0\.7"):
        addresses_of(read_url("https://hooks.example/"), lambda *_: ["8.8.8.8", "10.0.0.7"], public, 1.0)


def test_a_host_has_so_many_addresses_and_no_more() -> None:
    """Of many addresses a few are tried, each once, in the order of the answer."""
    many = ["8.8.8.8", "8.8.4.4", "8.8.8.8", "1.1.1.1", "1.0.0.1", "9.9.9.9"]

    found = addresses_of(read_url("https://hooks.example/"), lambda *_: many, public, 1.0)

    assert list(found) == ["8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1"]


def test_a_host_without_addresses_is_not_known() -> None:
    """An empty answer of the resolver is no answer."""
    with pytest.raises(socket.gaierror):
        addresses_of(read_url("https://hooks.example/"), lambda *_: [], public, 1.0)


def test_the_system_is_asked_for_a_name() -> None:
    """This machine knows itself."""
    found = looked_up("localhost", 443, 10.0)

    assert {"127.0.0.1", "::1"} & set(found)


def test_a_failed_look_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the resolver says in its thread is raised where it was asked."""

    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(socket.gaierror, match="unknown"):
        looked_up("hooks.example", 443, 10.0)


def test_a_resolver_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver has no time limit that we could set; we have one."""
    over = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        over.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)

    with pytest.raises(TimeoutError):
        looked_up("hooks.example", 443, 0.05)
    over.set()


def _nobody(host: str, port: int, seconds: float) -> list[str]:
    raise AssertionError(f"an address needs no look-up: {host}")
