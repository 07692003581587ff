# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The observation of one listener: plain values, times in seconds, ``None`` if not known. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings

# The end of the attempt to connect.
ACCEPTED, REFUSED, UNREACHABLE, NOT_ACCEPTED, NOT_TRIED = (
    "accepted",
    "refused",
    "unreachable",
    "not_accepted",
    "not_tried",
)
# The source of the application's settings: the socket itself, its timer in sock_diag, or none.
EXACT, TIMER, UNREAD = "exact", "timer", "unread"
# The end of a measurement.
DROPPED, CLOSED, OPEN, RESET = "dropped", "closed", "open", "reset"
DEAD_PEER, INSPECT = "dead_peer", "inspect"


class Connections(t.NamedTuple):
    """The connections that are open already; ``with_keepalive`` counts those whose keepalive timer is seen to run."""

    open: int
    with_keepalive: int


class Measured(t.NamedTuple):
    """What came from the application's side while the peer did not answer. Times count from the last segment that the
    application's side acknowledged; ``interval`` is the median of at least two."""

    first_probe: t.Optional[float]
    interval: t.Optional[float]
    probes: t.Optional[int]
    probe_times: t.Tuple[float, ...]
    dropped_after: t.Optional[float]
    ended_by: str


class InFlight(t.NamedTuple):
    """The same with data that is not acknowledged, where retransmission decides, not keepalive."""

    retransmissions: int
    dropped_after: t.Optional[float]
    ended_by: str


class Path(t.NamedTuple):
    """A connection that was left idle for ``held`` seconds, and whether it still answered."""

    held: float
    answered: t.Optional[bool]


class Observation(t.NamedTuple):
    """Everything that was seen at one listener, or at a named endpoint where nothing listens."""

    address: str
    port: int
    family: str
    method: str = INSPECT
    contact: str = NOT_TRIED
    read: str = UNREAD
    keepalive: t.Optional[bool] = None
    values: t.Optional[_settings.Values] = None
    set_by: t.Optional[str] = None
    connections: t.Optional[Connections] = None
    measured: t.Optional[Measured] = None
    in_flight: t.Optional[InFlight] = None
    path: t.Optional[Path] = None
    forgotten_after: t.Optional[float] = None
    """dead_peer: seconds after which the other side gave no answer at all any more."""
    silent_for: t.Optional[float] = None
    """dead_peer: seconds for which the peer did not answer, whether or not anything came."""
    accelerated: bool = False
    """dead_peer: the timers of the test socket were lowered, so the measurement proves the drop, not the values."""
    talks: bool = False
    """dead_peer: the application itself sends data on an idle connection."""
    closed: bool = False
    """inspect: the application closed the test connection before its options were read for certain."""
    deferred: bool = False
    """The listener is handed a connection only when data has come (TCP_DEFER_ACCEPT)."""
    problem: t.Optional[str] = None
    """Why nothing or not everything could be read: one sentence."""
    limits: t.Tuple[str, ...] = ()
    last_port: t.Optional[int] = None
    """The last port of a range that has no listener."""


class Subject(t.NamedTuple):
    """What a verdict depends on besides the observation."""

    policy: t.Optional[_settings.Settings] = None
    exempt: t.Optional[str] = None
    forwarder: t.Optional[str] = None
    """The program that answers here for another."""


class Judgement(t.NamedTuple):
    """``verdict`` is ``None`` without a policy."""

    verdict: t.Optional[str]
    reason: str
