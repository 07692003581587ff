# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a target is waited for, and what is expected when. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import rules

Settings = _settings.Settings
Moment = t.Tuple[float, str]
# Seconds at the end, to ask whether the other side still answers.
LAST_WORD = 4.0
ACCELERATED = Settings(time=1, interval=1, probes=3)


def expected(target: types.Target, host: Settings) -> Settings:
    """The keepalive values that are waited for: the policy's, else the host's."""
    if target.accelerate:
        return ACCELERATED
    values = dict(_settings.KERNEL_DEFAULTS.named(), **host.named())
    values.update(target.policy.named() if target.policy is not None else {})
    return Settings(**values)


def max_wait(target: types.Target, host: Settings) -> float:
    """How long the silence lasts at most, in seconds."""
    if target.max_wait is not None:
        return target.max_wait
    # A host may have senseless values, such as a negative time.
    return max(rules.SLACK, rules.latest(_settings.drop_after(expected(target, host)) or 0))


def in_flight_wait(target: types.Target, host: Settings) -> float:
    """The same for data in flight, which accelerate does not change."""
    return max_wait(target._replace(accelerate=False), host)


def connections(target: types.Target) -> int:
    """How many are opened to this target."""
    return 1 + target.in_flight + (target.hold is not None)


def longest(target: types.Target, options: types.Options, host: Settings) -> float:
    """The most seconds that this target takes from its first connection."""
    waited_for = 1 + len(target.others) + bool(target.tls or target.send)
    contact = options.timeout * waited_for + options.settle
    waits = [max_wait(target, host), target.hold or 0.0]
    if target.in_flight:
        waits.append(in_flight_wait(target, host))
    return contact + max(waits) + LAST_WORD


def total(targets: t.Sequence[types.Target], options: types.Options, host: Settings) -> float:
    """The most seconds that all of them take together."""
    last_start = max(0, sum(map(connections, targets)) - 1) / options.rate if options.rate else 0.0
    return last_start + max([longest(target, options, host) for target in targets], default=0.0)


def schedule(target: types.Target, host: Settings) -> t.List[Moment]:
    """What is expected when, in seconds from the first silence; in order."""
    values, wait = expected(target, host), max_wait(target, host)
    whose = (
        "with lowered timers" if target.accelerate else "by the policy" if target.policy else "by this host's values"
    )
    drop = _settings.drop_after(values) or 0
    moments = [
        (float(values.time or 0), "the first keepalive probe is due {0}".format(whose)),
        (float(drop), "the drop is due {0}".format(whose)),
    ]
    if target.hold is not None:
        moments.append((target.hold, "the idle connection (hold) is asked whether it still answers"))
    known = [moment for moment in moments if moment[0] <= wait or moment[0] == target.hold]
    return sorted(known + [(wait, "the measurement ends at the latest")])
