# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application and the kernel below it, on the other side of a virtual connection."""

from __future__ import annotations

import dataclasses
import errno
import functools
import math
from typing import TYPE_CHECKING

from ansible_collections.netops.keepalive.plugins.module_utils._settings import Values
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf

from tests.support.probe.virtual.sockets import ESTABLISHED

if TYPE_CHECKING:
    from tests.support.probe.virtual.network import VirtualNetwork
    from tests.support.probe.virtual.sockets import VirtualSocket

ACK = 16
NEVER = math.inf
FIRST_RETRANSMISSION = 0.2


@dataclasses.dataclass
class Application:
    """Moments are seconds after the connection was made."""

    time: int = 0
    """0: keepalive is off."""
    interval: int = 75
    probes: int = 9
    user_timeout: float = 0
    answers_after: float = 0.001
    """When its kernel answers the SYN."""
    accepts_after: float = 0
    on_after: float = 0
    """When it switches keepalive on."""
    says: tuple[tuple[float, bytes], ...] = ()
    replies: bytes = b""
    """What it says to each data that comes."""
    closes_after: float = NEVER
    resets_after: float = NEVER
    repeats_after: float = NEVER
    """When its kernel repeats the handshake."""
    cut: tuple[float, float] = (NEVER, NEVER)
    """From when to when nothing comes through, in either direction."""

    def called(self, connection: VirtualSocket) -> None:
        if self.answers_after != NEVER:
            connection.network.later(self.answers_after, lambda: self.connected(connection))

    def connected(self, connection: VirtualSocket) -> None:
        connection.state = ESTABLISHED
        connection.last_data_sent = connection.last_data_received = connection.network.time
        connection.peer = Connection(self, connection.network, connection)


class Connection:
    """The application's end of a connection: its keepalive timer, and its data until that is acknowledged."""

    def __init__(self, application: Application, network: VirtualNetwork, prober: VirtualSocket) -> None:
        self.application = application
        self.network = network
        self.prober = prober
        self.start = self.heard = network.time
        self.time, self.interval, self.probes = application.time, application.interval, application.probes
        self.user_timeout = application.user_timeout
        self.is_on = False
        self.is_there = True
        self.unanswered = 0
        self.unacknowledged = False
        self.timer = 0
        if application.time:
            network.later(application.on_after, self.switch_on)
        for moment, data in application.says:
            network.later(moment, functools.partial(self.say, data))
        for moment, event in (
            (application.closes_after, self.close),
            (application.resets_after, self.reset),
            (application.repeats_after, self.repeat_handshake),
        ):
            if moment != NEVER:
                network.later(moment, event)

    # Keepalive, as in net/ipv4/tcp_timer.c.

    def values(self) -> Values:
        return Values(self.time, self.interval, self.probes, self.user_timeout)

    def switch_on(self) -> None:
        self.is_on = True
        self.arm(self.time)

    def lower(self, values: Values) -> None:
        self.time, self.interval, self.probes = values.time or 0, values.interval or 0, values.probes or 0
        self.user_timeout = values.user_timeout or 0
        self.unanswered = 0
        self.arm(max(0.0, self.heard + self.time - self.network.time))

    def arm(self, seconds: float) -> None:
        self.timer += 1
        number = self.timer
        self.network.later(seconds, lambda: self.timer_runs() if number == self.timer else None)

    def timer_runs(self) -> None:
        idle = self.network.time - self.heard
        if not self.is_on or not self.is_there or self.unacknowledged:
            return
        if not self.unanswered and idle < self.time - 0.001:
            self.arm(self.time - idle)
            return
        over = idle >= self.user_timeout if self.user_timeout else self.unanswered >= self.probes
        if self.unanswered and over:
            self.reset()
            return
        if self.reaches(ACK, known=True):
            self.hears(b"")
        else:
            self.unanswered += 1
        self.arm(self.interval if self.unanswered else self.time)

    # What passes between both ends.

    def is_cut(self) -> bool:
        begin, end = self.application.cut
        return begin <= self.network.time - self.start < end

    def reaches(self, flags: int, payload: bytes = b"", *, known: bool = False) -> bool:
        return not self.is_cut() and self.prober.arrives(flags, payload, known=known)

    def hears(self, data: bytes) -> None:
        """A segment of the prober's."""
        if self.is_cut() or not self.is_there:
            return
        self.heard, self.unanswered = self.network.time, 0
        if data and self.application.replies:
            self.network.later(0.001, lambda: self.say(self.application.replies))

    def say(self, data: bytes, after: float = FIRST_RETRANSMISSION, since: float | None = None) -> None:
        """Until it is acknowledged; `since` is when it was first sent."""
        since = self.network.time if since is None else since
        if not self.is_there:
            return
        self.unacknowledged = not self.reaches(ACK | bpf.PSH, data)
        if not self.unacknowledged:
            self.hears(b"")
            self.arm(self.time)
        elif self.user_timeout and self.network.time - since >= self.user_timeout:
            self.is_there = False  # given up without a word
        else:
            self.network.later(after, lambda: self.say(data, 2 * after, since))

    def close(self) -> None:
        if self.is_there and self.unacknowledged:
            self.prober.out_of_order += 1  # it stands behind the data
        elif self.is_there:
            self.reaches(bpf.FIN | ACK)
        self.is_there = False

    def reset(self) -> None:
        if self.is_there:
            self.reaches(bpf.RST | ACK)
        self.is_there = False

    def repeat_handshake(self) -> None:
        if self.reaches(bpf.SYN | ACK, known=True):
            self.hears(b"")
            self.arm(self.time)

    def prober_closed(self) -> None:
        self.is_there = False

    # The prober's own keepalive.

    def asked_from_now_on(self, most: int) -> None:
        self.network.later(1.0, lambda: self.asked(most, 0))

    def asked(self, most: int, unanswered: int) -> None:
        if self.prober.state != ESTABLISHED or self.prober.descriptor < 0:
            return
        if unanswered == most:
            self.prober.fail(errno.ETIMEDOUT)
            return
        if self.is_cut():
            unanswered += 1
        elif self.is_there:
            self.hears(b"")
            self.prober.arrives(ACK)
            unanswered = 0
        else:
            self.prober.arrives(bpf.RST)
        self.network.later(1.0, lambda: self.asked(most, unanswered))
