# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the probe is asked to look at, and how: plain values."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Spot = t.Tuple[t.Optional[str], int, str, int]


class Listener(t.NamedTuple):
    """One listening socket of this machine, told apart from any later one by its ``cookie``."""

    family: int
    address: str
    port: int
    cookie: int
    inode: int
    interface: int = 0
    """The index of the interface that it is bound to, or that a link-local address belongs to; 0 for none."""
    v6only: bool = False
    mptcp: bool = False
    holders: t.Tuple[sockets_types.Holder, ...] = ()
    process: t.Optional[sockets_types.Process] = None
    namespace: t.Optional[str] = None
    """The path of its network namespace where that is not ours, such as ``/proc/812/ns/net``."""
    forwarder: t.Optional[str] = None
    """The program that answers here in the place of another, such as ``docker-proxy``."""
    beside: t.Tuple[str, ...] = ()
    """Of a listener on all addresses: those that another listener on its port has, where a connection does not reach it."""

    @property
    def pids(self) -> t.Tuple[int, ...]:
        """Who holds it."""
        return tuple(holder.pid for holder in self.holders)


class Target(t.NamedTuple):
    """One listener to look at (``listener``), or one address to measure from outside (``host`` was named)."""

    address: str
    port: int
    family: int
    listener: t.Optional[Listener] = None
    place: t.Optional[int] = None
    """Which entry of ``targets`` or ``ports`` this belongs to; ``None`` for a listener that was discovered."""
    name: t.Optional[str] = None
    host: t.Optional[str] = None
    others: t.Tuple[t.Tuple[int, str], ...] = ()
    """Further addresses of ``host``, each with its family, for where the first is not reached."""
    method: str = observation.INSPECT
    policy: t.Optional[_settings.Settings] = None
    exempt: t.Optional[str] = None
    connect: bool = True
    spared: t.Optional[str] = None
    """Why nobody connects to it, although nobody said so."""
    tls: bool = False
    send: t.Optional[bytes] = None
    max_wait: t.Optional[float] = None
    accelerate: bool = False
    in_flight: bool = False
    hold: t.Optional[float] = None

    @property
    def named(self) -> bool:
        return self.place is not None

    @property
    def spot(self) -> Spot:
        """Where it listens: workers that share a port have the same."""
        namespace = self.listener.namespace if self.listener is not None else None
        return namespace, self.family, self.address, self.port

    @property
    def family_name(self) -> str:
        return "inet6" if self.family == socket.AF_INET6 else "inet"


class Options(t.NamedTuple):
    """What holds for all targets of a call; seconds, and connections a second (0: as fast as they go)."""

    settle: float = 0.5
    timeout: float = 5.0
    rate: float = 0.0
    connections: bool = True
    source_address: t.Optional[str] = None
    full_command: bool = False
