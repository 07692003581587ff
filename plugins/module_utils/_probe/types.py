# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners, the targets made of them, and the options of a call: plain values."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import types as sockets_types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Endpoint = t.Tuple[t.Optional[str], int, str, int]


class Listener(t.NamedTuple):
    """One listening socket of this machine; its ``cookie`` tells it from any later one."""

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
    specific_addresses: t.Tuple[str, ...] = ()
    """For a listener on all addresses: where another listener on its port gets the connections."""
    socket_unit: t.Optional[str] = None
    """The socket unit through which systemd holds it, such as ``cups.socket``."""

    @property
    def pids(self) -> t.Tuple[int, ...]:
        """The processes that hold it."""
        return tuple(holder.pid for holder in self.holders)


class Target(t.NamedTuple):
    """One listener to look at (``listener``), or one address to measure from outside (``host`` was named)."""

    address: str
    port: int
    family: int
    listener: t.Optional[Listener] = None
    target_index: t.Optional[int] = None
    """Which entry of ``targets`` or ``ports`` this belongs to; ``None`` for a listener that was discovered."""
    name: t.Optional[str] = None
    host: t.Optional[str] = None
    others: t.Tuple[t.Tuple[int, str], ...] = ()
    """Further addresses of ``host``, each with its family, to try where the first fails."""
    method: str = observation.INSPECT
    policy: t.Optional[_settings.Settings] = None
    exempt: t.Optional[str] = None
    connect: bool = True
    skip_reason: t.Optional[str] = None
    """Why it gets no connection, although the user did not forbid it."""
    tls: bool = False
    send: t.Optional[bytes] = None
    max_wait: t.Optional[float] = None
    accelerate: bool = False
    in_flight: bool = False
    hold: t.Optional[float] = None

    @property
    def named(self) -> bool:
        return self.target_index is not None

    @property
    def namespace(self) -> t.Optional[str]:
        """The path of its network namespace; ``None`` for ours."""
        return self.listener.namespace if self.listener is not None else None

    @property
    def pids(self) -> t.Tuple[int, ...]:
        """The processes that hold its listener."""
        return self.listener.pids if self.listener is not None else ()

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens: the same for workers that share a port."""
        return self.namespace, self.family, self.address, self.port

    @property
    def family_name(self) -> str:
        return "inet6" if self.family == socket.AF_INET6 else "inet"

    @property
    def speaks(self) -> bool:
        """Whether something is sent before the options are read or the silence begins."""
        return self.tls or bool(self.send)

    @property
    def written(self) -> str:
        """Its address and port as a person writes them."""
        return _text.endpoint(self.address, self.port)

    @property
    def called(self) -> str:
        """The name that a person gave it, if any, and its address."""
        return "{0} ({1})".format(self.name, self.written) if self.name else self.written


class Options(t.NamedTuple):
    """What holds for all targets of a call; seconds, and connections in a second (0: any number)."""

    settle: float = 0.5
    timeout: float = 5.0
    rate: float = 0.0
    connections: bool = True
    source_address: t.Optional[str] = None
    full_command: bool = False
