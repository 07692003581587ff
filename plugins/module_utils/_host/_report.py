# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both modules of the host's values return. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._differences import printable
from ansible_collections.netops.keepalive.plugins.module_utils._host._boot import (
    Override,
    conflicts,
    limits,
    next_boot,
    predictions,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host._plan import Plan
from ansible_collections.netops.keepalive.plugins.module_utils._host._readers import source_report
from ansible_collections.netops.keepalive.plugins.module_utils._host._snapshot import Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, NAMES, PARAMETERS

Report = t.Dict[str, t.Any]


def change_report(plan: Plan) -> Report:
    """The return values of ``tcp_keepalive``, apart from warnings."""
    return fit_for_json(
        {
            "changed": bool(plan.differences),
            "diff": plan.differences.as_diff(),
            "runtime": {"before": plan.runtime_before.report(), "after": plan.runtime_after.report()},
            "boot": {"before": plan.boot_before.settings.report(), "after": plan.boot_after.settings.report()},
            "boot_source": source_report(plan.boot_after.sources),
            "overridden_by": override_report(plan.overridden_by),
            "limits": list(plan.limits),
            # Linux takes every value at once; the key is here because it is the same task on every system.
            "reboot_required": False,
        }
    )


def info_report(snapshot: Snapshot) -> Report:
    """The return values of ``tcp_keepalive_info``."""
    boot = next_boot(snapshot)
    by_reader = predictions(snapshot)
    return fit_for_json(
        {
            "runtime": snapshot.runtime.report(),
            "boot": boot.settings.report(),
            "boot_source": source_report(boot.sources),
            "defaults": KERNEL_DEFAULTS.report(),
            "explicit": {
                name: boot.sources[name] is not None
                or getattr(snapshot.runtime, name) not in (None, getattr(KERNEL_DEFAULTS, name))
                for name in NAMES
            },
            "native": {parameter.sysctl: getattr(snapshot.runtime, parameter.name) for parameter in PARAMETERS},
            "readers": {reader: prediction.report() for reader, prediction in by_reader.items()},
            "conflicts": override_report(conflicts(snapshot)),
            "limits": limits(snapshot),
            "reboot_required": False,
        }
    )


def override_report(overrides: t.Iterable[Override]) -> t.List[Report]:
    return [dict(override._asdict()) for override in overrides]


def fit_for_json(report: Report) -> Report:
    """The same with every text as UTF-8: file names and lines may hold bytes that are not."""
    return {key: as_utf8(value) for key, value in report.items()}


def as_utf8(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return fit_for_json(value)
    if isinstance(value, list):
        return [as_utf8(one) for one in value]
    return printable(value) if isinstance(value, str) else value
