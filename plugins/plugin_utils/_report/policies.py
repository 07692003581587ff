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
    listeners: t.Counter[Values] = collections.Counter()
    own: t.Counter[Values] = collections.Counter()
    sources: dict[Values, set[str]] = {}
    for one in read:
        sources.setdefault(values(one), set()).update((one["source"] or "").split(BETWEEN))
    for host in hosts:
        of_host = known.get(host["name"], {})
        wanted = (host["policy"] or {}).get("wanted")
        if wanted:
            own[values(wanted)] += 1
            sources.setdefault(values(wanted), set()).add(of_host.get("source") or "")
        for entry in host["listeners"] or ():
            if entry["policy"]:
                key = values(entry["policy"])
                listeners[key] += 1
                found = OWN if entry["target"] in of_host.get("own", ()) else of_host.get("source")
                sources.setdefault(key, set()).add(found or "")
    return [
        {
            **dict(zip(KEYS, key)),
            "source": BETWEEN.join(sorted(sources[key] - {""})) or None,
            "listeners": listeners[key],
            "hosts": own[key],
        }
        for key in sorted({*listeners, *own}, key=lambda key: (-listeners[key], -own[key], str(key)))
    ]


def values(policy: Mapping) -> Values:
    return tuple(policy[key] for key in KEYS)
