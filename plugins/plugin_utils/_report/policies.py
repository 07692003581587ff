# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies that the listeners and the hosts of a report were held against, and the variables that they came from. Pure."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener as returned_listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import shapes

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]
Values = tuple[t.Any, ...]
# The variables that name a policy, in the order in which they count.
OF_POLICY = ("policy_time", "policy_interval", "policy_probes", "policy_goal", "policy_preset")
VARIABLES = ("validate_policy", "validate_goal", "validate_preset", *OF_POLICY)
OWN = "validate_applications"
KEYS = tuple(key.name for key in returned_listener.POLICY.keys)
POLICY = shapes.Keys(
    (
        *returned_listener.POLICY.keys,
        shapes.Key("source", shapes.Text(), "The variables that it came from; null if that is not known."),
        shapes.Key("listeners", returned_listener.COUNT, "The number of listeners that were held against it."),
        shapes.Key("hosts", returned_listener.COUNT, "The number of hosts whose own values were held against it."),
    )
)
MOST = 100_000
# Between the sources of one policy.
BETWEEN = "; "


def source(variables: Mapping) -> Result:
    """Where the policy of one host came from; those of its applications that bring their own are told by their index."""
    given = {name: variables[name] for name in VARIABLES if goals.given(variables.get(name))}
    role = [name for name in given if name.startswith("validate_")] or list(given)
    applications = variables.get(OWN)
    named = applications if isinstance(applications, (list, tuple)) else []
    return {
        "source": ", ".join(f"{name}: {in_words(given[name])}" for name in role) or None,
        "own": [
            index for index, one in enumerate(named) if isinstance(one, t.Mapping) and goals.given(one.get("policy"))
        ],
    }


def in_words(value: object) -> str:
    return _settings.in_words(value) if isinstance(value, dict) else str(value)


def policies(hosts: t.Iterable[Mapping], known: t.Mapping[str, Mapping], read: t.Iterable[Mapping]) -> list[Result]:
    """One entry for each policy, the most used first; ``known`` has the source for each host, ``read`` is an earlier list of these entries."""
    gathered = Gathered(read)
    for host in hosts:
        gathered.add(host, known.get(host["name"], {}))
    return gathered.policies()


class Gathered:
    """The policies of hosts that come one by one."""

    def __init__(self, read: t.Iterable[Mapping]) -> None:
        self.listeners: t.Counter[Values] = collections.Counter()
        self.hosts: t.Counter[Values] = collections.Counter()
        self.sources: dict[Values, set[str]] = {}
        for one in read:
            self.come_from(values(one), *sources_of(one))

    def add(self, host: Mapping, of_host: Mapping) -> None:
        source = of_host.get("source") or ""
        wanted = (host["policy"] or {}).get("wanted")
        if wanted:
            self.hosts[values(wanted)] += 1
            self.come_from(values(wanted), source)
        for entry in host["listeners"] or ():
            if entry["policy"]:
                key = values(entry["policy"])
                self.listeners[key] += 1
                self.come_from(key, OWN if entry["target"] in of_host.get("own", ()) else source)

    def come_from(self, policy: Values, *sources: str) -> None:
        self.sources.setdefault(policy, set()).update(sources)

    def policies(self) -> list[Result]:
        ordered = sorted(
            {*self.listeners, *self.hosts}, key=lambda key: (-self.listeners[key], -self.hosts[key], str(key))
        )
        return [
            {
                **dict(zip(KEYS, key)),
                "source": BETWEEN.join(sorted(self.sources.get(key, set()) - {""})) or None,
                "listeners": self.listeners[key],
                "hosts": self.hosts[key],
            }
            for key in ordered
        ]


def sources_of(policy: Mapping) -> list[str]:
    """Where a policy of an earlier report came from; nothing where that is not known."""
    return policy["source"].split(BETWEEN) if policy["source"] else []


def values(policy: Mapping) -> Values:
    return tuple(policy[key] for key in KEYS)
