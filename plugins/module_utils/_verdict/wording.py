# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen at a listener, in words. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Observation = observation.Observation


def perhaps_a_probe(seen: Observation) -> bool:
    """Whether something came that a prober without privilege cannot tell from a keepalive probe."""
    return seen.measured is not None and seen.measured.first_probe is not None and seen.keepalive is None


def why_no_probe(seen: Observation) -> t.Optional[str]:
    """Values that no socket option takes, but a host's sysctl does."""
    if not seen.keepalive or seen.values is None:
        return None
    if (seen.values.time or 0) < 0:
        return "its time is {0}".format(seen.values.time)
    if seen.values.probes == 0:
        return "probes is 0, and a peer that is only idle is dropped"
    return None


def compliance(seen: Observation, policy: _settings.Settings) -> str:
    allowed = _settings.drop_after(policy)
    if allowed is None:
        return described(seen)
    dropped = seen.measured.dropped_after if seen.measured is not None and not seen.accelerated else None
    lateness = " and kernel timers run late" if dropped is not None and dropped > allowed else ""
    return "{0}, the policy allows {1} s{2}".format(described(seen), allowed, lateness)


def described(seen: Observation) -> str:
    """What is known, without a verdict."""
    if seen.keepalive is False:
        return "keepalive is off"
    measured, values = seen.measured, seen.values
    if measured is not None and measured.dropped_after is not None and not seen.accelerated:
        count = 0 if measured.probes is None else measured.probes
        return "the dead peer was dropped after {0:.1f} s and {1}".format(
            measured.dropped_after, _text.counted(count, "probe")
        )
    if values is not None and values.drop_after() is not None and seen.keepalive:
        proof = " (proven, with lowered timers)" if dropped_when_accelerated(seen) else ""
        return "keepalive is on: a dead peer is dropped after {0} s{1}{2}".format(
            values.drop_after(), by_user_timeout(seen), proof
        )
    if measured is not None and measured.first_probe is not None and perhaps_a_probe(seen):
        return "something came after {0:.1f} s, probably the first probe".format(measured.first_probe)
    if measured is not None and measured.first_probe is not None:
        return "the first probe came after {0:.1f} s, and no drop was seen".format(measured.first_probe)
    if values is not None and values.time is not None and seen.keepalive:
        return "keepalive is on, the first probe comes after about {0} s".format(values.time)
    if seen.keepalive:
        return "keepalive is on"
    if seen.method == observation.DEAD_PEER and seen.silent_for is not None:
        return "no keepalive probe came"
    return seen.problem or "whether keepalive is on could not be seen"


def dropped_when_accelerated(seen: Observation) -> bool:
    return seen.accelerated and seen.measured is not None and seen.measured.dropped_after is not None


def by_user_timeout(seen: Observation) -> str:
    timeout = seen.values.user_timeout if seen.values is not None else None
    return " (its user timeout is {0:g} s)".format(timeout) if timeout else ""
