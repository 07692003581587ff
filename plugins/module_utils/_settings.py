# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three keepalive settings of a host: names, units, ranges, comparison. Pure."""

import math
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors


class Parameter(t.NamedTuple):
    """A keepalive setting, with its name in this collection and in Linux."""

    name: str
    sysctl: str
    minimum: int
    maximum: int
    default: int
    what: str

    @property
    def proc_path(self) -> str:
        """The file with the value of the running kernel."""
        return "/proc/sys/" + self.sysctl.replace(".", "/")


# The ranges are those of the socket options (tcp(7)). As a sysctl the kernel accepts more, with harmful effects: probes=0 drops
# healthy connections, interval=0 floods the peer, and a negative time sends no probe.
PARAMETERS = (
    Parameter("time", "net.ipv4.tcp_keepalive_time", 1, 32767, 7200, "whole number of seconds"),
    Parameter("interval", "net.ipv4.tcp_keepalive_intvl", 1, 32767, 75, "whole number of seconds"),
    Parameter("probes", "net.ipv4.tcp_keepalive_probes", 1, 127, 9, "whole number of probes"),
)
NAMES = tuple(parameter.name for parameter in PARAMETERS)
BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}

# No range needs nine digits. Without a limit, int() would raise an error for thousands of digits.
DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")
# Connection tracking in Linux forgets a connection after 300 s without an acknowledgement (nf_conntrack_tcp_timeout_unacknowledged).
CONNTRACK_BAND = (295, 305)
# A failover or a live migration takes as long as shorter ones: tcp_keepalive_always wants them confirmed.
SHORTEST_DROP, FEWEST_PROBES = 60, 3


class Settings(t.NamedTuple):
    """Keepalive values: ``time`` and ``interval`` in seconds, ``probes`` as a count. ``None``: not known, or not named."""

    time: t.Optional[int] = None
    interval: t.Optional[int] = None
    probes: t.Optional[int] = None

    def named(self) -> t.Dict[str, int]:
        """The values that are not ``None``, by parameter name."""
        return {name: value for name, value in zip(NAMES, self) if value is not None}

    def report(self) -> t.Dict[str, t.Optional[int]]:
        """The values and ``drop_after``, as modules return them."""
        values: t.Dict[str, t.Optional[int]] = dict(zip(NAMES, self))
        values["drop_after"] = drop_after(self)
        return values


class Values(t.NamedTuple):
    """The options of one socket: seconds, seconds, a count, seconds (0: no user timeout)."""

    time: t.Optional[int] = None
    interval: t.Optional[int] = None
    probes: t.Optional[int] = None
    user_timeout: t.Optional[float] = None

    def drop_after(self) -> t.Optional[int]:
        return drop_after(Settings(self.time, self.interval, self.probes), self.user_timeout)

    def report(self) -> t.Dict[str, t.Optional[float]]:
        """The values with ``drop_after``, as modules return them."""
        return dict(self._asdict(), drop_after=self.drop_after())


KERNEL_DEFAULTS = Settings(*(parameter.default for parameter in PARAMETERS))


def drop_after(settings: Settings, user_timeout: t.Optional[float] = None) -> t.Optional[int]:
    """Seconds from the last packet of a peer until the kernel drops it as dead.

    ``None`` if a value is missing, or if the kernel never drops the peer: with a negative time it sends no probe, and with a
    negative interval no second one. A ``user_timeout`` (``TCP_USER_TIMEOUT``, seconds, > 0) replaces the number of probes:
    the kernel drops the peer at the first keepalive timer after it, but not before one probe.
    """
    if settings.time is None or settings.interval is None or min(settings.time, settings.interval) < 0:
        return None
    if user_timeout and settings.interval == 0:
        return max(settings.time, math.ceil(user_timeout))
    if user_timeout:
        unanswered = -int((settings.time - user_timeout) // settings.interval)
        return settings.time + settings.interval * max(1, unanswered)
    if settings.probes is None:
        return None
    return settings.time + settings.interval * settings.probes


def in_words(values: t.Mapping[str, object]) -> str:
    """``time 60, interval 20``."""
    return ", ".join("{0} {1}".format(name, value) for name, value in values.items())


def parse(name: str, value: object) -> int:
    """The value of parameter ``name`` as a number. It may be an integer or a decimal string.

    Raises:
        InvalidValue: it has another form (``true``, ``6_0``, ``1e3``, ``60.0``, ``010``), or is out of range.
    """
    return parse_number(BY_NAME[name], value)


def parse_number(parameter: Parameter, value: object) -> int:
    """The same for a parameter that is not one of the three."""
    if isinstance(value, str) and DECIMAL.match(value):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        raise refused(parameter, value)
    if not parameter.minimum <= number <= parameter.maximum:
        raise refused(parameter, value)
    return number


def refused(parameter: Parameter, value: object) -> _errors.InvalidValue:
    return _errors.InvalidValue(
        "{0} is {1}: allowed is a {2} from {3} to {4}.".format(
            parameter.name, _errors.shown(value), parameter.what, parameter.minimum, parameter.maximum
        )
    )


def parse_settings(values: t.Mapping[str, object]) -> Settings:
    """Settings from those of the three values that are not ``None``. Raises ``InvalidValue``."""
    return Settings(**{name: parse(name, values[name]) for name in NAMES if values.get(name) is not None})


def refuse_partial(settings: Settings, given: object) -> None:
    """A listener is held against a time, or against all three values: with anything less, every listener would comply.

    Raises ``InvalidValue``.
    """
    if settings.time is None or (settings.interval is None) != (settings.probes is None):
        raise _errors.InvalidValue(
            "the policy is {0}: allowed is time alone, or time, interval and probes.".format(_errors.shown(given))
        )


def advice(settings: Settings) -> t.List[str]:
    """Warnings about values that are allowed but a known trap."""
    low, high = CONNTRACK_BAND
    if settings.time is not None and low <= settings.time <= high:
        return [
            "time is {0}: connection tracking in firewalls forgets a connection after 300 seconds without an "
            "acknowledgement, so values from {1} to {2} race against it; choose a smaller one.".format(
                settings.time, low, high
            )
        ]
    return []


def parse_policy(policy: object) -> Settings:
    """Settings from a mapping with any of time, interval and probes, such as the filter ``plan`` gives. Raises ``InvalidValue``."""
    if not isinstance(policy, t.Mapping) or set(policy) - set(NAMES) - {"drop_after", "why"}:
        raise _errors.InvalidValue(
            "the policy is {0}: allowed is a mapping with time, interval and probes.".format(_errors.shown(policy))
        )
    return parse_settings(policy)
