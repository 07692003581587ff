# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts tell of their own values, what a policy audit makes of that, and a report of such audits."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, NAMES, Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import drift
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import completed, model

from tests.support import report_samples
from tests.support.report_samples import CREATED, HOSTILE_NAMES

POLICY = Settings(120, 30, 4)
OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
THEIRS = "/etc/sysctl.d/99-zz.conf"
Place = tuple[str, int]


def found(runtime: Settings, boot: Settings, *places: Place | None, **more: Any) -> dict[str, Any]:
    """What tcp_keepalive_info returns; `places` are the files and lines that decide at boot."""
    sources = places or (None, None, None)
    return {
        "runtime": runtime.report(),
        "boot": boot.report(),
        "boot_source": {name: place and {"file": place[0], "line": place[1]} for name, place in zip(NAMES, sources)},
        "defaults": KERNEL_DEFAULTS.report(),
        "conflicts": [],
        "limits": [],
        **more,
    }


def on_windows(time: float, interval: float, *, runtime: tuple[float, ...] = (), **more: Any) -> dict[str, Any]:
    """What win_tcp_keepalive_info returns."""

    def report(time: float, interval: float) -> dict[str, Any]:
        return {"time": time, "interval": interval, "probes": 10, "drop_after": time + interval * 10}

    return {
        "runtime": report(*(runtime or (time, interval))),
        "boot": report(time, interval),
        "boot_source": dict.fromkeys(NAMES) if (time, interval) == (7200, 1) else REGISTRY,
        "defaults": report(7200, 1),
        "fixed": {"probes": 10},
        "limits": [],
        **more,
    }


PARAMETERS = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\"
REGISTRY = {
    "time": {"file": PARAMETERS + "KeepAliveTime", "line": None},
    "interval": {"file": PARAMETERS + "KeepAliveInterval", "line": None},
    "probes": None,
}

SOURCES = {"web-01": {"source": "policy_preset: aws-nat"}}


def audits() -> dict[str, dict[str, Any]]:
    """A fleet in which everything occurs, as role policy registers it."""
    ours = ((OURS, 2), (OURS, 3), (OURS, 4))
    late = POLICY._replace(time=600)
    return {
        "web-01": drift.audit(found(POLICY, POLICY, *ours), POLICY),
        "web-02": drift.audit(found(POLICY, late, (THEIRS, 2), *ours[1:]), POLICY),
        "web-03": drift.audit(found(POLICY, late, (THEIRS, 2), *ours[1:]), POLICY),
        "db-01": drift.audit(found(KERNEL_DEFAULTS, KERNEL_DEFAULTS), POLICY),
        "db-02": drift.audit(found(POLICY._replace(time=77), POLICY, *ours, limits=["/etc is a tmpfs."]), POLICY),
        "gone-01": drift.audit(found(POLICY, POLICY, *ours), Settings(), file=OURS),
        "windows-01": drift.audit(on_windows(120, 30), POLICY),
        "away": drift.audit({"unreachable": True, "msg": "ssh: No route to host"}, POLICY),
        "new": {},
    }


def hostile() -> dict[str, dict[str, Any]]:
    """Names of hosts, files and messages that mean something elsewhere."""
    late = POLICY._replace(time=600)
    named = {
        f"{number}{name}": drift.audit(found(POLICY, late, (f"/etc/sysctl.d/{name}.conf", 2), None, None), POLICY)
        for number, name in enumerate(HOSTILE_NAMES)
    }
    return {**named, "sick": drift.audit({"failed": True, "msg": HOSTILE_NAMES[0]}, POLICY)}


def report(results: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    given = {"created": CREATED, "kinds": ["policy"], "hosts": audits() if results is None else results}
    return model.report(given, SOURCES)


def both() -> dict[str, Any]:
    """The fleet of `report_samples`, with its listeners and its own values audited; some hosts were reached for one of the two only."""
    found = audits()
    names = {"web1": "web-02", "db1.example.org": "web-03", "cache1": "web-01", "away": "away", "sick": "db-01"}
    whole = report({own: found[name] for own, name in {**names, "idle": "new", "hostile": "windows-01"}.items()})
    return completed.completed(whole, report_samples.report()).report
