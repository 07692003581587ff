# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what is attached, now and at boot, with what shall be: the steps, the diff, and what the module returns. It changes nothing."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always import config, refusals, scopes, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import held, installed
from ansible_collections.netops.keepalive.plugins.module_utils._host import differences


class Plan(t.NamedTuple):
    """``runtime``: whether what is attached now may be changed. ``hold`` says that the operator keeps all of it off."""

    mount: str
    cookie: t.Optional[int]
    runtime: bool
    scopes: t.List[steps.Step]
    boot: installed.Boot
    hold: t.Optional[held.Hold]
    limits: t.List[str]

    @property
    def needed(self) -> t.List[steps.Step]:
        return [step for step in self.scopes if self.runtime and step.is_needed and step.wanted.cgroup]

    @property
    def configs(self) -> t.List[config.Config]:
        """What the program is tried with before anything changes."""
        wanted = self.scopes if self.runtime and self.boot.starts else self.needed
        return [step.wanted.config for step in wanted if step.wanted.config]

    @property
    def changes(self) -> bool:
        return bool(self.needed or self.boot.changes)

    def report(self) -> t.Dict[str, t.Any]:
        return {
            "changed": self.changes,
            "diff": self.diff(),
            "scopes": list(self.report_scopes()),
            "held": self.hold and dict(self.hold._asdict()),
            "limits": self.limits,
        }

    def report_scopes(self) -> t.Iterator[t.Dict[str, t.Any]]:
        shown = set()
        for step in self.scopes:
            shown.add(step.wanted.unit)
            yield dict(step.report(self.runtime), boot=self.boot.sides(step.wanted.unit))
        for unit in self.boot.units:
            if unit not in shown:
                nothing = {"before": None, "after": None}
                yield dict(unit=unit, cgroup=None, runtime=nothing, counters=None, boot=self.boot.sides(unit))

    def diff(self) -> t.List[t.Dict[str, str]]:
        found = differences.Differences()
        for step in self.needed:
            found.compare("keepalive of the cgroup {0}".format(step.cgroup), *step.texts())
        for where, before, after in self.boot.shown():
            found.compare(where, before, after)
        return found.as_diff()


def make(request: requests.Request, mount: str, cookie: t.Optional[int]) -> Plan:
    """Raises ``KeepaliveError``, and ``OSError`` where the kernel does not let us look."""
    wanted, limits = scopes.find(request, mount, cookie)
    hold = held.read() if request.state == "present" else None
    found = [steps.Step(one, steps.read(mount, one)) for one in wanted]
    boot = installed.plan(request, wanted, is_held=hold is not None)
    more = [hold.sentence()] if hold else boot.limits
    planned = Plan(mount, cookie, request.runtime and not hold, found, boot, hold, limits + more)
    for step in planned.needed:
        try:
            steps.refuse_neighbours(mount, step)
        except FileNotFoundError as error:
            raise refusals.refused(error, step.cgroup) from error
    return planned
