# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of hosts as the probe gives them: every verdict, hostile names, and as many listeners as one likes."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model as report_model
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.listener import REPORTED
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.listeners import offends

CREATED = "2026-11-24T10:30:00Z"
POLICY = {"time": 60, "interval": 20, "probes": 3, "drop_after": 120}
KERNEL = {"time": 7200, "interval": 75, "probes": 9, "drop_after": 7875, "user_timeout": 0}
GOOD = {"time": 60, "interval": 20, "probes": 3, "drop_after": 120, "user_timeout": 0}

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
CONTROLS = "\x00\x1b[31mred\x07\r\n\x85\x9b"
BACKWARDS = "\u202egnp.exe\u2066\u200b"
UNDECODED = "caf\udce9"
TEMPLATE = "{{ lookup('pipe', 'touch /tmp/pwned') }}"
ENDLESS = "A" + "-very-long-argument" * 220


def entry(name: str | None, port: int | None, verdict: str | None, reason: str, **more: Any) -> dict[str, Any]:
    program = more.pop("program", name or "server")
    pid = 800 + (port or 0) % 1000
    found = {
        "target": 0,
        "named": True,
        "name": name,
        "host": None,
        "address": "0.0.0.0",
        "port": port,
        "family": "inet",
        "process": {
            "pid": pid,
            "name": program,
            "command": f"/usr/sbin/{program}",
            "unit": f"{program}.service",
            "container": None,
            "pids": [pid],
        },
        "method": "inspect",
        "verdict": verdict,
        "reason": reason,
        "set_by": "application",
        "forwarder": None,
        "keepalive": True,
        "settings": GOOD,
        "connections": {"open": 3, "with_keepalive": 3},
        "accelerated": False,
        "measured": None,
        "in_flight": None,
        "path": None,
        "limits": [],
        "policy": POLICY,
        "exempt": None,
        "remedy": None,
        **more,
    }
    return {"fails": offends(found), **found}


def remedy(application: str, group: str, text: str, *lines: str) -> dict[str, Any]:
    return {
        "application": application,
        "group": group,
        "host_values_help": group == "os_timings",
        "text": text,
        "lines": list(lines),
        "source": f"https://docs.example.org/{application}",
    }


def measured(time: float, interval: float, probes: int, *, ended_by: str = "dropped") -> dict[str, Any]:
    times = [round(time + number * interval, 1) for number in range(probes)]
    return {
        "first_probe": time if probes else None,
        "interval": interval if probes > 2 else None,
        "probes": probes,
        "probe_times": times,
        "dropped_after": round(time + probes * interval, 1) if ended_by == "dropped" else None,
        "ended_by": ended_by,
    }


NGINX = remedy(
    *("nginx", "off_by_default", "nginx leaves keepalive off unless its listen directive turns it on."),
    *("# /etc/nginx/sites-enabled/default", "listen 80 so_keepalive=60s:20s:3;"),
)
SSHD = remedy("sshd", "os_timings", "sshd takes the values of the host. Set those.", "net.ipv4.tcp_keepalive_time = 60")
MYSQL = remedy(
    "mariadbd", "os_timings", "MariaDB takes the values of the host, or its own.", "[mysqld]", "tcp_keepalive_time = 60"
)
UNKNOWN: dict[str, Any] = {
    "application": None,
    "group": "unknown",
    "host_values_help": True,
    "text": "This program is not known. Where systemd starts it through a socket unit, that can set its values.",
    "lines": ["[Socket]", "KeepAlive=yes", "KeepAliveTimeSec=60", "KeepAliveIntervalSec=20", "KeepAliveProbes=3"],
    "source": None,
}
OFF: dict[str, Any] = {"keepalive": False, "settings": None, "set_by": None}
NOTHING: dict[str, Any] = {"keepalive": None, "settings": None, "set_by": None, "connections": None}
GONE: dict[str, Any] = {**NOTHING, "process": None}

ENTRIES = [
    entry("redis", 6379, "compliant", "the dead peer was dropped after 122.5 s and 3 probes, the policy allows 120 s",
          program="redis-server", address="127.0.0.1", method="dead_peer", measured=measured(61.2, 20.4, 3)),
    entry("nginx", 80, "keepalive_off", "keepalive is off: a dead peer is never noticed, and an idle connection sends nothing to keep its path open",
          remedy=NGINX, connections={"open": 214, "with_keepalive": 0}, **OFF),
    entry("mariadb", 3306, "time_too_long", "the first probe comes after 7200 s, the policy allows 60 s",
          program="mariadbd", settings=KERNEL, set_by="host", remedy=MYSQL, connections={"open": 40, "with_keepalive": 38}),
    entry("sshd", 22, "drops_too_late", "the dead peer was dropped after 181.9 s and 6 probes, the policy allows 120 s",
          address="::", family="inet6", method="dead_peer", settings={**GOOD, "probes": 6, "drop_after": 180}, measured=measured(61.3, 20.1, 6), remedy=SSHD),
    entry("app", 8443, "not_seen", "no keepalive probe came in 70 s, the policy wants one after 60 s: keepalive is off, later, or lost on the way",
          method="dead_peer", host="appliance.example.org", process=None, address="192.0.2.17", remedy=UNKNOWN,
          measured=measured(0, 0, 0, ended_by="open"), **NOTHING),
    entry("billing", 9000, "refused", "nobody listens at 192.0.2.20 port 9000", host="192.0.2.20", address="192.0.2.20", **GONE),
    entry("ledger", 9001, "unreachable", "the connection was not answered", host="192.0.2.21", address="192.0.2.21", **GONE),
    entry("queue", 5672, "not_accepted", "the application did not accept the connection in time", **NOTHING),
    entry("metrics", 9100, "exempt", "keepalive is not expected: scraped every 15 s and closed", exempt="scraped every 15 s and closed",
          program="node_exporter", **OFF),
    entry("smtp", 25, "masked", "the application closed the connection itself after 30 s, before a keepalive probe could come",
          program="master", method="dead_peer", measured=measured(0, 0, 0, ended_by="closed"), **NOTHING),
    entry("legacy", 2323, "reset", "the connection was reset, and not by keepalive", method="dead_peer",
          measured=measured(0, 0, 0, ended_by="reset"), **NOTHING),
    entry("proxy", 443, "inconclusive", "keepalive is on: a dead peer is dropped after 120 s; but docker-proxy answers here for another program",
          program="docker-proxy", forwarder="docker-proxy", limits=["docker-proxy answers for a container: probe inside of it."]),
    entry(None, 10250, "unreadable", "the application's sockets could not be read", program="kubelet", named=False,
          limits=["Without CAP_SYS_PTRACE another user's sockets cannot be read; run with become."], **NOTHING),
    entry("postgresql", 5432, "compliant", "keepalive is on: a dead peer is dropped after 90 s, the policy allows 120 s", program="postgres",
          settings={"time": 45, "interval": 15, "probes": 3, "drop_after": 90, "user_timeout": 0},
          in_flight={"retransmissions": 5, "dropped_after": 24.8, "ended_by": "dropped"}, path={"held": 350.0, "answered": True}),
    entry("worker", 7000, "compliant", "keepalive is on: a dead peer is dropped after 120 s, the policy allows 120 s"),
    entry("worker", 7000, "compliant", "keepalive is on: a dead peer is dropped after 120 s, the policy allows 120 s"),
    entry("undecided", 7001, None, "keepalive is on: a dead peer is dropped after 7875 s", settings=KERNEL, policy=None),
]  # fmt: skip
VALUES = {"time": 7200, "interval": 75, "probes": 9, "drop_after": 7875}
SOURCES = {"time": {"file": "/etc/sysctl.d/99-tcp-keepalive.conf", "line": 2}, "interval": None, "probes": None}
OVERRIDE = {"parameter": "time", "value": 300, "file": "/etc/sysctl.conf", "line": 3, "reader": "procps"}
LINUX_SET = {
    "changed": True,
    "runtime": {"before": VALUES, "after": VALUES},
    "boot": {"before": VALUES, "after": VALUES},
    "boot_source": SOURCES,
    "overridden_by": [OVERRIDE],
    "limits": ["It is not known what reads the files."],
    "reboot_required": False,
    "diff": [{"before_header": "f", "after_header": "f", "before": "a\tb\n", "after": ""}],
}
ALWAYS = {
    "unit": "a.service",
    "cgroup": "/system.slice/a.service",
    "runtime": {"attached": True, "time": 120, "interval": 30, "probes": 4, "user_timeout": None},
    "boot": None,
    "counters": {"seen": 9, "set": 8, "kept": 1, "errors": 0},
}
LINUX_INFO = {
    "changed": False,
    "runtime": VALUES,
    "boot": VALUES,
    "boot_source": SOURCES,
    "defaults": VALUES,
    "explicit": {"time": True, "interval": False, "probes": False},
    "native": {"net.ipv4.tcp_keepalive_time": 7200, "net.ipv4.tcp_keepalive_intvl": None},
    "readers": {"systemd": {**VALUES, "source": SOURCES}, "procps": {**VALUES, "source": SOURCES}},
    "conflicts": [OVERRIDE],
    "always": [ALWAYS],
    "limits": [],
    "reboot_required": False,
}
WINDOWS_INFO = {
    **{key: value for key, value in LINUX_INFO.items() if key not in ("readers", "conflicts")},
    "boot": {"time": 120, "interval": 1.5, "probes": 10, "drop_after": 135},
    "native": {"KeepAliveTime": 7200000, "KeepAliveInterval": 1000},
    "fixed": {"probes": 10},
    "always": None,
}
HOSTILE_NAMES = [SCRIPT, CONTROLS, BACKWARDS, UNDECODED, TEMPLATE, ENDLESS, "\"'`&amp;</style>]]>--><!--", '\\\n"']
HOSTILE = [
    entry(None, 40000 + number, "keepalive_off", f"keepalive is off in {name}", program=name, named=False,
          remedy={**UNKNOWN, "text": name, "lines": [name]}, limits=[name], forwarder=name, **OFF)
    for number, name in enumerate(HOSTILE_NAMES)
]  # fmt: skip


def host(name: str, *listeners: dict[str, Any], status: str = "ok", message: str = "") -> dict[str, Any]:
    fails = status in ("failed", "unreachable") or any(found.get("fails") for found in listeners)
    return {
        "name": name,
        "status": status,
        "fails": fails,
        "message": message,
        "listeners": copy.deepcopy(list(listeners)),
    }


def listener(found: dict[str, Any]) -> dict[str, Any]:
    """The same with every key, as a report has it."""
    complete: dict[str, Any] = REPORTED.fit(found)
    return complete


def reported(*results: dict[str, Any]) -> dict[str, Any]:
    return report_model.report({"created": CREATED, "hosts": list(results)})


def hosts() -> list[dict[str, Any]]:
    """A small fleet in which everything occurs."""
    return [
        host("web1", *ENTRIES[:5], ENTRIES[8]),
        host("db1.example.org", *ENTRIES[5:8], *ENTRIES[9:]),
        host("cache1", ENTRIES[0], ENTRIES[13]),
        host("away", status="unreachable", message="Failed to connect to the host via ssh: No route to host"),
        host("sick", status="failed", message="Python 3.5 is too old for the probe"),
        host("idle"),
        host("hostile", *HOSTILE),
    ]


def report() -> dict[str, Any]:
    return reported(*hosts())


def compliant() -> dict[str, Any]:
    good = [item for item in ENTRIES if item["verdict"] == "compliant"]
    return reported(host("web1", *good[:2]), host("web2", *good))


def empty() -> dict[str, Any]:
    return reported()


def large(hosts_: int, listeners: int) -> dict[str, Any]:
    """A fleet of realistic results; ports tell the listeners of a host apart."""
    fleet = []
    for number in range(hosts_):
        entries = [copy.deepcopy(ENTRIES[(number + index) % len(ENTRIES)]) for index in range(listeners)]
        for index, item in enumerate(entries):
            item["port"] = 10000 + index
        fleet.append(host(f"host{number:03}.example.org", *entries))
    return reported(*fleet)


def few() -> dict[str, Any]:
    """One offender among the compliant."""
    return reported(host("web1", *ENTRIES[:2]))
