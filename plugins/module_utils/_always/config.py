# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the maps of one attached program hold: its values, and the connections that it leaves alone."""

import ipaddress
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always import bpf
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

PRESENT = b"\1\0\0\0"
MAPPED_BITS = 96
DIRECTIONS = {layout.OUTGOING: "outgoing", layout.INCOMING: "incoming", layout.OUTGOING | layout.INCOMING: "both"}
FLAGS = {word: flags for flags, word in DIRECTIONS.items()}

LOOPBACK = ("127.0.0.0/8", "::1/128")

Remote = t.Tuple[int, bytes]
"""Bits of the prefix, and the address, as in an IPv6 network."""


class Config(t.NamedTuple):
    """``cookie`` is the host's network namespace; 0 for a value means: not set; ``user_timeout`` is in milliseconds."""

    cookie: int = 0
    flags: int = 0
    time: int = 0
    interval: int = 0
    probes: int = 0
    user_timeout: int = 0
    ports: t.FrozenSet[int] = frozenset()
    remotes: t.FrozenSet[Remote] = frozenset()

    def packed(self) -> bytes:
        return layout.VALUES_LAYOUT.pack(*self[:6])

    def report(self) -> t.Dict[str, t.Any]:
        """As the module returns it, in seconds."""
        if self.flags & layout.EXCLUDED:
            return {"attached": True, "excluded": True}
        return {
            "attached": True,
            "excluded": False,
            "direction": DIRECTIONS.get(self.flags & (layout.OUTGOING | layout.INCOMING)),
            "time": self.time or None,
            "interval": self.interval or None,
            "probes": self.probes or None,
            "user_timeout": self.user_timeout // 1000 or None,
        }

    def text(self) -> str:
        """As the diff shows it."""
        lines = ["{0}: {1}".format(name, value) for name, value in self.report().items() if value not in (None, False)]
        if not self.flags & layout.EXCLUDED:
            lines += [
                "containers: {0}".format(bool(self.flags & layout.CONTAINERS)),
                "loopback: {0}".format(bool(self.flags & layout.LOOPBACK)),
            ]
            lines += ["exclude port {0}".format(port) for port in sorted(self.ports)]
            shown = {network_text(one) for one in self.remotes} - set(LOOPBACK)
            lines += ["exclude remote {0}".format(one) for one in sorted(shown)]
        return "".join(line + "\n" for line in lines)


EMPTY = Config()


def remote(network: str) -> Remote:
    """Raises ``ValueError``."""
    parsed = ipaddress.ip_network(network)
    if parsed.version == 4:
        return parsed.prefixlen + MAPPED_BITS, b"\0" * 10 + b"\xff\xff" + parsed.network_address.packed
    return parsed.prefixlen, parsed.network_address.packed


def network_text(one: Remote) -> str:
    bits, packed = one
    if bits >= MAPPED_BITS and packed[:12] == b"\0" * 10 + b"\xff\xff":
        return "{0}/{1}".format(socket.inet_ntop(socket.AF_INET, packed[12:]), bits - MAPPED_BITS)
    return "{0}/{1}".format(socket.inet_ntop(socket.AF_INET6, packed), bits)


def write(maps: t.Mapping[str, int], config: Config, before: Config = EMPTY) -> None:
    """Exclusions are added before the values change, and removed after: no connection of a new exclusion is missed."""
    for port in config.ports - before.ports:
        bpf.update(maps[layout.PORTS], layout.PORT_LAYOUT.pack(port), PRESENT)
    for one in config.remotes - before.remotes:
        bpf.update(maps[layout.REMOTES], layout.REMOTE_LAYOUT.pack(*one), PRESENT)
    bpf.update(maps[layout.VALUES], bytes(4), config.packed())
    for port in before.ports - config.ports:
        bpf.delete(maps[layout.PORTS], layout.PORT_LAYOUT.pack(port))
    for one in before.remotes - config.remotes:
        bpf.delete(maps[layout.REMOTES], layout.REMOTE_LAYOUT.pack(*one))


def read(maps: t.Mapping[str, int]) -> Config:
    values = layout.VALUES_LAYOUT.unpack(bpf.lookup(maps[layout.VALUES], bytes(4), layout.VALUES_LAYOUT.size))
    ports = [layout.PORT_LAYOUT.unpack(key)[0] for key in bpf.keys(maps[layout.PORTS], layout.PORT_LAYOUT.size)]
    remotes = [layout.REMOTE_LAYOUT.unpack(key) for key in bpf.keys(maps[layout.REMOTES], layout.REMOTE_LAYOUT.size)]
    return Config._make((*values, frozenset(ports), frozenset(remotes)))


def read_counters(counts: int) -> t.Dict[str, int]:
    size = layout.COUNT_LAYOUT.size
    return {
        name: layout.COUNT_LAYOUT.unpack(bpf.lookup(counts, layout.PORT_LAYOUT.pack(place), size))[0]
        for place, name in enumerate(layout.COUNTERS)
    }
