# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that proves nothing is not green: role validate without the privilege to read other processes' sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import needs
from tests.support.hosts.plays import LOCAL, Run, play
from tests.support.hosts.throwaway import ThrowawayHost, new_host
from tests.support.probe.validating import AUDIT, GOOD, OFF, POLICY, listening, named, said, told

WITHOUT_PTRACE = '#!/bin/sh\nexec {setpriv} --bounding-set -sys_ptrace {python} "$@"\n'


@pytest.fixture(scope="module")
def applications() -> Iterator[ThrowawayHost]:
    for host in new_host():
        with listening(host, GOOD, OFF):
            yield host


def audit(host: ThrowawayHost, **variables: Any) -> Run:
    python = host.disk / "python"
    program = needs.program("setpriv", package="util-linux")
    python.write_text(
        WITHOUT_PTRACE.format(setpriv=program, python=LOCAL["ansible_python_interpreter"]), encoding="utf-8"
    )
    python.chmod(0o755)
    unprivileged = {**LOCAL, "ansible_python_interpreter": str(python), "validate_applications": named(GOOD, OFF)}
    return play(host, hosts={"web": unprivileged}, playbook=AUDIT, validate_policy=POLICY, **variables)


def test_a_lack_of_privilege_fails_the_host_with_its_cure(applications: ThrowawayHost) -> None:
    run = audit(applications)
    assert run.status == 2, run.output
    assert said(run, "web") == ["unproven (no_privilege): 2 of 2 listeners; run the probe as root (become: true)"]
    assert told(run.output)[-2:] == ["1 host: 1 unproven (no_privilege)", "outcome=unproven"]


def test_the_words_that_fail_a_host_are_the_users_choice(applications: ThrowawayHost) -> None:
    run = audit(applications, validate_fail_on=["keepalive_off"])
    assert run.status == 0, run.output
    assert told(run.output)[-2:] == ["1 host: 1 unproven (no_privilege)", "outcome=unproven"]
    assert audit(applications, validate_fail_on=["keepalive_of"]).status == 2
