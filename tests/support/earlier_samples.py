# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports of a fleet before a change and after it, in which everything occurs that may become of a listener."""

from __future__ import annotations

from typing import Any

from ansible_collections.netops.keepalive.plugins.plugin_utils._report.changes import comparison, since

from tests.support.report_samples import CREATED, ENTRIES, HOSTILE, NGINX, OFF, SSHD, entry, host, reported

Report = dict[str, Any]
COMPLIES, EXEMPT = "compliant", "exempt"


def off(program: str, port: int, **more: Any) -> dict[str, Any]:
    return entry(None, port, "keepalive_off", "keepalive is off", program=program, **{**OFF, "remedy": NGINX, **more})


def good(program: str, port: int, verdict: str = COMPLIES) -> dict[str, Any]:
    return entry(None, port, verdict, "keepalive is on", program=program)


def late(program: str, port: int, set_by: str = "application") -> dict[str, Any]:
    return entry(None, port, "drops_too_late", "it drops too late", program=program, remedy=SSHD, set_by=set_by)


def before() -> Report:
    return reported(
        host("db1", late("postgres", 5432, "host"), off("exporter", 9100), off("statd", 40001)),
        host("db2", late("postgres", 5432, "host"), off("redis-server", 6379), off("dovecot", 993)),
        host("web1", off("nginx", 80), off("nginx", 443), off("java", 8080), good("sshd", 22)),
        host("retired", off("nginx", 80)),
        host("down", off("nginx", 80)),
    )


def after() -> Report:
    return reported(
        host("db1", good("postgres", 5432), good("exporter", 9100, EXEMPT)),
        host("db2", good("postgres", 5432), off("redis-server", 6379), late("dovecot", 993)),
        host("web1", good("nginx", 80), off("nginx", 443), good("java", 8080), late("sshd", 22)),
        host("bought", off("nginx", 80)),
        host("down", status="unreachable", message="No route to host"),
    )


def compared(then: Report, now: Report) -> Report:
    """The report ``now`` with what changed in it since ``then``."""
    found = comparison.Before(then["created"], then["policy"])
    for one in then["hosts"]:
        found.add(one)
    return {**now, "created": "2026-11-24T12:00:00Z", "since": since.fitted(comparison.compared(found, now))}


def report() -> Report:
    return compared(before(), after())


def hostile() -> Report:
    named = {**host("hostile", *HOSTILE), "name": HOSTILE[0]["reason"]}
    return compared(reported(named, host("web", *HOSTILE)), reported(host("web", *HOSTILE[:3])))


def cured() -> Report:
    fleet = [host(f"web{number}", ENTRIES[1], off("java", 8080), off("node", 3000)) for number in range(12)]
    good_ones = [host(f"web{number}", good("nginx", 80), good("java", 8080), off("node", 3000)) for number in range(12)]
    return compared(reported(*fleet), reported(*good_ones))


__all__ = ["CREATED", "after", "before", "compared", "cured", "good", "hostile", "late", "off", "report"]
