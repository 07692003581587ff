# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tcp_keepalive_info tells what is attached, and needs no look at the kernel where nothing is."""

from __future__ import annotations

import pathlib

from ansible_collections.netops.keepalive.plugins.module_utils._always.info import overview
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import mark_layout

from tests.support.always.scene import Scene
from tests.support.hosts import throwaway
from tests.support.hosts.strace import strace

VALUES = {"time": 120, "interval": 30, "probes": 4}
ATTACHED = {"attached": True, "excluded": False, "direction": "both", **VALUES, "user_timeout": None}


def test_what_is_attached_and_what_it_has_counted(scene: Scene) -> None:
    scene.always(scope="host", loopback=True, **VALUES)
    scene.connect({})
    found = scene.module("tcp_keepalive_info")
    assert mark_layout.NO_MARKS not in found["limits"]
    (scope,) = found["always"]
    assert scope.pop("counters") == {"seen": 2, "set": 2, "kept": 0, "errors": 0}
    assert scope == {"unit": None, "cgroup": "/", "runtime": ATTACHED, "boot": None}
    scene.always(state="absent")
    assert scene.module("tcp_keepalive_info")["always"] == []


def test_where_nothing_is_attached_the_kernel_is_not_asked(scene: Scene, tmp_path: pathlib.Path) -> None:
    def calls() -> int:
        trace = tmp_path / "trace"
        scene.module("tcp_keepalive_info", under=strace("-f", "-e", "trace=bpf", output=trace))
        return trace.read_text().count("bpf(")

    assert calls() == 0
    scene.always(scope="host", **VALUES)
    assert calls() > 0
    scene.always(state="absent")
    assert calls() == 0


def test_a_user_without_privilege(scene: Scene) -> None:
    scene.always(scope="host", **VALUES)
    words = throwaway.module_as_nobody("tcp_keepalive_info")
    found = throwaway.result_of(scene.start(*words, stdin=throwaway.arguments(False, {})))
    assert found["always"] is None
    assert found["limits"][-1] == overview.UNREADABLE.format(overview.NOT_ROOT)
