# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was read at a listener and at its test connection to one observation. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import connection_counts, reader
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import marks
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Options = t.Optional[socket_options.SocketOptions]

LISTENER_ONLY = (
    "Only the listener and its open connections were read: the application may set other options on a connection after it "
    "accepts it."
)
TIMER_ONLY = (
    "Only the kernel's timers were read: they show that keepalive is on and about how long its time is, but not interval "
    "and probes: {0}."
)
TIMER_SILENT = "Only the kernel's timers were read, and no keepalive timer runs on the test connection: {0}."
READ_ONCE = (
    "The application closed the test connection before its options could be read a second time: it may have set more."
)
RESTLESS = "The application kept changing the options of the test connection: these are the last."
NO_CONNECTION = "No test connection was made: {0}."
LISTENER_UNREADABLE = "The listener's own options could not be read: {0}."


class RawReading(t.NamedTuple):
    """What was learnt about one target."""

    contact: str = observation.NOT_TRIED
    problem: t.Optional[str] = None
    listener: Options = None
    """The listener's own options: its connections start with them."""
    connection: Options = None
    steady: bool = False
    """Whether the connection's options stayed the same for the time asked for."""
    closed: bool = False
    """Whether the application closed the test connection."""
    unreadable: t.Optional[str] = None
    """Why a socket could not be read, and what would help."""
    timer: t.Optional[int] = None
    """The keepalive time that the connection's timer showed, in seconds; ``None`` where it did not run."""
    mark: t.Optional[marks.Mark] = None
    """What tcp_keepalive_always has set on the connection."""
    deferred: bool = False
    connections: t.Optional[connection_counts.Count] = None
    host: _settings.Settings = _settings.Settings()
    """The values in force in the listener's network namespace."""
    limits: t.Tuple[str, ...] = ()


def conclude(target: types.Target, raw: RawReading) -> Observation:
    listener = target.listener
    found = Observation(
        address=target.address,
        port=target.port,
        family=target.family_name,
        contact=raw.contact,
        closed=raw.closed,
        deferred=raw.deferred,
        problem=raw.problem,
        limits=raw.limits,
    )
    if raw.connection is not None:
        found = from_connection(found, raw, raw.connection)
    elif raw.contact == observation.ACCEPTED and raw.unreadable:
        found = from_timer(found, raw)
    elif listener is not None:
        found = from_listener(found, raw, target)
    return connection_counts.with_count(found, raw.connections)


def from_connection(found: Observation, raw: RawReading, options: socket_options.SocketOptions) -> Observation:
    if raw.closed and not raw.steady:
        # What is off in the first moment may be on in the next: one reading never proves an "off".
        found = with_limit(found, READ_ONCE)
        if not options.keepalive:
            return found._replace(problem=found.problem or _text.as_part(READ_ONCE))
    elif not raw.steady:
        found = with_limit(found, RESTLESS)
    return reader.with_mark(reader.with_options(found, options, raw.host), raw.mark, raw.host)


def from_timer(found: Observation, raw: RawReading) -> Observation:
    found = found._replace(read=observation.TIMER)
    if raw.timer is None:
        return with_limit(found, TIMER_SILENT.format(raw.unreadable))
    found = found._replace(keepalive=True, values=_settings.Values(time=raw.timer))
    return with_limit(found, TIMER_ONLY.format(raw.unreadable))


def from_listener(found: Observation, raw: RawReading, target: types.Target) -> Observation:
    """A connection starts with its listener's options, and the application may change them: an "off" proves nothing here."""
    if found.contact in (observation.REFUSED, observation.UNREACHABLE):
        return found
    if raw.problem and found.contact == observation.NOT_TRIED:
        found = with_limit(found, NO_CONNECTION.format(raw.problem))
    if raw.unreadable:
        found = with_limit(found, LISTENER_UNREADABLE.format(raw.unreadable))
    found = with_limit(found, reader.DEFERRED if raw.deferred and not target.speaks else LISTENER_ONLY)
    if raw.listener is not None and raw.listener.keepalive:
        return reader.with_options(found, raw.listener, raw.host)
    if raw.connections is not None and raw.connections.some_on:
        return found._replace(read=observation.TIMER, keepalive=True)
    if raw.listener is not None:
        return found._replace(read=observation.EXACT, problem=found.problem or reader.LISTENER_OFF)
    return found


def with_limit(found: Observation, sentence: str) -> Observation:
    return found._replace(limits=found.limits + (sentence,))
