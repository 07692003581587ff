# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values belong to a network namespace: containers and pods do not take over the host's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.support.hosts.throwaway import PROC, ThrowawayHost, as_values

SHOW = f"cat {PROC}time {PROC}intvl {PROC}probes"
KERNEL = (7200, 75, 9)


@pytest.fixture
def container(host: ThrowawayHost) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a network namespace of its own, which shows its values when it is asked to end."""
    process = host.open("unshare", "--net", "sh", "-c", f"echo here; read line; {SHOW}")
    yield process
    process.kill()
    process.communicate()


def test_a_namespace_that_is_there_already(host: ThrowawayHost, container: subprocess.Popen[bytes]) -> None:
    assert container.stdout is not None
    assert container.stdout.readline() == b"here\n"
    host.set(time=60, interval=20, probes=3)
    output, _errors = container.communicate(b"\n", timeout=60)
    assert as_values(output.decode()) == KERNEL
    assert host.runtime() == (60, 20, 3)


def test_a_namespace_that_is_made_later(host: ThrowawayHost) -> None:
    host.set(time=60, interval=20, probes=3)
    assert as_values(host.sh(f"unshare --net sh -c '{SHOW}'")) == KERNEL


def test_a_namespace_is_set_from_inside(host: ThrowawayHost) -> None:
    done = host.set(time=60, boot=False, under=["unshare", "--net"])
    assert done["runtime"]["after"]["time"] == 60
    assert host.runtime() == KERNEL
