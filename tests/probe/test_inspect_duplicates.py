# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A duplicate of an application's socket keeps back its FIN and its port: every one is read and closed before anything else."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from collections.abc import Iterator

import pytest

from tests.support.hosts.strace import strace
from tests.support.hosts.throwaway import ThrowawayHost, output_of
from tests.support.probe.dead_peer import scene as measuring
from tests.support.probe.inspecting import scene

LISTENERS = 5
READS = ("getsockopt", "setsockopt", "getsockname")
DUPLICATED = re.compile(r"pidfd_getfd\(.*\) += (\d+)")


def trace_of(host: ThrowawayHost, folder: pathlib.Path, program: pathlib.Path, order: bytes) -> list[str]:
    trace = folder / "trace"
    output_of(host.start(*strace(output=trace), sys.executable, str(program), stdin=order))
    return trace.read_text(encoding="utf-8", errors="replace").splitlines()


def while_held(trace: list[str]) -> Iterator[list[str]]:
    """For each duplicate the names of the calls up to the one that closes it."""
    calls = iter(trace)
    for call in calls:
        duplicate = DUPLICATED.match(call)
        if duplicate:
            names = []
            for following in calls:
                name, _bracket, arguments = following.partition("(")
                names.append(name)
                if name == "close" and re.match(rf"{duplicate[1]}\b", arguments):
                    break
            yield names


@pytest.mark.parametrize("method", ["inspect", "dead_peer"])
def test_nothing_happens_while_a_duplicate_is_held(
    shared_host: ThrowawayHost, tmp_path: pathlib.Path, method: str
) -> None:
    with scene.servers(shared_host, *[{"accepted": {"time": 60}}] * LISTENERS) as found:
        ports = [server.port for server in found]
        if method == "inspect":
            order = json.dumps({"ports": ports, "options": {"settle": 0.1}}).encode() + b"\n"
            trace = trace_of(shared_host, tmp_path, scene.HERE / "prober.py", order)
        else:
            targets = [{"port": port, "max_wait": 1, "accelerate": True} for port in ports]
            order = measuring.order(targets, local=True, options={"settle": 0.1})
            trace = trace_of(shared_host, tmp_path, measuring.HERE / "prober.py", order)
    held = list(while_held(trace))
    assert len(held) >= 2 * LISTENERS
    assert {name for names in held for name in names[:-1]} <= set(READS)
    assert all(names[-1] == "close" for names in held)
