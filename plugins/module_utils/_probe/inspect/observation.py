# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was read at a listener and at its test connection to one observation. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.accepted import connection_counts
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import options as socket_options
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation
Values = _settings.Values
Options = t.Optional[socket_options.SocketOptions]

LISTENER_ONLY = "Only the listener and its open connections were looked at: what the application sets on a connection after it accepted it is not known."
LATER = "keepalive is off on a connection that says nothing, and on for others that are open: the application turns it on later, as after a login"
LISTENER_OFF = (
    "the listener itself has keepalive off, and no connection was made to see what the application sets on one"
)
TIMER_ONLY = "Only the kernel's timers were seen, which show that keepalive is on and about how long its time is, but not interval and probes: {0}."
TIMER_SILENT = "Only the kernel's timers were seen, and no keepalive timer runs on the test connection: {0}."
READ_ONCE = (
    "The application closed the test connection before its options could be read a second time: it may have set more."
)
RESTLESS = "The application changed the options of the test connection again and again; these are the last."
HIDDEN = (
    "{0} of the {1} open connections have data in flight, which hides their keepalive timer: they count as without."
)
SHARED = "{0} listeners share this address and port: the open connections of all of them are counted at each."
BY_ANOTHER = "Another worker on this port took every test connection: what is told here is what process {0} has."
DEFERRED = "The listener takes a connection only once data has come (TCP_DEFER_ACCEPT): give send to have it probed."


class Seen(t.NamedTuple):
    """What was learnt about one target."""

    contact: str = observation.NOT_TRIED
    problem: t.Optional[str] = None
    listener: Options = None
    """The listener's own options, which its connections start with."""
    connection: Options = None
    steady: bool = False
    """Whether the connection's options stayed the same for the time asked for."""
    closed: bool = False
    """Whether the application closed the test connection."""
    unreadable: t.Optional[str] = None
    """Why a socket could not be read, and what would help."""
    timer: t.Optional[int] = None
    """Seconds of keepalive time that its timer in the kernel's table showed; ``None`` where it did not run."""
    deferred: bool = False
    connections: t.Optional[connection_counts.Count] = None
    host: _settings.Settings = _settings.Settings()
    """The values in force in the listener's network namespace."""
    limits: t.Tuple[str, ...] = ()


def conclude(target: types.Target, seen: Seen) -> Observation:
    listener = target.listener
    found = Observation(
        address=target.address,
        port=target.port,
        family=target.family_name,
        contact=seen.contact,
        deferred=seen.deferred,
        problem=seen.problem,
        limits=seen.limits,
    )
    if seen.connection is not None:
        found = from_connection(found, seen, seen.connection)
    elif seen.contact == observation.ACCEPTED and seen.unreadable:
        found = from_timer(found, seen)
    elif listener is not None:
        found = from_listener(found, seen, target)
    return with_count(found, seen.connections)


def from_connection(found: Observation, seen: Seen, options: socket_options.SocketOptions) -> Observation:
    if seen.closed and not seen.steady:
        # What is off in the first moment may be on in the next: an "off" is never told from one reading.
        found = with_limit(found, READ_ONCE)
        if not options.keepalive:
            return found._replace(problem=found.problem or READ_ONCE)
    elif not seen.steady:
        found = with_limit(found, RESTLESS)
    return with_options(found, options, seen.host)


def with_options(found: Observation, options: socket_options.SocketOptions, host: _settings.Settings) -> Observation:
    return found._replace(
        read=observation.EXACT,
        keepalive=options.keepalive,
        values=options.values,
        set_by=set_by(options, host),
    )


def set_by(options: socket_options.SocketOptions, host: _settings.Settings) -> t.Optional[str]:
    """The host has no TCP_USER_TIMEOUT: who has one, set it. Where keepalive is off, nobody's values are in force."""
    if not options.keepalive or not any(options.values):
        return None
    differs = [
        name
        for name, value in host.named().items()
        if getattr(options.values, name) is not None and getattr(options.values, name) != value
    ]
    return "application" if differs or options.values.user_timeout else "host"


def from_timer(found: Observation, seen: Seen) -> Observation:
    found = found._replace(read=observation.TIMER)
    if seen.timer is None:
        return with_limit(found, TIMER_SILENT.format(seen.unreadable))
    found = found._replace(keepalive=True, values=Values(time=seen.timer))
    return with_limit(found, TIMER_ONLY.format(seen.unreadable))


def from_listener(found: Observation, seen: Seen, target: types.Target) -> Observation:
    """A connection starts with what its listener has; it may well be changed after, so an "off" says nothing here."""
    if found.contact in (observation.REFUSED, observation.UNREACHABLE):
        return found
    if seen.problem and found.contact == observation.NOT_TRIED:
        found = with_limit(found, seen.problem)
    if seen.unreadable:
        found = with_limit(found, "What the listener itself has could not be read: {0}.".format(seen.unreadable))
    found = with_limit(found, DEFERRED if seen.deferred and not target.send else LISTENER_ONLY)
    if seen.listener is not None and seen.listener.keepalive:
        return with_options(found, seen.listener, seen.host)
    if seen.connections is not None and seen.connections.some_on:
        return found._replace(read=observation.TIMER, keepalive=True)
    if seen.listener is not None:
        return found._replace(read=observation.EXACT, problem=found.problem or LISTENER_OFF)
    return found


def with_count(found: Observation, count: t.Optional[connection_counts.Count]) -> Observation:
    if count is None:
        return found
    if found.keepalive is False and count.some_on:
        found = found._replace(keepalive=None, values=None, silent_for=None, problem=LATER)
    found = found._replace(connections=observation.Connections(count.open, count.with_keepalive))
    if count.hidden:
        found = with_limit(found, HIDDEN.format(count.hidden, count.open))
    if count.shared_by > 1:
        found = with_limit(found, SHARED.format(count.shared_by))
    return found


def with_limit(found: Observation, sentence: str) -> Observation:
    return found._replace(limits=found.limits + (sentence,))
