# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns for each listener. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import netns
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation, rules

Entry = t.Dict[str, t.Any]


def entry(target: types.Target, seen: observation.Observation) -> Entry:
    """One listener: what was asked for, what was seen, and the verdict."""
    listener = target.listener
    forwarder = listener.forwarder if listener is not None else None
    judgement = rules.judge(seen, observation.Subject(target.policy, target.exempt, forwarder))
    return {
        "target": target.target_index,
        "named": target.named,
        "name": target.name,
        "host": target.host,
        "address": seen.address,
        "port": seen.port,
        "last_port": seen.last_port,
        "family": seen.family or None,
        "namespace": namespace(target),
        "process": as_mapping(listener.process) if listener is not None else None,
        "socket_unit": listener.socket_unit if listener is not None else None,
        "method": seen.method,
        "verdict": judgement.verdict,
        "reason": _text.sentence(judgement.reason),
        "policy": report(target.policy),
        "exempt": target.exempt,
        "set_by": seen.set_by,
        "forwarder": forwarder,
        "keepalive": seen.keepalive,
        "settings": report(seen.values),
        "connections": as_mapping(seen.connections),
        "accelerated": seen.accelerated,
        "measured": as_mapping(seen.measured),
        "in_flight": as_mapping(seen.in_flight),
        "path": as_mapping(seen.path),
        "limits": list(seen.limits),
    }


def namespace(target: types.Target) -> t.Optional[str]:
    path = target.listener.namespace if target.listener is not None else None
    return None if path is None else netns.name(path)


def report(values: t.Union[_settings.Settings, _settings.Values, None]) -> t.Optional[Entry]:
    return None if values is None else dict(values.report())


def as_mapping(found: t.Optional[t.Any]) -> t.Optional[Entry]:
    """A named tuple as JSON takes it: times rounded to the millisecond."""
    if found is None:
        return None
    return {key: rounded(value) for key, value in found._asdict().items()}


def rounded(value: t.Any) -> t.Any:
    if isinstance(value, float):
        return round(value, 3)
    return [rounded(one) for one in value] if isinstance(value, tuple) else value


def where(target: types.Target) -> str:
    """The endpoint that a connection to the target is opened to."""
    return _text.endpoint(target.host or target.address, target.port, namespace(target))
