# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How ports are written: ``6379``, ``127.0.0.1:6379``, ``[::1]:22``, ``8000-8100``. Pure."""

import re
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses

HIGHEST = 65535
FORM = re.compile(
    r"(?:(?:\[(?P<ipv6>[0-9A-Fa-f:.]+(?:%[^\]\s]+)?)\]|(?P<ipv4>[0-9]+(?:\.[0-9]+){3})|(?P<any>\*)):)?"
    r"(?P<low>[0-9]{1,5})(?:-(?P<high>[0-9]{1,5}))?\Z"
)
MAPPED = b"\0" * 10 + b"\xff\xff"


class Ports(t.NamedTuple):
    """One port or a range of ports, at one address or at any (``None``)."""

    address: t.Optional[str]
    low: int
    high: int

    @property
    def is_range(self) -> bool:
        return self.high > self.low

    def match(self, listener: types.Listener) -> bool:
        """Whether a connection to these ports reaches the listener."""
        if not self.low <= listener.port <= self.high:
            return False
        if self.address is None or plain(listener.address) == self.address:
            return True
        return reached_by_wildcard(listener, self.address)


def reached_by_wildcard(listener: types.Listener, address: str) -> bool:
    """A wildcard takes every address of its family; the one of IPv6 takes IPv4 as well, unless it is told not to."""
    if listener.address not in addresses.WILDCARDS:
        return False
    same_family = addresses.family_of(listener.address) == addresses.family_of(address)
    return same_family or (listener.address == "::" and not listener.v6only)


def parse(value: object) -> Ports:
    """Ports from a number or from text. Raises ``InvalidValue``."""
    text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    found = FORM.match(text)
    if not found:
        raise refused(value)
    low = int(found.group("low"))
    high = int(found.group("high") or low)
    if not 1 <= low <= high <= HIGHEST:
        raise refused(value)
    address = found.group("ipv6") or found.group("ipv4")
    try:
        return Ports(plain(address) if address else None, low, high)
    except OSError:
        raise refused(value) from None


def plain(address: str) -> str:
    """The one way to write it, without the interface of a link-local one; an IPv4 address inside of IPv6 is IPv4.

    Raises ``OSError`` where it is none.
    """
    packed = socket.inet_pton(addresses.family_of(address), address.partition("%")[0])
    if packed.startswith(MAPPED):
        packed = packed[len(MAPPED) :]
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def refused(value: object) -> _errors.InvalidValue:
    return _errors.InvalidValue(
        "the port is {0}: allowed is a TCP port from 1 to {1}, an address and a port (127.0.0.1:6379, [::1]:22) or a "
        "range (8000-8100).".format(_errors.shown(value), HIGHEST)
    )
