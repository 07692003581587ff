# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said about hosts that systemd does not start. tests/host/test_other_starts.py shows it through the modules."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import other_inits
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup.other_inits import doubts
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS

NOTHING = ("Nothing here is known to read sysctl files at start.",)
OPENRC, SYSVINIT = "runlevels/boot/sysctl", "rcS.d/S15procps"
WITH_SYSTEM, ONE_BY_ONE = "sysctl ${quiet} --system\n", 'sysctl $quiet -p "$f"\n'


@pytest.fixture
def etc(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The folder of the links; what shows that an init runs is beside it."""
    below = tuple(
        (str(tmp_path / pathlib.Path(sign).name), links.replace("/etc/", f"{tmp_path}/etc/"))
        for sign, links in other_inits.STARTED
    )
    monkeypatch.setattr(other_inits, "STARTED", below)
    return tmp_path / "etc"


def started(etc: pathlib.Path, init: str, link: str, script: str) -> pathlib.Path:
    (etc.parent / init).mkdir()
    (etc / "init.d").mkdir(parents=True)
    target = etc / "init.d/sysctl"
    target.write_text(script)
    (etc / link).parent.mkdir(parents=True)
    (etc / link).symlink_to(target)
    return target


@pytest.mark.parametrize(("init", "link"), [("openrc", OPENRC), ("initctl", SYSVINIT)])
def test_a_script_that_runs_procps(etc: pathlib.Path, init: str, link: str) -> None:
    started(etc, init, link, WITH_SYSTEM)
    assert doubts(True, THIS) == ()


@pytest.mark.parametrize(("script", "has_procps"), [(WITH_SYSTEM, False), (ONE_BY_ONE, True)])
def test_a_script_that_reads_otherwise(etc: pathlib.Path, script: str, has_procps: bool) -> None:
    path = started(etc, "openrc", OPENRC, script)
    (doubt,) = doubts(has_procps, THIS)
    assert doubt.startswith(f"{path} reads sysctl files at start, but not with")


@pytest.mark.parametrize(("init", "link"), [("openrc", SYSVINIT), ("initctl", OPENRC), ("runit", SYSVINIT)])
def test_a_script_of_an_init_that_does_not_run(etc: pathlib.Path, init: str, link: str) -> None:
    started(etc, init, link, WITH_SYSTEM)
    assert doubts(True, THIS) == NOTHING


def test_an_init_that_starts_no_such_script(etc: pathlib.Path) -> None:
    (etc.parent / "openrc").mkdir()
    assert doubts(True, THIS) == NOTHING


def test_a_link_that_leads_nowhere(etc: pathlib.Path) -> None:
    started(etc, "openrc", OPENRC, WITH_SYSTEM).unlink()
    assert doubts(True, THIS) != ()
