# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether files have changed since the host started."""

from __future__ import annotations

import os
import pathlib
import time

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import since_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.since_boot import (
    are_unchanged,
    start_of_first_process,
)
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS


def test_the_first_process_started_after_the_kernel_and_before_this_test() -> None:
    uptime = float(pathlib.Path("/proc/uptime").read_text().split()[0])
    assert time.time() - uptime - 2 < start_of_first_process(THIS) < time.time()


def test_files_that_changed(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "samefile", lambda *_paths: True)
    old, new = tmp_path / "old", tmp_path / "new"
    old.touch()
    now = old.stat().st_ctime
    monkeypatch.setattr(since_boot, "start_of_first_process", lambda _host: now + 1)
    assert are_unchanged([str(old), f"{tmp_path}/missing"], THIS)
    monkeypatch.setattr(since_boot, "start_of_first_process", lambda _host: now - 1)
    new.symlink_to("nowhere")
    assert not are_unchanged([str(new)], THIS)


def test_a_network_namespace_that_is_not_that_of_the_first_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "samefile", lambda *_paths: False)
    assert not are_unchanged([], THIS)


def test_a_user_who_may_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: str) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os.path, "samefile", refuse)
    assert not are_unchanged([], THIS)
