# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks for: its options, checked."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._always import config, loader
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

USER_TIMEOUT = _settings.Parameter("user_timeout", "", 1, 86400, 0, "whole number of seconds")
SPREAD = _settings.Parameter("spread", "", 1, 86400, 0, "whole number of seconds")
PROGRAM, SOCKETS = "program", "sockets"
VALUE_OPTIONS = ("time", "interval", "probes", "user_timeout", "spread")


class Request(t.NamedTuple):
    """``config`` lacks the cookie of the host's network namespace, which the host tells."""

    state: str
    scope: t.Optional[str]
    units: t.Tuple[str, ...]
    exclude_units: t.Tuple[str, ...]
    containers: t.Optional[bool]
    exclusive: bool
    short_drop: bool
    runtime: bool
    boot: bool
    connections: bool
    spread: t.Optional[int]
    method: str
    config: config.Config


def parse(options: t.Mapping[str, t.Any]) -> Request:
    """Raises ``InvalidValue``."""
    values = _settings.parse_settings(options)
    given = options["user_timeout"]
    timeout = 0 if given is None else _settings.parse_number(USER_TIMEOUT, given)
    flags = config.FLAGS[options["direction"]]
    flags |= layout.LOOPBACK if options["loopback"] else 0
    flags |= layout.CONTAINERS if options["containers"] else 0
    remotes = parse_remotes(list(options["exclude_remotes"]) + ([] if options["loopback"] else list(config.LOOPBACK)))
    found = Request(
        options["state"],
        options["scope"],
        tuple(options["units"]),
        tuple(options["exclude_units"]),
        options["containers"],
        options["exclusive"],
        options["short_drop"],
        options["runtime"],
        options["method"] == PROGRAM if options["boot"] is None else options["boot"],
        options["connections"],
        None if options["spread"] is None else _settings.parse_number(SPREAD, options["spread"]),
        options["method"],
        config.Config(
            0,
            flags,
            values.time or 0,
            values.interval or 0,
            values.probes or 0,
            timeout * 1000,
            parse_ports(options["exclude_ports"]),
            remotes,
        ),
    )
    check(found, options)
    return found


def check(request: Request, options: t.Mapping[str, t.Any]) -> None:
    if request.method == SOCKETS:
        check_sockets(request, options)
    named = [name for name in VALUE_OPTIONS if options[name] is not None]
    if request.state == "absent" and named:
        raise _errors.InvalidValue("state is absent: {0} cannot be set with it; remove it.".format(named[0]))
    if not request.runtime and not request.boot:
        raise _errors.InvalidValue("runtime: false together with boot: false leaves nothing to do; allow one of them.")
    if request.connections and not request.runtime:
        raise _errors.InvalidValue("connections is true: that takes runtime: true.")
    if request.spread is not None and not request.connections:
        raise _errors.InvalidValue("spread is {0}: that takes connections: true.".format(request.spread))
    if request.units and request.scope != "units":
        raise _errors.InvalidValue("units is given: that takes scope: units.")
    if request.scope == "units" and not request.units:
        raise _errors.InvalidValue("units is empty: scope units takes one unit at least.")
    if request.state == "present" and options["user_timeout"] is not None and request.scope == "host":
        raise _errors.InvalidValue(
            "user_timeout is {0}: it is allowed with scope: units only, because it also ends connections whose data is not "
            "acknowledged.".format(_errors.shown(options["user_timeout"]))
        )
    if request.containers and not request.config.time and request.state == "present":
        raise _errors.InvalidValue(
            "containers is true: that takes time, because a network namespace of its own starts at 7200 seconds."
        )


def check_sockets(request: Request, options: t.Mapping[str, t.Any]) -> None:
    """Raises ``InvalidValue``."""
    if request.state == "absent":
        raise _errors.InvalidValue(
            "method is sockets: that takes state: present, because nothing tells afterwards what it has switched on; it ends when the unit "
            "restarts."
        )
    if request.scope != "units":
        raise _errors.InvalidValue("method is sockets: that takes scope: units.")
    if request.boot:
        raise _errors.InvalidValue(
            "boot is true: what method: sockets switches on ends when the unit restarts; say boot: false and run the task again then, or "
            "use method: program."
        )
    if not request.config.flags & layout.INCOMING and not request.connections:
        raise _errors.InvalidValue("direction is outgoing: with method: sockets that takes connections: true.")
    if options["exclude_remotes"] and request.config.flags & layout.INCOMING:
        raise _errors.InvalidValue(
            "exclude_remotes is given: a listening socket cannot tell peers apart; use method: program, or direction: outgoing."
        )


def check_drop(request: Request, host: _settings.Settings) -> None:
    """A failover or a live migration takes longer than some values allow. ``host`` are the values of the running kernel.

    Raises ``InvalidValue``.
    """
    if request.short_drop or request.state == "absent":
        return
    own = request.config
    values = _settings.Settings(own.time or host.time, own.interval or host.interval, own.probes or host.probes)
    timeout = own.user_timeout // 1000 or None
    drop = _settings.drop_after(values, timeout)
    if drop is None or values.time is None or not values.interval:
        return
    unanswered = (drop - values.time) // values.interval
    if drop < _settings.SHORTEST_DROP or unanswered < _settings.FEWEST_PROBES:
        raise _errors.InvalidValue(
            "{0}: a dead peer would be dropped after {1} seconds and {2} unanswered probes, and a failover or a live migration "
            "takes that long; allowed are {3} seconds and {4} probes at least, or say short_drop: true.".format(
                _settings.in_words(values.named()), drop, unanswered, _settings.SHORTEST_DROP, _settings.FEWEST_PROBES
            )
        )


def parse_ports(given: t.Sequence[object]) -> t.FrozenSet[int]:
    ports = set()
    for one in given:
        text = str(one)
        if isinstance(one, bool) or not _settings.DECIMAL.match(text) or not 1 <= int(text) <= 65535:
            raise _errors.InvalidValue(
                "exclude_ports has {0}: allowed is a whole number from 1 to 65535.".format(_errors.shown(one))
            )
        ports.add(int(text))
    return limited("exclude_ports", ports)


def parse_remotes(given: t.Sequence[object]) -> t.FrozenSet[config.Remote]:
    remotes = set()
    for one in given:
        try:
            remotes.add(config.remote(str(one)))
        except ValueError as error:
            raise _errors.InvalidValue(
                "exclude_remotes has {0}: allowed is an address or a network, such as 10.0.0.0/8 or 2001:db8::/32.".format(
                    _errors.shown(one)
                )
            ) from error
    return limited("exclude_remotes", remotes)


T = t.TypeVar("T")


def limited(option: str, given: t.Set[T]) -> t.FrozenSet[T]:
    if len(given) > loader.MOST_EXCLUDED:
        raise _errors.InvalidValue(
            "{0} has {1} entries: allowed are {2}.".format(option, len(given), loader.MOST_EXCLUDED)
        )
    return frozenset(given)
