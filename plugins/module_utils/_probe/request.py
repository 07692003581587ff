# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of the task to the request: what is not allowed is refused here. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import ports as probe_ports
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Params = t.Mapping[str, t.Any]
# Options that an entry of `targets` takes from the task if it does not have them itself.
INHERITED = ("host", "method", "policy", "connect", "tls", "send", "max_wait", "accelerate", "in_flight", "hold")
METHODS = (observation.INSPECT, observation.DEAD_PEER)
ONLY_DEAD_PEER = ("max_wait", "accelerate", "in_flight", "hold")
SLOWEST = 0.01
LONGEST_WAIT = 7 * 24 * 3600


class Wanted(t.NamedTuple):
    """Ports, and a target that is complete except for its address and listener."""

    ports: probe_ports.Ports
    target: types.Target


class Request(t.NamedTuple):
    """Either listeners are ``wanted``, or every listener of the host is, as ``anything`` says."""

    wanted: t.Tuple[Wanted, ...]
    anything: t.Optional[types.Target]
    options: types.Options
    namespaces: bool
    require_filter: bool


def parse(params: Params) -> Request:
    """The request in the module's options. Raises ``InvalidValue``."""
    entries = [dict(entry) for entry in params["targets"] or []] + [{"port": port} for port in params["ports"] or []]
    if not entries and (params["host"] or params["method"] == observation.DEAD_PEER):
        raise _errors.InvalidValue(
            "no port is named: host and method dead_peer need ports or targets; a listener that is not named is only read."
        )
    options = types.Options(
        settle=seconds(params, "settle", lowest=0.0),
        timeout=seconds(params, "timeout", lowest=0.1),
        rate=rate(params),
        connections=params["connections"],
        source_address=source_address(params["source_address"]),
        full_command=params["full_command"],
    )
    return Request(
        tuple(wanted(index, entry, params) for index, entry in enumerate(entries)),
        None if entries else parse_target(dict(inherit({}, params), port=0), None),
        options,
        params["network_namespaces"],
        params["require_filter"],
    )


def source_address(value: t.Optional[str]) -> t.Optional[str]:
    """A name is not looked up: that would keep all other connections waiting."""
    if not value:
        return None
    try:
        probe_ports.plain(value)
    except (OSError, ValueError):
        raise _errors.InvalidValue(
            "source_address is {0}: allowed is an IPv4 or IPv6 address of the prober.".format(_errors.shown(value))
        ) from None
    return value


def wanted(index: int, entry: t.Dict[str, t.Any], params: Params) -> Wanted:
    ports = probe_ports.parse(entry.get("port"))
    target = parse_target(inherit(entry, params), index)
    if target.host and ports.is_range:
        raise _errors.InvalidValue(
            "the port is {0}, a range, for host {1}: on another host name each port.".format(
                _errors.shown(entry["port"]), _errors.shown(target.host)
            )
        )
    if target.host and ports.address:
        raise _errors.InvalidValue(
            "the port is {0} for host {1}: on another host name the port alone.".format(
                _errors.shown(entry["port"]), _errors.shown(target.host)
            )
        )
    return Wanted(ports, target)


def inherit(entry: t.Dict[str, t.Any], params: Params) -> t.Dict[str, t.Any]:
    found = dict(entry, **{key: params[key] for key in INHERITED if entry.get(key) is None})
    if params["targets"] and method_of(found) == observation.INSPECT:
        # Those of the task are for its targets that are measured.
        found.update((key, entry.get(key)) for key in ONLY_DEAD_PEER)
    return found


def method_of(entry: t.Mapping[str, t.Any]) -> str:
    return str(entry["method"] or (observation.DEAD_PEER if entry["host"] else observation.INSPECT))


def parse_target(entry: t.Mapping[str, t.Any], index: t.Optional[int]) -> types.Target:
    method = method_of(entry)
    if method == observation.INSPECT and entry["host"]:
        raise _errors.InvalidValue(
            "method is 'inspect' for host {0}: another host can only be measured, with dead_peer.".format(
                _errors.shown(entry["host"])
            )
        )
    refuse_combinations(entry, method)
    expected = entry.get("keepalive_expected", True)
    exempt = entry.get("reason") if expected is False else None
    if expected is False and not exempt:
        raise _errors.InvalidValue(
            "keepalive_expected is false for port {0}, without a reason: say why.".format(entry["port"])
        )
    return types.Target(
        address="",
        port=0,
        family=0,
        target_index=index,
        name=entry.get("name"),
        host=entry["host"] or None,
        method=method,
        policy=parse_policy(entry["policy"]),
        exempt=exempt,
        connect=entry["connect"],
        tls=bool(entry["tls"]),
        send=entry["send"].encode("utf-8", "replace") if entry["send"] else None,
        max_wait=None if entry["max_wait"] is None else seconds(entry, "max_wait", lowest=0.1),
        accelerate=bool(entry["accelerate"]),
        in_flight=bool(entry["in_flight"]),
        hold=None if entry["hold"] is None else seconds(entry, "hold", lowest=1.0),
    )


def refuse_combinations(entry: t.Mapping[str, t.Any], method: str) -> None:
    given = [key for key in ONLY_DEAD_PEER if entry[key]]
    if method == observation.INSPECT and given:
        raise _errors.InvalidValue("{0} is given with method inspect: it needs dead_peer.".format(" and ".join(given)))
    if entry["accelerate"] and entry["host"]:
        raise _errors.InvalidValue(
            "accelerate is given for host {0}: only the timers of an application on the machine that probes can be lowered.".format(
                _errors.shown(entry["host"])
            )
        )
    if method == observation.DEAD_PEER and not entry["connect"]:
        raise _errors.InvalidValue("connect is false with method dead_peer: measuring needs a connection of its own.")


def rate(params: Params) -> float:
    lowest = 0.0 if params["rate"] == 0 else SLOWEST
    return number(params, "rate", lowest, "number of connections a second, 0 for no limit, or")


def seconds(params: Params, key: str, lowest: float) -> float:
    return number(params, key, lowest, "number of seconds")


def number(params: Params, key: str, lowest: float, unit: str) -> float:
    try:
        value = float(params[key])
    except (TypeError, ValueError):
        value = -1.0
    if isinstance(params[key], bool) or not lowest <= value <= LONGEST_WAIT:
        raise _errors.InvalidValue(
            "{0} is {1}: allowed is a {2} from {3:g} to {4}.".format(
                key, _errors.shown(params[key]), unit, lowest, LONGEST_WAIT
            )
        )
    return value


def parse_policy(policy: object) -> t.Optional[_settings.Settings]:
    """``None`` where there is none. Raises ``InvalidValue``."""
    if not policy:
        return None
    settings = _settings.parse_policy(policy)
    _settings.refuse_partial(settings, policy)
    return settings
