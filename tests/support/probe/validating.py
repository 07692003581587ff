# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host with some applications, for the tests of role validate, and what the role says about them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.support.hosts.plays import Run
from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.inspecting.scene import servers

AUDIT = "netops.keepalive.audit"
POLICY = {"time": 60, "interval": 10, "probes": 6}
HOSTILE = "{{ 6 * 7 }}"

GOOD, OFF, LATE, BY_HOST, QUICK = 8001, 8002, 8003, 8004, 8005
APPLICATIONS: dict[int, dict[str, Any]] = {
    GOOD: {"listener": {"time": 60, "interval": 10, "probes": 6}},
    OFF: {"name": "nginx"},
    LATE: {"name": "redis-server", "accepted": {"time": 300, "interval": 100, "probes": 3}},
    BY_HOST: {"name": "sshd", "listener": {"keepalive": True}},
    QUICK: {"listener": {"time": 1, "interval": 1, "probes": 2}},
}


@contextlib.contextmanager
def listening(host: ThrowawayHost, *ports: int, under: tuple[str, ...] = (), **more: Any) -> Iterator[None]:
    """Applications of these ports, run by the program `under`; `more` are further keys of tests/support/probe/inspecting/servers.py
    for all of them."""
    with servers(host, *({"port": port, **APPLICATIONS[port], **more} for port in ports), under=under):
        yield


def named(*ports: int, **more: Any) -> list[dict[str, Any]]:
    return [{"port": port, **more} for port in ports]


def verdicts(output: str) -> dict[str, str]:
    """The line of each host, with `validate_console=hosts`: without those about its findings, and those at the end."""
    lines = [line for line in told(output) if not line.startswith((" ", "Held ", "Report: ", "outcome="))]
    return dict(re.split(r" +", line, maxsplit=1) for line in lines[:-1])


def told(output: str) -> list[str]:
    """The lines at the end of a run of the playbook."""
    _before, after = output.split("Show the findings] ")
    shown = re.split(r"^ok: \[", after, maxsplit=1, flags=re.MULTILINE)[0]
    return shown.splitlines()[1:]


def outcome(output: str) -> str:
    return told(output)[-1].removeprefix("outcome=")


def said(run: Run, host: str) -> list[str]:
    """The parts of the line with which a host failed."""
    return run.failures()[host].split(" | ")


def shown(output: str) -> dict[str, Any]:
    """What the one task debug printed, by host."""
    found = re.findall(r'^ok: \[(\S+)\] => \{\n    "msg": (.*?)\n\}$', output, re.MULTILINE | re.DOTALL)
    return {name: json.loads(text) for name, text in found}
