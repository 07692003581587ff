# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what is attached with what shall be: the steps, the diff, and what the module returns. It changes nothing."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import attached, bpf, cgroups, scopes
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._host import differences

NOTHING = attached.Found(0, 0, (), ())


class Step(t.NamedTuple):
    """A cgroup, what it has, and what it shall have."""

    wanted: scopes.Wanted
    found: attached.Found

    @property
    def cgroup(self) -> str:
        return self.wanted.cgroup or ""

    @property
    def kept(self) -> t.Optional[attached.Ours]:
        """Of several copies, the one that goes on."""
        return next((one for one in self.found.ours if one.is_current), next(iter(self.found.ours), None))

    @property
    def is_needed(self) -> bool:
        kept = self.kept
        if self.wanted.config is None or kept is None:
            return bool(self.wanted.config or kept)
        return len(self.found.ours) > 1 or not kept.is_current or kept.config != self.wanted.config

    @property
    def attaches(self) -> bool:
        return self.wanted.config is not None and self.kept is None

    def texts(self) -> t.Tuple[t.Optional[str], t.Optional[str]]:
        """Before and after, as the diff shows them."""
        before = None
        if self.kept is not None:
            before = self.kept.config.text() if self.kept.config else ""
            before += "" if self.kept.is_current else "program: of another release\n"
            before += "" if len(self.found.ours) == 1 else "copies: {0}\n".format(len(self.found.ours))
        return before, self.wanted.config.text() if self.wanted.config else None

    def report(self) -> t.Dict[str, t.Any]:
        kept = self.kept
        before = None if kept is None else kept.config.report() if kept.config else {"attached": True}
        after = self.wanted.config.report() if self.wanted.config and self.wanted.cgroup else None
        new = dict.fromkeys(layout.COUNTERS, 0) if after else None
        return {
            "unit": self.wanted.unit,
            "cgroup": self.wanted.cgroup,
            "runtime": {"before": before, "after": after},
            "counters": (kept.counters if kept else new) if after else None,
        }


class Plan(t.NamedTuple):
    mount: str
    cookie: t.Optional[int]
    scopes: t.List[Step]
    limits: t.List[str]

    @property
    def steps(self) -> t.List[Step]:
        return [step for step in self.scopes if step.is_needed and step.wanted.cgroup]

    def report(self) -> t.Dict[str, t.Any]:
        return {
            "changed": bool(self.steps),
            "diff": self.diff(),
            "scopes": [step.report() for step in self.scopes],
            "limits": self.limits,
        }

    def diff(self) -> t.List[t.Dict[str, str]]:
        found = differences.Differences()
        for step in self.steps:
            found.compare("keepalive of the cgroup {0}".format(step.cgroup), *step.texts())
        return found.as_diff()


def make(request: requests.Request, mount: str, cookie: t.Optional[int]) -> Plan:
    """Raises ``KeepaliveError``, and ``OSError`` where the kernel does not let us look."""
    wanted, limits = scopes.find(request, mount, cookie)
    found = [Step(one, read(mount, one)) for one in wanted]
    plan = Plan(mount, cookie, found, limits)
    for step in plan.steps:
        refuse_neighbours(mount, step)
    return plan


def read(mount: str, wanted: scopes.Wanted) -> attached.Found:
    if wanted.cgroup is None:
        return NOTHING
    try:
        return attached.read(mount, wanted.cgroup)
    except FileNotFoundError as error:
        if wanted.config is None:  # it took along what was to be removed
            return NOTHING
        raise _errors.HostUnreadable(
            "The cgroup {0} is not there: its unit has just stopped or restarted; run the task again.".format(
                wanted.cgroup
            )
        ) from error


def refuse_neighbours(mount: str, step: Step) -> None:
    """Raises ``HostUnwritable`` where another program, here or above, would be stopped by ours or keeps it out."""
    if not step.attaches:
        return
    if step.found.programs >= bpf.MOST_PROGRAMS:
        raise _errors.HostUnwritable(
            "The cgroup {0} has {1} programs already, which is all that it can have.".format(
                step.cgroup, bpf.MOST_PROGRAMS
            )
        )
    for cgroup in cgroups.with_ancestors(step.cgroup):
        found = attached.read(mount, cgroup)
        if found.programs and not found.flags & bpf.MULTI:
            what = (
                "would be stopped in the cgroup by ours" if found.flags & bpf.OVERRIDE else "lets no other program run"
            )
            raise _errors.HostUnwritable(
                "The cgroup {0} has the program {1} of another tool, which {2} (it is attached without BPF_F_ALLOW_MULTI): "
                "nothing was attached to {3}.".format(cgroup, _errors.shown(", ".join(found.others)), what, step.cgroup)
            )
