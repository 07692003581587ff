# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that the same machine probes from outside share one call of the probe, so that they wait at the same time. Pure."""

import typing as t

Mapping = t.Mapping[str, t.Any]


class Share(t.NamedTuple):
    """A host's part of a call: ``leader`` makes it with its ``targets``, of which ``size`` from ``first`` on are the host's."""

    leader: str
    targets: list[Mapping]
    first: int
    size: int


def shares(jobs: t.Mapping[str, Mapping | None]) -> dict[str, Share]:
    """Each host's share; hosts with the same prober and the same options share a call, which the first of them makes.

    ``jobs`` has the plan of each host of the batch; hosts without one, or with a failure, are left out.
    """
    leaders: dict[tuple[str, str], Share] = {}
    result = {}
    for host, job in jobs.items():
        if not job or job.get("failure"):
            continue
        targets = list(job["targets"])
        alike = (str(job["prober"]), repr(sorted(job.get("options", {}).items()))) if job.get("prober") else (host, "")
        leader = leaders.setdefault(alike, Share(host, [], 0, len(targets)))
        result[host] = leader if leader.leader == host else Share(leader.leader, [], len(leader.targets), len(targets))
        leader.targets.extend(targets)
    return result
