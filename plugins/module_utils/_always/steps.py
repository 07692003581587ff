# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cgroup, what it has and what it shall have; and whether ours may stand beside what it has. It changes nothing."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import attached, bpf, cgroups, config
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

NOTHING = attached.Found(0, 0, (), ())
CANNOT_TELL = "This kernel cannot tell a container's connections from the host's (Linux 5.15 can)"


class Wanted(t.NamedTuple):
    """``unit`` is ``None`` for the host; ``cgroup`` where the unit does not run; ``config`` where nothing shall be attached."""

    unit: t.Optional[str]
    cgroup: t.Optional[str]
    config: t.Optional[config.Config]
    has_root: bool = False
    """Whether its processes have a root folder of their own."""

    @property
    def is_excluded(self) -> bool:
        return self.config is not None and bool(self.config.flags & layout.EXCLUDED)


class Step(t.NamedTuple):
    """A cgroup, what it has, and what it shall have."""

    wanted: Wanted
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

    def report(self, runtime: bool) -> t.Dict[str, t.Any]:
        """``runtime``: whether it is going to be carried out."""
        kept = self.kept
        before = None if kept is None else kept.config.report() if kept.config else {"attached": True}
        after = self.wanted.config.report() if self.wanted.config and self.wanted.cgroup else None
        after = after if runtime else before
        new = dict.fromkeys(layout.COUNTERS, 0) if after else None
        return {
            "unit": self.wanted.unit,
            "cgroup": self.wanted.cgroup,
            "runtime": {"before": before, "after": after},
            "counters": (kept.counters if kept else new) if after else None,
        }


def read(mount: str, wanted: Wanted) -> attached.Found:
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
