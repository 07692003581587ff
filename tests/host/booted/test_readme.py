# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first fleet run of the README: its inventory and commands, on booted hosts, do and print what it says."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.support.fleet import Fleet, Host
from tests.support.paths import ROOT, SCRIPTS

BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
THEIR_FILE = "/etc/sysctl.d/99-zz.conf"


def blocks(language: str) -> list[str]:
    """The README's blocks of a language, without the indentation of the list that they stand in."""
    found = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return [re.sub(r"^   ", "", text, flags=re.MULTILINE) for name, text in found if name == language]


def command(word: str) -> list[str]:
    """The one command of the README that has this word in it."""
    (line,) = [line for text in blocks("console") for line in text.splitlines() if word in line]
    return shlex.split(line.lstrip("$ "), comments=True)


Command = Callable[[list[str]], "subprocess.CompletedProcess[str]"]


class Scene(NamedTuple):
    """Two hosts of the README's inventory that exist (the third has no machine), and what runs a command there."""

    web_01: Host
    web_02: Host
    run: Command


@pytest.fixture
def scene(fleet: Fleet, tmp_path: pathlib.Path) -> Iterator[Scene]:
    web = fleet.hosts[:2]
    fleet.renew(*web)
    (inventory,) = [text for text in blocks("yaml") if "all:\n" in text]
    (tmp_path / "inventory.yml").write_text(inventory, encoding="utf-8")
    (tmp_path / "ansible.cfg").touch()
    (tmp_path / "host_vars").mkdir()
    login = json.loads(fleet.inventory.read_text(encoding="utf-8"))["fleet"]["vars"]
    own: dict[str, dict[str, object]] = {
        "db-07": {"ansible_host": "127.0.0.1", "ansible_port": 1},
        "web-01": {"ansible_host": web[0].address},
        "web-02": {"ansible_host": web[1].address},
    }
    for name, variables in own.items():
        (tmp_path / "host_vars" / f"{name}.json").write_text(json.dumps({**login, **variables}), encoding="utf-8")
    settings = {
        "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "COLUMNS": "80",
    }

    def run(words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SCRIPTS / words[0]), *words[1:]],
            cwd=tmp_path, env={**os.environ, **settings}, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    yield Scene(web[0], web[1], run)
    fleet.renew(*web)


def test_the_audit_prints_what_the_readme_shows(scene: Scene) -> None:
    audit = command("policy_audit=true")
    scene.run([word for word in audit if word != "policy_audit=true"][:-1])  # the same policy, set
    scene.web_02.run(f"echo 'net.ipv4.tcp_keepalive_time = 300' > {THEIR_FILE}")
    audited = scene.run(audit)
    printed = re.sub(r"(sent to remote host) .*", r"\1 ...", audited.stdout)
    (shown,) = [text for text in blocks("text") if "1 drift" in text]
    assert audited.returncode == 2, audited.stderr
    assert f"\n{shown}" in printed


def test_the_readmes_goal_is_shown_and_then_set(scene: Scene) -> None:
    promise, deed = [
        shlex.split(line.lstrip("$ "))
        for text in blocks("console")
        for line in text.splitlines()
        if "policy_goal" in line
    ]
    promised, done = scene.run(promise), scene.run(deed)
    assert "+net.ipv4.tcp_keepalive_time = 90" in promised.stdout
    assert "web-01                     : ok=" in promised.stdout
    assert done.returncode == 4, "db-07 is unreachable"
    assert scene.web_01.read("/proc/sys/net/ipv4/tcp_keepalive_time") == "90\n"
