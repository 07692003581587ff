# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that attach the program at boot: their texts, the values in them, the one script, and what keeps all of it off."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always import config
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import bundle, files, held, marker, values
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue

from tests.support.paths import ROOT
from tests.support.plugins import imports

LOOPBACK = frozenset(map(config.remote, config.LOOPBACK))
BOTH = layout.INCOMING | layout.OUTGOING
GUIDE = ROOT / "docs/docsite/rst/guide_applications_without_a_setting.rst"

CONFIGS = {
    "nothing but the switch": config.Config(flags=BOTH, remotes=LOOPBACK),
    "all of it": config.Config(
        0, layout.INCOMING | layout.CONTAINERS | layout.LOOPBACK, 120, 30, 4, 90000, frozenset({22, 7411}),
        frozenset({config.remote("10.0.0.0/8"), config.remote("2001:db8::/32")}),
    ),
    "the loopback networks named": config.Config(0, layout.OUTGOING | layout.LOOPBACK, 120, remotes=LOOPBACK),
    "excluded": config.Config(flags=layout.EXCLUDED),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_values_are_read_as_they_were_written(name: str) -> None:
    sections = {values.HOST: CONFIGS[name], "a@b\\x2dc.service": CONFIGS[name]}
    assert values.parse(values.render(sections)) == sections


def test_the_values_of_a_host() -> None:
    assert values.render({"b.service": CONFIGS["excluded"], values.HOST: CONFIGS["all of it"]}) == values.HEADER + (
        "\n[host]\ndirection = incoming\ntime = 120\ninterval = 30\nprobes = 4\nuser_timeout = 90\ncontainers = yes\nloopback = yes\n"
        "exclude_ports = 22 7411\nexclude_remotes = 10.0.0.0/8 2001:db8::/32\n\n[b.service]\nexcluded = yes\n"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[host]\ntime = soon\n", "invalid literal for int() with base 10: 'soon'"),
        ("[host]\nloopback = perhaps\n", "Not a boolean: perhaps"),
        ("[host]\ndirection = up\n", "'up'"),
        ("[host]\nexclude_remotes = 10.0.0.1/8\n", "10.0.0.1/8 has host bits set"),
        ("time = 1\n", "File contains no section headers."),
        ("[host]\n[host]\n", "While reading from '<string>'"),
    ],
)
def test_values_that_cannot_be_understood(text: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(f'{values.CONF} cannot be understood: {why}')}"):
        values.parse(text)


def test_each_unit_has_what_starts_with_it() -> None:
    names = ("shop.service", "shop.socket", "shop.slice", "rooted.service")
    sections = dict.fromkeys((values.HOST, *names), CONFIGS["excluded"])
    companions = {name for name in names if files.needs_companion(name, name == "rooted.service")}
    found = files.render(sections, companions, "the script", "/usr/bin/python3")
    folder = "/etc/systemd/system"
    assert list(found) == [
        files.SCRIPT, values.CONF, files.SERVICE, files.TEMPLATE,
        f"{folder}/rooted.service.wants/netops-keepalive-always@rooted.service.service",
        f"{folder}/shop.service.d/50-netops-keepalive.conf",
        f"{folder}/shop.slice.wants/netops-keepalive-always@shop.slice.service",
        f"{folder}/shop.socket.d/50-netops-keepalive.conf",
        files.LINK,
    ]  # fmt: skip
    command = f"ExecStartPre=-+/usr/bin/timeout --verbose 5 /usr/bin/python3 -IS {files.SCRIPT} unit %n\n"
    assert found[files.drop_in("shop.service")] == f"{files.MARK}[Service]\n{command}"
    assert found[files.drop_in("shop.socket")] == f"{files.MARK}[Socket]\n{command}"
    assert found[files.companion("shop.slice")] == files.TEMPLATE
    assert files.render({}, set(), "the script", "/usr/bin/python3") == {}


def test_the_script_has_every_source_that_it_imports() -> None:
    reached = imports.reached_from(imports.plugins()["module_utils._always.boot.script"])
    names = {name for name, path in imports.plugins().items() if path in reached and path.stat().st_size}
    assert {f"module_utils.{name}" for name in bundle.NAMES} == names


def test_the_script_holds_the_sources_as_they_are() -> None:
    text = bundle.render()
    for name in bundle.NAMES:
        source = imports.plugins()[f"module_utils.{name}"].read_text()
        assert f"\nSOURCES[ROOT + \"{name}\"] = r'''\n{source}'''\n" in text, name
    ast.parse(text, feature_version=(3, 7))


def test_the_guide_names_the_hash_of_the_script() -> None:
    digest = hashlib.sha256(bundle.render().encode()).hexdigest()
    assert digest in GUIDE.read_text(), f"write {digest} into {GUIDE.name}"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [((), 2, "usage: always.py attach | unit NAME | off | status\n"), (("unit", "a.service"), 0, "")],
    ids=["usage", "off"],
)
def test_the_script_runs_without_the_collection(
    tmp_path: pathlib.Path, words: tuple[str, ...], status: int, said: str
) -> None:
    script = tmp_path / "always.py"
    script.write_text(bundle.render().replace(marker.PATH, str(tmp_path / "no-marker.json")))
    done = subprocess.run([sys.executable, "-IS", script, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, said and f"<3>netops-keepalive: {said}")


def test_the_mark_keeps_what_the_trial_has_found_out(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marker, "PATH", str(tmp_path / "mark"))
    assert marker.read() is None
    for abilities in (layout.Abilities(True, False), layout.Abilities(False, True, layout.Fields(96, 1528))):
        marker.write(abilities)
        assert marker.read() == abilities
    (tmp_path / "mark").write_text(json.dumps([1]))
    assert marker.read() is None
    marker.remove()
    marker.remove()


def test_the_operator_keeps_it_off(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disabled, command_line = tmp_path / "disabled", tmp_path / "cmdline"
    monkeypatch.setattr(held, "DISABLED", str(disabled))
    monkeypatch.setattr(held, "COMMAND_LINES", (str(command_line),))
    command_line.write_text("quiet netops_keepalive=offline\n")
    assert held.read() is None
    command_line.write_text("quiet netops_keepalive=off ro\n")
    by_line = held.read()
    assert by_line is not None
    assert by_line.by == "netops_keepalive=off on the kernel's command line"
    disabled.touch()
    os.utime(disabled, (0, disabled.stat().st_mtime - 100))
    by_file = held.read()
    assert by_file is not None
    assert (by_file.by, 99 <= by_file.age <= 110) == (str(disabled), True)
