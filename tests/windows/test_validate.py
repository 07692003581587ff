# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Role validate for Windows hosts: programs there are measured from another machine, in one audit of the same host under several names."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.support import needs
from tests.support.commands import attempt
from tests.support.hosts.plays import LOCAL, Run
from tests.support.paths import COLLECTIONS, SCRIPTS
from tests.support.probe.validating import AUDIT, verdicts
from tests.support.windows.hosts import INTERVAL, RESET, TIME, WindowsHosts, add, raw
from tests.support.windows.listeners import Listener, free_ports, serving

# Windows sends 10 probes; the Windows programs of a host that Wine makes have the kernel's 9.
PROBES = (9, 10)
POLICY = {"time": 2, "interval": 1, "probes": 10, "drop_after": 12}
# Kernel timers run late, by up to an eighth.
LATEST_DROP = 14.5
REMEDY = [
    "This program is not known here: look for SO_KEEPALIVE in its documentation. On Windows only the program itself can "
    "turn it on. If it does so and sets no values (TCP_KEEPIDLE and TCP_KEEPINTVL, or SIO_KEEPALIVE_VALS), it takes those of the host, "
    "from the next boot on:",
    "netops.keepalive.tcp_keepalive: {time: 2, interval: 1}",
]
WITHOUT_NET_ADMIN = '#!/bin/sh\nexec {setpriv} --bounding-set -net_admin {python} "$@"\n'


class Audit(NamedTuple):
    run: Run
    address: str
    ports: dict[str, int]
    hosts: dict[str, dict[str, Any]]
    accepted: dict[str, int]
    """How many connections the server of each name was handed."""

    def listener(self, host: str, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.hosts[host]["listeners"] if one["port"] == self.ports[name]]
        return found

    def said(self, host: str) -> list[str]:
        return self.run.failures()[host].split(" | ")


@pytest.fixture(scope="module")
def audit(windows: WindowsHosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    needs.root()
    folder, host = tmp_path_factory.mktemp("audit"), windows.names[0]
    keepalive = {"off": (0, 0), "good": (2, 1), "late": (4, 1), "slow": (2, 3), "untouched": (2, 1)}
    ports = dict(zip(keepalive, free_ports(len(keepalive)), strict=True))
    listeners = [Listener(ports[name], *values) for name, values in keepalive.items()]
    # What this leaves in the registry, the fixture of the session takes away.
    values = (RESET, add(TIME, "REG_DWORD", "2000"), add(INTERVAL, "REG_DWORD", "1000"))
    with serving(windows, host, listeners, after=values) as server:
        run = audited(folder, inventory(folder, windows.variables[host], server.address, ports))
    report = json.loads((folder / "reports" / "report.json").read_text(encoding="utf-8"))
    accepted = {name: server.accepted[port] for name, port in ports.items()}
    yield Audit(run, server.address, ports, {one["name"]: one for one in report["hosts"]}, accepted)


def inventory(folder: pathlib.Path, variables: dict[str, Any], address: str, ports: dict[str, int]) -> pathlib.Path:
    """The Windows host under several names, and two machines that probe."""

    def windows(*names: str, **more: Any) -> dict[str, Any]:
        applications = [{"name": name, "port": ports[name]} for name in names]
        return {**variables, "ansible_host": address, "validate_applications": applications, **more}

    policy = {key: POLICY[key] for key in ("time", "interval", "probes")}
    hosts = {
        "measured": windows("good", "off", "late", "slow", validate_from="localhost", validate_policy=policy),
        "own_values": windows("good", "late", validate_from="linux"),
        "from_inside": windows("untouched", validate_policy=policy),
        "powerless": windows("untouched", validate_from="ordinary", validate_policy=policy),
    }
    probers = {"linux": LOCAL, "ordinary": {**LOCAL, "ansible_python_interpreter": str(ordinary(folder))}}
    groups = {"windows": {"hosts": hosts}, "probers": {"hosts": probers}}
    file = folder / "inventory.json"
    file.write_text(json.dumps({"all": {"children": groups}}), encoding="utf-8")
    return file


def ordinary(folder: pathlib.Path) -> pathlib.Path:
    """A Python that may attach no filter, as that of an ordinary user."""
    file = folder / "python"
    program = needs.program("setpriv", package="util-linux")
    file.write_text(WITHOUT_NET_ADMIN.format(setpriv=program, python=sys.executable), encoding="utf-8")
    file.chmod(0o755)
    return file


def audited(folder: pathlib.Path, hosts: pathlib.Path) -> Run:
    asked = {"validate_hosts": "windows", "validate_console": "hosts", "validate_report_dir": str(folder / "reports")}
    return played(hosts, AUDIT, "--extra-vars", json.dumps(asked))


def played(inventory: pathlib.Path, *command: str | pathlib.Path) -> Run:
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOST_KEY_CHECKING": "false",
        "ANSIBLE_NOCOLOR": "1",
    }
    return Run(*attempt(SCRIPTS / "ansible-playbook", "-i", inventory, *command, env=environment))


# Measured from the controller.

VERDICTS = {"good": "compliant", "off": "not_seen", "late": "time_too_long", "slow": "drops_too_late"}


def test_each_program_gets_its_verdict(audit: Audit) -> None:
    assert {name: audit.listener("measured", name)["verdict"] for name in VERDICTS} == VERDICTS
    assert verdicts(audit.run.output)["measured"] == (
        "4 listeners: 1 compliant, 1 drops_too_late, 1 not_seen, 1 time_too_long"
    )


def test_what_meets_the_policy_was_measured_up_to_the_drop(audit: Audit) -> None:
    good = audit.listener("measured", "good")
    measured = good["measured"]
    assert (good["method"], good["keepalive"]) == ("dead_peer", True)
    assert (measured["ended_by"], measured["probes"] in PROBES) == ("dropped", True)
    assert 2 <= measured["first_probe"] <= measured["probe_times"][-1] < measured["dropped_after"] <= LATEST_DROP
    assert 1 <= measured["interval"] < 1.5
    assert good["remedy"] is None


def test_the_host_fails_and_each_offender_has_its_reason_and_its_remedy(audit: Audit) -> None:
    assert audit.said("measured") == [
        "3 of 4 listeners do not keep to the policy: 1 drops_too_late, 1 not_seen, 1 time_too_long"
    ]
    found = {name: audit.listener("measured", name) for name in ("off", "late", "slow")}
    remedies = {name: [one["remedy"]["text"], *one["remedy"]["lines"]] for name, one in found.items()}
    assert remedies == dict.fromkeys(found, REMEDY)
    assert found["off"]["reason"].startswith("No keepalive probe came in ")
    assert re.search(r"^The first probe came after 4\.\d s, the policy allows 2 s\.", found["late"]["reason"])
    assert " s the dead peer was still not dropped, the policy allows 12 s." in found["slow"]["reason"]


def test_an_application_is_connected_to_once_in_each_audit(audit: Audit) -> None:
    """The server itself counted. Two names of the host asked for "good" and "late", one for the others."""
    assert audit.accepted == {"good": 2, "off": 1, "late": 2, "slow": 1, "untouched": 0}


def test_without_a_policy_the_values_of_windows_hold(audit: Audit) -> None:
    """They come from its registry, and 10 probes are what Windows sends."""
    assert {name: audit.listener("own_values", name)["verdict"] for name in ("good", "late")} == {
        "good": "compliant",
        "late": "time_too_long",
    }
    assert audit.listener("own_values", "good")["policy"] == POLICY


# Where it cannot be.


def test_values_of_windows_that_no_policy_can_have(windows: WindowsHosts, tmp_path: pathlib.Path) -> None:
    """They are read though the play becomes root, which Windows cannot."""
    windows.run(raw(RESET, add(TIME, "REG_DWORD", "4294967295")))
    asked = {"validate_from": "localhost", "validate_applications": [{"port": 9}]}
    role = {"role": "netops.keepalive.validate", "vars": asked}
    playbook = tmp_path / "play.json"
    playbook.write_text(
        json.dumps([{"hosts": windows.names[0], "gather_facts": False, "become": True, "roles": [role]}]),
        encoding="utf-8",
    )
    run = played(windows.inventory, playbook)
    windows.run(raw(RESET))
    assert run.failures()[windows.names[0]] == (
        "failed: no policy is given, and the host's own values cannot serve as one: time is 4294968: allowed is a whole "
        "number of seconds from 1 to 32767. Correct them, or name validate_policy, validate_goal or validate_preset."
    )


def test_without_a_prober_there_is_one_sentence(audit: Audit) -> None:
    assert audit.said("from_inside") == [f"failed: {audit.hosts['from_inside']['message']}"]
    assert audit.hosts["from_inside"] == {
        "name": "from_inside",
        "status": "failed",
        "cause": None,
        "fails": True,
        "message": "this host runs Windows, where sockets cannot be read from inside: name a machine that probes it in "
        "validate_from, and its listeners in validate_applications.",
        "listeners": None,
        "policy": None,
    }


def test_a_prober_that_may_attach_no_filter_says_so_before_it_connects(audit: Audit) -> None:
    assert audit.said("powerless") == [
        "failed: from ordinary: this machine cannot measure a dead peer: the prober cannot simulate a dead peer: the filter on "
        "its socket needs CAP_NET_ADMIN in its network namespace; use become: true"
    ]
    assert audit.accepted["untouched"] == 0


def test_the_module_run_on_windows_tells_the_way(windows: WindowsHosts) -> None:
    (result,) = windows.run({"netops.keepalive.tcp_keepalive_probe": {"ports": [445], "method": "dead_peer"}})
    assert result["failed"] is True
    assert result["msg"].endswith(
        "a Windows host is measured from outside: delegate the task to a Linux machine and name the Windows host in the "
        "option host, or use the role netops.keepalive.validate with validate_from."
    )
