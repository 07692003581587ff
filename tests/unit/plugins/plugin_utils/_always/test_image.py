# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script that puts the files for the next boot into an image."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import bundle, files, values
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._always import image

VALUES = Settings(120, 30, 4)
COMMON = {files.SCRIPT, values.CONF, files.SERVICE, files.LINK}
SECTION = "direction = both\ntime = 120\ninterval = 30\nprobes = 4\ncontainers = no\nloopback = no\n"


@pytest.mark.parametrize(
    ("units", "own", "sections"),
    [
        (None, set(), f"\n[host]\n{SECTION}"),
        (
            ["b@1.socket", "a.service"],
            {files.drop_in("a.service"), files.drop_in("b@1.socket")},
            f"\n[a.service]\n{SECTION}\n[b@1.socket]\n{SECTION}",
        ),
        (["batch.slice"], {files.TEMPLATE, files.companion("batch.slice")}, f"\n[batch.slice]\n{SECTION}"),
    ],
    ids=["host", "units", "slice"],
)
def test_an_image_gets_the_files(tmp_path: pathlib.Path, units: list[str] | None, own: set[str], sections: str) -> None:
    root = tmp_path / "an image"
    text = image.script(VALUES, units)
    for _twice in range(2):
        subprocess.run(["sh", "-c", text], check=True, env={**os.environ, "ROOT": str(root)})
    there = {f"/{path.relative_to(root)}" for path in root.rglob("*") if path.is_symlink() or path.is_file()}
    assert there == COMMON | own
    assert (root / files.SCRIPT[1:]).read_text(encoding="utf-8") == bundle.render()
    assert (root / values.CONF[1:]).read_text(encoding="utf-8").endswith(f"namespace.\n{sections}")
    assert os.readlink(root / files.LINK[1:]) == files.SERVICE
