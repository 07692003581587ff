# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets of other processes, switched through duplicates of their descriptors: for kernels whose programs cannot set open connections."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import config
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import table
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import iterator as program
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options, owners, pidfd, types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks


def with_holders(chosen: t.Sequence[table.Open]) -> t.List[table.Open]:
    """Those that a process has open: not one that no application has accepted, nor one of the kernel."""
    # New processes before old ones: a server forks, and then serves.
    held = owners.newest([one.inode for one in chosen if one.inode], reversed(owners.processes()))
    return [one._replace(holder=held[one.inode]) for one in chosen if one.inode in held]


def switch(_maps: t.Mapping[str, int], values: config.Config, chosen: t.Iterable[table.Open], what: int) -> t.Set[int]:
    """As the iterator does it. A socket without a mark is taken back if it has the values. Raises ``HostUnwritable``."""
    new = as_values(marks.Mark(*values[2:6]))
    return {one.cookie for one in chosen if one.holder and is_switched(one, one.holder, new, what)}


def is_switched(one: table.Open, holder: types.Holder, new: _settings.Values, what: int) -> bool:
    try:
        with pidfd.duplicate(holder, one.cookie, socket.AF_INET) as copy:
            if what & program.TAKE_BACK:
                return take_back(copy, as_values(one.mark) if one.mark else new, what)
            return switch_on(copy, new, what)
    except _errors.SocketGone:
        return False
    except (OSError, _errors.SocketUnreadable) as error:
        raise _errors.HostUnwritable(
            "An open connection of process {0} cannot be switched: {1}.".format(holder.pid, _text.why(error))
        ) from error


def as_values(mark: marks.Mark) -> _settings.Values:
    return _settings.Values(
        mark.time or None, mark.interval or None, mark.probes or None, mark.user_timeout / 1000 or None
    )


def switch_on(copy: socket.SocketType, values: _settings.Values, what: int) -> bool:
    now = options.read(copy)
    if now.keepalive or now.values.user_timeout:
        return False
    if not what & program.LOOK:
        options.write(copy, values)
    return True


def take_back(copy: socket.SocketType, values: _settings.Values, what: int) -> bool:
    now = options.read(copy)
    if not now.keepalive or any(old not in (None, new) for old, new in zip(values, now.values)):
        return False
    if not what & program.LOOK:
        copy.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
        if values.user_timeout:
            copy.setsockopt(socket.IPPROTO_TCP, options.TCP_USER_TIMEOUT, 0)
    return True


def lack() -> t.Optional[str]:
    """Why sockets of other processes cannot be duplicated here."""
    found = pidfd.lacks()
    if found == "kernel" and pidfd.scope() < 3:
        return "this kernel has no pidfd_getfd (Linux 5.6 has)"
    return pidfd.missing_right() if found else None
