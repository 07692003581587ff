# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many connections of each listener are open, and on how many the keepalive timer runs: one look at all of them."""

import collections
import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import filter as diag_filter
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import sock_diag
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

HIDING = (sock_diag.TIMER_RETRANSMIT, sock_diag.TIMER_ZERO_WINDOW)
WORDS: t.Dict[int, int] = {socket.AF_INET: 1, socket.AF_INET6: 4}

LATER = (
    "keepalive is off on a silent connection, and on for others that are open: the application turns it on later, for "
    "example after a login"
)
HIDDEN = (
    "{0} of the {1} open connections have data in flight, which hides their keepalive timer: they count as without."
)
SHARED = "{0} listeners share this address and port: the open connections of all of them are counted at each."

Key = t.Tuple[int, int, bytes]
Bound = t.Dict[Key, t.List[int]]


class Count(t.NamedTuple):
    open: int = 0
    with_keepalive: int = 0
    hidden: int = 0
    """With data in flight: another timer runs in the place of keepalive's."""
    shared_by: int = 1
    """Listeners of the same address and port: the kernel does not tell which of them a connection belongs to."""

    @property
    def some_on(self) -> bool:
        """Whether a connection of this very listener has keepalive on."""
        return self.with_keepalive > 0 and self.shared_by == 1


Counts = t.Dict[int, Count]


def of_targets(targets: t.Sequence[types.Target]) -> Counts:
    """By the cookies of the targets' listeners; none where the kernel does not list its sockets."""
    here = [one.listener for one in targets if one.listener is not None and one.namespace is None]
    if not here:
        return {}
    try:
        with sock_diag.Diag() as diag:
            return count(diag, here)
    except _errors.HostUnreadable:
        return {}


def count(diag: sock_diag.Diag, listeners: t.Sequence[types.Listener]) -> Counts:
    """By the listeners' cookies. Raises ``HostUnreadable``."""
    counts: Counts = {}
    for family in addresses.FAMILIES:
        wanted = {listener.cookie for listener in listeners if listener.family == family}
        ports = {listener.port for listener in listeners if listener.family == family}
        if ports:
            found = of_family(diag, family, ports)
            counts.update({cookie: found.get(cookie, Count()) for cookie in wanted})
    return counts


def with_count(found: observation.Observation, count: t.Optional[Count]) -> observation.Observation:
    """The observation with what was counted at its listener."""
    if count is None:
        return found
    if found.keepalive is False and count.some_on:
        found = found._replace(keepalive=None, values=None, silent_for=None, problem=LATER)
    limits = found.limits
    if count.hidden:
        limits += (HIDDEN.format(count.hidden, count.open),)
    if count.shared_by > 1:
        limits += (SHARED.format(count.shared_by),)
    return found._replace(connections=observation.Connections(count.open, count.with_keepalive), limits=limits)


def of_family(diag: sock_diag.Diag, family: int, ports: t.Set[int]) -> Counts:
    bound = listening(diag, family, ports)
    groups: t.Dict[Key, t.List[int]] = {}
    for (timer, port, *words), number in tallied(diag, family, ports).items():
        key = listener_of(bound, family, socket.ntohs(port), words)
        if key is not None:
            tally = groups.setdefault(key, [0, 0, 0])
            tally[0] += number
            tally[1] += number if timer == sock_diag.TIMER_KEEPALIVE else 0
            tally[2] += number if timer in HIDING else 0
    return {
        cookie: tally_of(groups.get(key, [0, 0, 0]), len(cookies))
        for key, cookies in bound.items()
        for cookie in cookies
    }


def tally_of(numbers: t.List[int], shared_by: int) -> Count:
    return Count(numbers[0], numbers[1], numbers[2], shared_by)


def listening(diag: sock_diag.Diag, family: int, ports: t.Set[int]) -> Bound:
    """Every listener on these ports: a connection belongs to the one with the most exact address."""
    bound: Bound = {}
    for seen, _mptcp in diag.listeners(family):
        if seen.port in ports:
            bound.setdefault((family, seen.port, seen.local[: 4 * WORDS[family]]), []).append(seen.cookie)
    return bound


def tallied(diag: sock_diag.Diag, family: int, ports: t.Set[int]) -> t.Dict[t.Tuple[int, ...], int]:
    cells = (sock_diag.TIMER, sock_diag.PORT) + sock_diag.LOCAL[: WORDS[family]]
    tally: t.Dict[t.Tuple[int, ...], int] = collections.Counter()
    for program in diag_filter.programs(ports):
        for row, number in collections.Counter(zip(*diag.columns(family, cells, program))).items():
            tally[row] += number
    return tally


def listener_of(bound: Bound, family: int, port: int, words: t.Sequence[int]) -> t.Optional[Key]:
    local = b"".join(sock_diag.WORD.pack(word) for word in words)
    for address in (local, bytes(len(local))):
        if (family, port, address) in bound:
            return family, port, address
    return None
