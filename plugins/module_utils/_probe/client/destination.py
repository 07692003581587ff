# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a test connection goes, so that it reaches a listener on this machine."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses, interfaces

LOOPBACK: t.Dict[int, t.Tuple[str, ...]] = {
    socket.AF_INET: ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"),
    socket.AF_INET6: ("::1",),
}


class Destination(t.NamedTuple):
    """A family, the address for ``connect()``, and the interface that the connection has to be bound to, if any."""

    family: int
    address: t.Tuple[t.Any, ...]
    interface: int = 0


def find(target: types.Target, source: t.Optional[str] = None) -> Destination:
    """The listener's own address; loopback where it listens on all. Call it in the listener's network namespace.

    Raises:
        InvalidValue: it cannot be reached from ``source``, or from this machine at all.
    """
    listener = target.listener
    family = family_from(target, source)
    address = target.address.partition("%")[0]
    interface = listener.interface if listener is not None else 0
    if address in addresses.WILDCARDS and interface:
        own = sockaddr(family, own_address(target, family, interface), target.port, interface)
        return Destination(family, own, interface)
    if address in addresses.WILDCARDS:
        address = loopback(target, family) or refuse(target)
    bound = 0 if addresses.is_link_local(address) else interface
    return Destination(family, sockaddr(family, address, target.port, interface), bound)


def over_ipv4(target: types.Target) -> t.Optional[Destination]:
    """The other way into a listener for both families, where its loopback has no IPv6, or the application rejects that
    address; ``None`` for others."""
    address = loopback(target, socket.AF_INET) if for_both(target) else None
    return Destination(socket.AF_INET, (address, target.port)) if address else None


def loopback(target: types.Target, family: int) -> t.Optional[str]:
    """An address of loopback that no other listener has on this port: a connection there would reach that one."""
    taken = target.listener.specific_addresses if target.listener is not None else ()
    return next((address for address in LOOPBACK[family] if address not in taken), None)


def refuse(target: types.Target) -> str:
    raise _errors.InvalidValue(
        "Another listener has port {0} of the loopback address, so a connection to this one would reach that one.".format(
            target.port
        )
    )


def for_both(target: types.Target) -> bool:
    listener = target.listener
    return target.family == socket.AF_INET6 and target.address == "::" and listener is not None and not listener.v6only


def family_from(target: types.Target, source: t.Optional[str]) -> int:
    if source is None:
        taken = target.family == socket.AF_INET6 and loopback(target, target.family) is None
        return int(socket.AF_INET) if taken and for_both(target) else target.family
    family = addresses.family_of(source)
    if family != target.family and not (family == socket.AF_INET and for_both(target)):
        raise _errors.InvalidValue(
            "source_address is {0}: no connection from there reaches {1}, an address of the other family.".format(
                _errors.shown(source), target.address
            )
        )
    return family


def own_address(target: types.Target, family: int, interface: int) -> str:
    found = interfaces.address(interface, family)
    if found is None:
        raise _errors.InvalidValue(
            "The listener is bound to the interface {0}, which has no address to reach it by.".format(
                interfaces.name(interface)
            )
        )
    return found


def sockaddr(family: int, address: str, port: int, interface: int) -> t.Tuple[t.Any, ...]:
    if family == socket.AF_INET:
        return (address, port)
    return (address, port, 0, interface if addresses.is_link_local(address) else 0)
