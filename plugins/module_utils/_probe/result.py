# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns for each listener. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation, rules

Entry = t.Dict[str, t.Any]


def entry(target: types.Target, seen: observation.Observation) -> Entry:
    """One listener: what was asked for, what was seen, and the verdict."""
    judgement = rules.judge(seen, observation.Subject(target.policy, target.exempt, target.named))
    return {
        "target": target.place,
        "named": target.named,
        "name": target.name,
        "host": target.host,
        "address": seen.address,
        "port": seen.port,
        "family": seen.family or None,
        "namespace": target.listener.namespace if target.listener is not None else None,
        "process": process(seen.process),
        "method": seen.method,
        "verdict": judgement.verdict,
        "reason": sentence(judgement.reason),
        "fails": rules.fails(judgement.verdict, target.named),
        "policy": policy(target.policy),
        "exempt": target.exempt,
        "set_by": seen.set_by,
        "forwarder": seen.forwarder,
        "keepalive": seen.keepalive,
        "settings": settings(seen.values),
        "connections": as_mapping(seen.connections),
        "accelerated": seen.accelerated,
        "measured": as_mapping(seen.measured),
        "in_flight": as_mapping(seen.in_flight),
        "path": as_mapping(seen.path),
        "limits": list(seen.limits),
    }


def process(found: t.Optional[observation.Process]) -> t.Optional[Entry]:
    return None if found is None else dict(found._asdict(), pids=list(found.pids))


def policy(wanted: t.Optional[_settings.Settings]) -> t.Optional[Entry]:
    return None if wanted is None else wanted.report()


def settings(values: t.Optional[observation.Values]) -> t.Optional[Entry]:
    return None if values is None else dict(values._asdict(), drop_after=values.drop_after())


def as_mapping(found: t.Optional[t.Any]) -> t.Optional[Entry]:
    """A named tuple as JSON takes it: times rounded to the millisecond."""
    if found is None:
        return None
    return {key: rounded(value) for key, value in found._asdict().items()}


def rounded(value: t.Any) -> t.Any:
    if isinstance(value, float):
        return round(value, 3)
    return [rounded(one) for one in value] if isinstance(value, tuple) else value


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    ended = text if text.endswith((".", "!", "?")) else text + "."
    return ended[:1].upper() + ended[1:]


def where(target: types.Target) -> str:
    """The address as a person writes it."""
    place = target.host or target.address
    return "[{0}]:{1}".format(place, target.port) if ":" in place else "{0}:{1}".format(place, target.port)
