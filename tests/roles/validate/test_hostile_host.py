# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that lies, through its Python interpreter: it is told from the others, and harms neither them nor the terminal."""

from __future__ import annotations

import json
import pathlib
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.hosts.plays import ENFORCE, LOCAL, Run, play
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.odd_results import FORGED, RESULTS, Place, mutant
from tests.support.probe.validating import AUDIT, GOOD, POLICY, listening, named

# The module's name is a part of what the interpreter is asked to run.
LIAR = '#!/bin/sh\ncase "$*" in *AnsiballZ_tcp_keepalive*) cat {lie};; *) exec {python} "$@";; esac\n'
SHOWN = "x\\x1b[2J\\r\\nok: [forged]\\u202e"
LIES: dict[str, tuple[Place, object, str]] = {
    "no mapping": (("listeners", 0, "connections"), "x", "failed: returned what the probe never returns (connections)"),
    "a number without end": (
        ("listeners", 1, "policy", "time"),
        10**400,
        "failed: returned what the probe never returns (policy.time)",
    ),
    "nothing": (("listeners",), None, "failed: returned what the probe never returns (listeners)"),
    "a forged line in a reason": (("listeners", 1, "reason"), FORGED, f"\n     {SHOWN}\n"),
    "a forged line in a warning": (("warnings", 0), FORGED, " nginx: keepalive off: "),
    "a forged line in an error": (("msg",), FORGED, "failed: x\\x1b[2J ok: [forged]\\u202e"),
}


@pytest.fixture(scope="module")
def applications() -> Iterator[ThrowawayHost]:
    for host in new_host():
        with listening(host, GOOD):
            yield host


def lying(host: ThrowawayHost, lie: dict[str, Any]) -> dict[str, Any]:
    answer, interpreter = host.disk / "lie.json", host.disk / "liar"
    answer.write_text(json.dumps(lie), encoding="utf-8")
    python = LOCAL["ansible_python_interpreter"]
    interpreter.write_text(LIAR.format(lie=answer, python=python), encoding="utf-8")
    interpreter.chmod(0o755)
    return {**LOCAL, "ansible_python_interpreter": str(interpreter), "keepalive_look": "module"}


def obeyed(run: Run) -> set[str]:
    """Characters in the output that a terminal obeys or hides, beside line feeds."""
    seen = {character for character in run.output if unicodedata.category(character) in ("Cc", "Cf", "Cs")}
    return seen - {"\n"}


@pytest.mark.parametrize(("place", "value", "said"), LIES.values(), ids=list(LIES))
def test_a_lie_fails_its_own_host_alone(
    applications: ThrowawayHost, tmp_path: pathlib.Path, place: Place, value: object, said: str
) -> None:
    lie = mutant(RESULTS["probe"], place, value)
    if place == ("msg",):
        lie["failed"] = True
    run = play(
        applications,
        playbook=AUDIT,
        hosts={"liar": lying(applications, lie), "good": {**LOCAL, "validate_applications": named(GOOD)}},
        validate_policy=POLICY,
        validate_report_dir=str(tmp_path),
    )
    assert (run.status, list(run.failures())) == (2, ["liar"]), run.output
    assert said in run.output
    assert obeyed(run) == set()
    assert "\nok: [forged]" not in run.output
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [host["name"] for host in report["hosts"]] == ["good", "liar"]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_lie_about_host_values_fails_its_own_host_alone(applications: ThrowawayHost) -> None:
    hosts = {
        "liar": lying(applications, mutant(RESULTS["info"], ("runtime",), "x")),
        "good": LOCAL,
    }
    run = play(applications, playbook=ENFORCE, hosts=hosts, policy_time=7200, policy_audit=True)
    assert run.failures() == {"liar": "failed: returned what the module never returns (runtime)"}, run.output
    assert run.table()[-1] == "2 hosts: 1 compliant, 1 failed"


def test_the_file_of_a_source_is_told_as_visible_text(applications: ThrowawayHost) -> None:
    lie = mutant(RESULTS["info"], ("boot_source", "time", "file"), f"/etc/sysctl.d/{FORGED}.conf")
    run = play(
        applications, playbook=ENFORCE, hosts={"liar": lying(applications, lie)}, policy_time=60, policy_audit=True
    )
    assert f"(/etc/sysctl.d/{SHOWN}" in run.failures()["liar"], run.output
    assert obeyed(run) == set()
