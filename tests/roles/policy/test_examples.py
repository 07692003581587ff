# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples, run for real on a throw-away host; extensions/molecule runs them on booted ones."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.support import paths
from tests.support.commands import run
from tests.support.hosts.plays import LOCAL, Run, play
from tests.support.hosts.throwaway import ThrowawayHost, Values

EXAMPLES = paths.INSTALLED / "examples"
KERNEL = (7200, 75, 9)
FLEET = {"web": LOCAL, "localhost": LOCAL}


class Example(NamedTuple):
    runtime: Values
    boot: Values


VALUES = {
    "one_task.yml": Example((120, 30, 4), (120, 30, 4)),
    "fleet_baseline.yml": Example((90, 30, 3), (90, 30, 3)),
    "stage_then_set.yml": Example(KERNEL, (120, 20, 5)),
    "migrate_from_posix_sysctl.yml": Example((120, 30, 4), (120, 30, 4)),
}


def run_example(host: ThrowawayHost, name: str, *options: str, **variables: str) -> Run:
    return play(host, *options, hosts=FLEET, playbook=str(EXAMPLES / name), target="web", **variables)


@pytest.mark.parametrize(("name", "values"), VALUES.items())
def test_an_example_sets_what_it_says_and_again_nothing_changes(
    host: ThrowawayHost, name: str, values: Example
) -> None:
    first, again = run_example(host, name), run_example(host, name)
    assert (first.status, first.recap()["web"]["changed"]) == (0, 1), first.output
    assert (again.status, again.recap()["web"]["changed"]) == (0, 0), again.output
    assert (host.runtime(), host.after_boot()) == values


def test_what_was_staged_comes_into_force_in_the_window(host: ThrowawayHost) -> None:
    run_example(host, "stage_then_set.yml")
    run = run_example(host, "stage_then_set.yml", window="true")
    assert (run.status, host.runtime()) == (0, (120, 20, 5)), run.output


def test_the_lines_of_a_loop_are_taken_over(host: ThrowawayHost) -> None:
    host.write("/etc/sysctl.d/99-zz-loop.conf", "net.ipv4.tcp_keepalive_time=600\nnet.ipv4.tcp_keepalive_intvl=60\n")
    run = run_example(host, "migrate_from_posix_sysctl.yml")
    assert run.status == 0, run.output
    assert host.after_boot("systemd") == host.after_boot("procps") == (120, 30, 4)


def test_the_audit_holds_the_fleet_against_its_baseline(host: ThrowawayHost) -> None:
    assert run_example(host, "audit.yml").status == 2
    run_example(host, "fleet_baseline.yml")
    run = run_example(host, "audit.yml")
    assert (run.status, run.table()[-1]) == (0, "1 host: 1 compliant"), run.output


@pytest.mark.parametrize("name", [*VALUES, "audit.yml", "snippets.yml"])
def test_an_example_can_be_checked_where_there_is_no_fleet(name: str) -> None:
    run(paths.SCRIPTS / "ansible-playbook", "--syntax-check", "--inventory", "localhost,", EXAMPLES / name)


def test_the_snippets_are_written(host: ThrowawayHost) -> None:
    run = run_example(host, "snippets.yml", folder=str(host.disk))
    assert run.status == 0, run.output
    again = run_example(host, "snippets.yml", folder=str(host.disk))
    assert again.recap()["localhost"]["changed"] == 0
    assert "net.ipv4.tcp_keepalive_time = 90\n" in (host.disk / "99-tcp-keepalive.conf").read_text(encoding="utf-8")
    names = ["user-data.yaml", "keepalive.bu", "99-worker-tcp-keepalive.yaml", "pod-sysctls.yaml", "keepalive.reg"]
    assert all((host.disk / name).stat().st_size > 100 for name in names)
