# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes a host a container: a word of systemd, or a network namespace that the kernel did not make at its start."""

from __future__ import annotations

import pathlib
import subprocess

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import boot_facts
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.boot_facts import container
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS

from tests.support import needs

# What systemd wrote, whether it starts this host, whether this is the first network namespace; what it is then.
KINDS: list[tuple[str, bool, bool, str]] = [
    ("", True, True, ""),
    ("", True, False, ""),
    ("", False, True, ""),
    ("", False, False, "container-other"),
    ("docker\n", True, False, "docker"),
    ("lxc", True, True, "lxc"),
    ("systemd-nspawn", True, False, "systemd-nspawn"),
    ("wsl\n", True, True, ""),
]


@pytest.mark.parametrize(("word", "systemd_boots", "is_first", "kind"), KINDS)
def test_container(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    systemd_boots: bool,
    is_first: bool,
    kind: str,
) -> None:
    if word:
        (tmp_path / "container").write_text(word)
    monkeypatch.setattr(boot_facts, "CONTAINER", str(tmp_path / "container"))
    monkeypatch.setattr(boot_facts, "OF_FIRST_NAMESPACE", str(tmp_path if is_first else tmp_path / "missing"))
    assert container(systemd_boots, THIS) == kind


def test_a_network_namespace_that_the_kernel_did_not_make_at_its_start() -> None:
    needs.user_namespaces()
    command = ["unshare", "--user", "--map-root-user", "--net", "ls", "/proc/sys/net/ipv4"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "tcp_keepalive_time" in names
    assert pathlib.Path(boot_facts.OF_FIRST_NAMESPACE).name not in names
