# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a goal, a preset or plain values to the settings of a policy. Pure."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import presets

GOAL_KEYS = ("path_idle", "drop_within")
STRATEGIES = ("thirds",)
THIRDS_PROBES = 3
LONGEST_GOAL = 10 * 24 * 3600


class Goal(t.NamedTuple):
    """What the values are for, in seconds: the path forgets an idle connection after ``path_idle``; a dead peer has to
    be dropped within ``drop_within``. ``None`` if it does not matter."""

    path_idle: int | None
    drop_within: int | None

    def __str__(self) -> str:
        """As a user writes it."""
        return " ".join("{0}={1}".format(key, value) for key, value in zip(GOAL_KEYS, self) if value is not None)


class Policy(t.NamedTuple):
    """Settings, and a sentence that explains them."""

    settings: _settings.Settings
    why: str

    def report(self) -> dict[str, t.Any]:
        return dict(self.settings.report(), why=self.why)


def parse_goal(goal: object) -> Goal:
    """A goal from a mapping, or from text such as ``path_idle=350 drop_within=180``. Raises ``InvalidValue``."""
    named = dict(word.split("=", 1) for word in goal.split() if "=" in word) if isinstance(goal, str) else goal
    words = len(goal.split()) if isinstance(goal, str) else None
    if not isinstance(named, t.Mapping) or not named or set(named) - set(GOAL_KEYS) or words not in (None, len(named)):
        raise _errors.InvalidValue(
            "the goal is {0}: allowed is path_idle, drop_within or both, in seconds.".format(_errors.shown(goal))
        )
    return Goal(*(goal_seconds(key, named[key]) if given(named.get(key)) else None for key in GOAL_KEYS))


def goal_seconds(key: str, value: object) -> int:
    try:
        number = int(value) if isinstance(value, str) and re.match(r"[1-9][0-9]*\Z", value) else value
        if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= LONGEST_GOAL:
            return number
    except ValueError:  # more digits than Python reads
        pass
    raise _errors.InvalidValue(
        "{0} is {1}: allowed is a whole number of seconds from 1 to {2}.".format(
            key, _errors.shown(value), LONGEST_GOAL
        )
    )


def plan(goal: Goal, strategy: str = "thirds", probes: object = None) -> Policy:
    """The values that reach ``goal``.

    ``thirds`` is the rule of Redis: probe after half of the shorter time, three times at a third of that. With a given
    number of ``probes`` (Windows sends 10, always) the interval is what then remains of ``drop_within``.

    Raises:
        InvalidValue: an unknown strategy, a number of probes that no socket can hold, or no goal at all.
        ImpossibleGoal: no whole number of seconds reaches it.
    """
    if strategy not in STRATEGIES:
        raise _errors.InvalidValue(
            "strategy is {0}: allowed is {1}.".format(_errors.shown(strategy), ", ".join(STRATEGIES))
        )
    count = THIRDS_PROBES if probes is None else _settings.parse("probes", probes)
    limits = [seconds for seconds in goal if seconds is not None]
    if not limits:
        raise _errors.InvalidValue("the goal names neither path_idle nor drop_within: name one of them, in seconds.")
    half, longest = min(limits) // 2, _settings.BY_NAME["time"].maximum
    if half < 1:
        raise _errors.ImpossibleGoal("{0} cannot be reached: half of {1} is no whole second.".format(goal, min(limits)))
    time = min(half, longest)
    if probes is None or goal.drop_within is None:
        interval, arithmetic = max(1, time // 3), "a third of that is interval {0}".format(max(1, time // 3))
    else:
        interval = (goal.drop_within - time) // count
        arithmetic = "({0} - {1}) / {2} probes is interval {3}".format(goal.drop_within, time, count, interval)
    # A peer that answers is probed every max(time, interval) seconds: a longer interval would lose the path again.
    if interval > time:
        interval, arithmetic = time, "interval is no longer than that"
    settings = _settings.Settings(time, interval, count)
    dropped = _settings.drop_after(settings)
    if interval < 1 or dropped is None or (goal.drop_within is not None and dropped > goal.drop_within):
        raise _errors.ImpossibleGoal(
            "{0} cannot be reached with {1} probes: {2} s of silence and {1} probes at least a second apart take {3} s.".format(
                goal, count, time, time + max(1, interval) * count
            )
        )
    why = "half of {0} ({1}) is {2}time {3}, {4}; {3} + {5} * {6} drops a dead peer after {7} s.".format(
        min(limits),
        limiting(goal),
        "more than the longest " * (half > longest),
        time,
        arithmetic,
        interval,
        count,
        dropped,
    )
    return Policy(settings, why)


def limiting(goal: Goal) -> str:
    limits = {key: value for key, value in zip(GOAL_KEYS, goal) if value is not None}
    return min(limits, key=lambda key: limits[key])


def preset(name: object, probes: object = None) -> Policy:
    """The policy of a known path; with a given number of ``probes`` (Windows sends 10, always) one that holds as much.

    Raises:
        InvalidValue: an unknown name, one for Windows without a number of probes, or a number that no socket can hold.
        ImpossibleGoal: that many probes do not fit into the time of the preset.
    """
    if not isinstance(name, str) or name not in presets.PRESETS:
        raise _errors.InvalidValue(
            "the preset is {0}: allowed is {1}.".format(_errors.shown(name), ", ".join(sorted(presets.PRESETS)))
        )
    found = presets.PRESETS[name]
    if found.windows_only and probes is None:
        others = sorted(other for other, preset_ in presets.PRESETS.items() if not preset_.windows_only)
        raise _errors.InvalidValue(
            "the preset is {0!r}: it is for {1}, and no baseline asks for it elsewhere; allowed for a Linux host is {2}.".format(
                name, found.purpose, ", ".join(others)
            )
        )
    limit = "" if found.path_idle is None else " (forgets a connection after {0} s)".format(found.path_idle)
    settings = found.settings if probes is None else with_probes(found.settings, _settings.parse("probes", probes))
    adapted = (
        ""
        if settings == found.settings
        else " with {0} probes, {1} s apart, it".format(settings.probes, settings.interval)
    )
    return Policy(
        settings,
        "preset {0}: {1}{2};{3} drops a dead peer after {4} s.".format(
            name, found.purpose, limit, adapted, _settings.drop_after(settings)
        ),
    )


def with_probes(settings: _settings.Settings, count: int) -> _settings.Settings:
    """Settings with ``count`` probes that drop a dead peer no later. Raises ``ImpossibleGoal`` where there are none."""
    interval = interval_for(settings, count)
    if interval is None or interval < 1:
        raise _errors.ImpossibleGoal(
            "{0} s cannot be kept with {1} probes at least a second apart.".format(
                _settings.drop_after(settings), count
            )
        )
    return settings._replace(interval=interval, probes=count)


def interval_for(settings: _settings.Settings, count: int) -> int | None:
    """The longest interval with which ``count`` probes keep to the ``drop_after`` of ``settings``; 0: there is none.

    ``None`` where the settings are not complete. It never exceeds the interval or the time that they have themselves,
    whichever is longer: a peer that answers is probed no less often.
    """
    dropped = _settings.drop_after(settings)
    if dropped is None or settings.time is None or settings.interval is None:
        return None
    return min((dropped - settings.time) // count, max(settings.time, settings.interval))


def resolve(
    values: t.Mapping[str, object],
    goal: object = None,
    preset_name: object = None,
    probes: object = None,
    role: str = "policy",
) -> Policy:
    """The policy that is given in one of three ways; an empty string, ``None`` or an empty mapping is not given.

    ``probes`` is the number of probes that the host sends in any case (Windows: 10). ``role`` is the role whose variables give
    the policy: if two of them do, the message says how to empty one.

    Raises:
        InvalidValue: none or more than one way is given, or a value is not allowed.
        ImpossibleGoal: the goal cannot be reached.
    """
    if not isinstance(values, t.Mapping):
        raise _errors.InvalidValue(
            "the values are {0}: allowed is a mapping with any of time, interval and probes.".format(
                _errors.shown(values)
            )
        )
    named = {name: values[name] for name in _settings.NAMES if given(values.get(name))}
    ways = [
        way
        for way, is_given in (("values", bool(named)), ("a goal", given(goal)), ("a preset", given(preset_name)))
        if is_given
    ]
    if not ways:
        raise _errors.InvalidValue("no policy is given: name values (time, interval, probes), a goal or a preset.")
    if len(ways) > 1:
        raise _errors.InvalidValue(
            "the policy is given as {0}: name one of them and empty the rest (on the command line: -e {1}_{2}=).".format(
                " and as ".join(ways), role, "goal" if given(goal) else "preset"
            )
        )
    if named:
        settings = _settings.parse_settings(named)
        return Policy(settings, "the values as they were given.")
    return plan(parse_goal(goal), probes=probes) if given(goal) else preset(preset_name, probes=probes)


def seconds_to_drop(policy: object) -> int:
    """``drop_after`` of a mapping with time, interval and probes, where a ``user_timeout`` may stand for the probes.

    Raises:
        InvalidValue: a value is missing or not allowed.
    """
    if not isinstance(policy, t.Mapping):
        raise _errors.InvalidValue(
            "the policy is {0}: allowed is a mapping with time, interval and probes.".format(_errors.shown(policy))
        )
    timeout = policy.get("user_timeout")
    if timeout is not None and (
        isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 <= timeout < float("inf")
    ):
        raise _errors.InvalidValue(
            "user_timeout is {0}: allowed is a number of seconds, 0 or more.".format(_errors.shown(timeout))
        )
    seconds = _settings.drop_after(
        _settings.parse_policy({key: value for key, value in policy.items() if key != "user_timeout"}), timeout
    )
    if seconds is None:
        raise _errors.InvalidValue(
            "the policy is {0}: it needs all of time, interval and probes.".format(_errors.shown(policy))
        )
    return seconds


def given(value: object) -> bool:
    return value is not None and value != "" and value != {} and value != []
