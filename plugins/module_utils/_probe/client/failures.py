# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why there is no connection: a class for each kind of failure, and the one place that maps the kernel's errors onto them."""

import errno
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation


class ConnectFailed(Exception):
    """There is no connection. ``contact`` is the observation's word for it; the message is a sentence without a full stop."""

    contact = observation.NOT_TRIED
    sentence = "{why}"

    def __init__(self, target: types.Target, why: object = "") -> None:
        super().__init__(self.sentence.format(target=target.written, why=why))


class NotOpened(ConnectFailed):
    """The prober has no socket, or cannot use it. Says nothing about the target."""

    sentence = "the prober could not open a connection to {target}: {why}"


class NoDescriptor(NotOpened):
    sentence = NotOpened.sentence + "; raise its limit of open files (ulimit -n)"


class SourceUnusable(ConnectFailed):
    sentence = "{why}; allowed is an address of the prober, of the same family as the target's"


class NoWay(NotOpened):
    """Another address family may lead there."""


class NoSourceAddress(NoWay):
    sentence = (
        "the prober could not open a connection to {target}: no port is free, or no address of its own leads there"
    )


class NoRoute(NoWay):
    sentence = (
        "the prober could not open a connection to {target}: no route leads there; check that the interface lo is up"
    )


class Refused(ConnectFailed):
    contact = observation.REFUSED
    sentence = "{target} refused the connection: nothing listens there, or a firewall rejects it"


class ResetAtOnce(ConnectFailed):
    """The kernel made the connection, and then it was reset: a SYN is refused, not reset."""

    contact = observation.ACCEPTED
    sentence = "{target} reset the connection at once"


class Unreachable(ConnectFailed):
    contact = observation.UNREACHABLE
    sentence = "{target} cannot be reached: {why}"


class Unanswered(ConnectFailed):
    contact = observation.UNREACHABLE
    sentence = (
        "{target} gave no answer in {why:g} s: a firewall drops the connection, nothing is there, or the queue of "
        "connections that wait to be accepted is full"
    )


class ListenerUnanswered(Unanswered):
    """The same on this machine, where the kernel shows the listener and its queue."""

    sentence = "{target} gave no answer in {why:g} s although it listens: a firewall on this host drops the connection"


class QueueFull(ConnectFailed):
    contact = observation.NOT_ACCEPTED
    sentence = "{target} takes no connection: its queue is full; {why}"


class AllFailed(ConnectFailed):
    """Every address of a host failed. The first that could be tried decides; the sentence has all."""

    def __init__(self, target: types.Target, failures: t.Sequence[ConnectFailed]) -> None:
        super().__init__(target, "; ".join(dict.fromkeys(map(str, failures))))
        tried = [failure for failure in failures if failure.contact != observation.NOT_TRIED]
        self.contact = (tried or failures)[0].contact


WITHOUT_SOCKET: t.Mapping[int, t.Type[ConnectFailed]] = {
    errno.EMFILE: NoDescriptor,
    errno.ENFILE: NoDescriptor,
    errno.ENOBUFS: NoDescriptor,
    errno.ENOMEM: NoDescriptor,
    errno.EAFNOSUPPORT: NoWay,
}
AT_CONNECT: t.Mapping[int, t.Type[ConnectFailed]] = {
    errno.ECONNREFUSED: Refused,
    errno.ECONNRESET: ResetAtOnce,
    errno.EPIPE: ResetAtOnce,
    errno.ENOTCONN: ResetAtOnce,
    errno.EADDRNOTAVAIL: NoSourceAddress,
}


def before_connect(error: Exception, target: types.Target) -> ConnectFailed:
    """The socket could not be made, or not be prepared."""
    if not isinstance(error, OSError):
        return ConnectFailed(target, _text.as_part(str(error)))
    return WITHOUT_SOCKET.get(error.errno or 0, NotOpened)(target, _text.why(error))


def at_connect(code: int, target: types.Target) -> ConnectFailed:
    """The kernel gave this error for the connection."""
    if code == errno.ENETUNREACH and target.listener is not None:
        return NoRoute(target)
    return AT_CONNECT.get(code, Unreachable)(target, os.strerror(code))
