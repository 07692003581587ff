# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the console shows while it is measured, and what becomes of a measurement whose host, job or play is lost meanwhile."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support import paths
from tests.support.hosts import plays
from tests.support.hosts.plays import WEB, play, written
from tests.support.hosts.throwaway import ThrowawayHost
from tests.support.probe.dead_peer import scene

PLAYBOOK = """
- hosts: web
  gather_facts: false
  tasks:
    - netops.keepalive.tcp_keepalive_probe:
        targets: [{{name: good, port: {port}}}]
        method: dead_peer
        accelerate: true
        policy: {{time: 120, interval: 30, probes: 4}}
      register: probe
    - ansible.builtin.debug:
        msg: "{{{{ probe.listeners[0].verdict }}}}, {{{{ probe.listeners[0].measured.ended_by }}}}, changed {{{{ probe.changed }}}}"
"""
WAITS = """
- hosts: web
  gather_facts: false
  tasks:
    - netops.keepalive.tcp_keepalive_probe:
        ports: [{port}]
        method: dead_peer
        max_wait: {seconds}
        policy: {{time: 120, interval: 30, probes: 4}}
      register: probe
    - ansible.builtin.debug:
        msg: "waited for port {{{{ probe.listeners[0].port }}}}"
"""


@pytest.fixture
def good(shared_host: ThrowawayHost) -> Iterator[int]:
    """The port of a server with keepalive; another in each test, as a probe may outlive its play for a while."""
    with scene.servers(shared_host, {"keepalive": True, "time": 120, "interval": 30, "probes": 4}) as (port,):
        yield port


@pytest.fixture
def folders(shared_host: ThrowawayHost) -> Iterator[pathlib.Path]:
    """Where `mktemp -d` makes them, for plays with TMPDIR."""
    place = shared_host.disk / "folders"
    place.mkdir()
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def impatient(shared_host: ThrowawayHost) -> pathlib.Path:
    """The collection, with seconds where it has minutes."""
    copy = pathlib.Path(shutil.copytree(paths.COLLECTIONS, shared_host.disk / "impatient"))
    plugins = copy / paths.INSTALLED.relative_to(paths.COLLECTIONS) / "plugins"
    numbers = {
        plugins / "action" / "tcp_keepalive_probe.py": {
            "OUT_OF_REACH_SECONDS = 10 * 60": "OUT_OF_REACH_SECONDS = 8",
            "SECONDS_BETWEEN_ATTEMPTS = 10": "SECONDS_BETWEEN_ATTEMPTS = 1",
            "FAREWELL_SECONDS = 20": "FAREWELL_SECONDS = 1",
            "SILENT_POLLS = 150": "SILENT_POLLS = 3",
        },
        plugins / "module_utils" / "_probe" / "progress.py": {
            "SECONDS_BETWEEN_SIGNS = 30.0": "SECONDS_BETWEEN_SIGNS = 0.5",
        },
    }
    for file, changes in numbers.items():
        text = file.read_text(encoding="utf-8")
        for number, other in changes.items():
            assert text.count(number) == 1, number
            text = text.replace(number, other)
        file.write_text(text, encoding="utf-8")
    return copy


def test_the_console_shows_what_is_measured_while_it_is(
    shared_host: ThrowawayHost, good: int, folders: pathlib.Path
) -> None:
    home = shared_host.disk / "home"
    home.mkdir()
    run = play(
        shared_host,
        playbook=written(shared_host, PLAYBOOK.format(port=good)),
        environment={"TMPDIR": str(folders), "HOME": str(home)},
    )
    assert run.status == 0, run.output
    assert "compliant, dropped, changed False" in run.output
    told = [line for line in run.output.splitlines() if line.startswith("[web] ")]
    assert any("at most" in line for line in told), "the total expected time is said at the start"
    assert any(
        f"good (127.0.0.1:{good}): silent from now on; after 1 s the first keepalive probe is due" in line
        for line in told
    )
    assert any(f"good (127.0.0.1:{good}): keepalive probe 3 after " in line for line in told)
    assert any(f"good (127.0.0.1:{good}): dropped after " in line for line in told)
    assert len(set(told)) == len(told), "nothing is shown twice"
    assert not list(folders.iterdir())
    assert not list(home.glob(".ansible_async/*")), "no job file stays behind"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_play_that_is_interrupted_leaves_nothing_behind(
    shared_host: ThrowawayHost, good: int, folders: pathlib.Path, how: signal.Signals
) -> None:
    """Neither a connection nor a file, though the probe on the host has nothing to tell for minutes."""
    process = waiting(shared_host, good, seconds=600, environment={"TMPDIR": str(folders)})
    process.send_signal(how)
    process.communicate(timeout=60)
    wait_for(lambda: not connected(shared_host, good) and not list(folders.iterdir()), seconds=30)
    time.sleep(1)
    assert not list(folders.iterdir()), "nor does the job leave its result"


def test_a_host_may_be_out_of_reach_for_a_while(
    shared_host: ThrowawayHost, good: int, folders: pathlib.Path, impatient: pathlib.Path
) -> None:
    remote = Remote(shared_host)
    process = waiting(
        shared_host,
        good,
        seconds=15,
        hosts=remote.hosts,
        environment={"TMPDIR": str(folders), "ANSIBLE_COLLECTIONS_PATH": str(impatient)},
    )
    remote.cut()
    wait_for(lambda: remote.refusals() >= 2, seconds=30)
    remote.mend()
    run = plays.end_of(process)
    assert run.status == 0, run.output
    assert f"waited for port {good}" in run.output
    assert "[web] sudo:" not in run.output
    assert not list(folders.iterdir())


def test_a_host_that_stays_out_of_reach_is_unreachable(
    shared_host: ThrowawayHost, good: int, folders: pathlib.Path, impatient: pathlib.Path
) -> None:
    remote = Remote(shared_host)
    process = waiting(
        shared_host,
        good,
        seconds=600,
        hosts=remote.hosts,
        environment={"TMPDIR": str(folders), "ANSIBLE_COLLECTIONS_PATH": str(impatient)},
    )
    remote.cut()
    run = plays.end_of(process)
    assert run.recap()["web"]["unreachable"] == 1, run.output


def test_a_job_that_is_killed_is_missed(
    shared_host: ThrowawayHost, good: int, folders: pathlib.Path, impatient: pathlib.Path
) -> None:
    process = waiting(
        shared_host,
        good,
        seconds=600,
        environment={"TMPDIR": str(folders), "ANSIBLE_COLLECTIONS_PATH": str(impatient)},
    )
    probe = int(re.findall(r"pid=(\d+)", connected(shared_host, good))[0])
    parent = int(re.findall(r"^PPid:\s+(\d+)", pathlib.Path(f"/proc/{probe}/status").read_text(), re.MULTILINE)[0])
    for pid in (parent, probe):
        os.kill(pid, signal.SIGKILL)
    run = plays.end_of(process)
    assert "its process no longer exists (out of memory, a reboot" in run.failures()["web"]
    assert not list(folders.glob("tmp.*"))


def test_a_folder_that_is_gone_is_missed(shared_host: ThrowawayHost, good: int, folders: pathlib.Path) -> None:
    """A host that was restarted has an empty /tmp."""
    process = waiting(shared_host, good, seconds=600, environment={"TMPDIR": str(folders)})
    for folder in folders.glob("tmp.*"):
        shutil.rmtree(folder)
    run = plays.end_of(process)
    assert "its process no longer exists" in run.failures()["web"]


def test_a_job_that_tells_nothing_is_waited_for(
    shared_host: ThrowawayHost, good: int, folders: pathlib.Path, impatient: pathlib.Path
) -> None:
    """Twice as long as it takes to miss one that was killed."""
    run = play(
        shared_host,
        playbook=written(shared_host, WAITS.format(port=good, seconds=14)),
        environment={"TMPDIR": str(folders), "ANSIBLE_COLLECTIONS_PATH": str(impatient)},
    )
    assert run.status == 0, run.output
    assert f"waited for port {good}" in run.output
    assert "[web] \n" not in run.output, "signs of life are not shown"


def test_on_windows_it_says_where_to_probe_from(shared_host: ThrowawayHost) -> None:
    windows = {"web": {**WEB["web"], "ansible_shell_type": "powershell"}}
    run = play(shared_host, hosts=windows, playbook=written(shared_host, PLAYBOOK.format(port=1)))
    assert "a Windows host is measured from outside: delegate the task to a Linux machine" in run.output


SSH = """#!/bin/sh
if [ -e {folder}/cut ]; then
    echo refused >> {folder}/refusals
    echo 'ssh: connect to host web port 22: Connection timed out' >&2
    exit 255
fi
for argument; do command=$argument; done
echo 'sudo: unable to resolve host web'
exec sh -c "$command"
"""


class Remote:
    """A way to the host that can be cut: to Ansible it is ssh. As on a terminal, there is more than a command's own output."""

    def __init__(self, host: ThrowawayHost) -> None:
        self.folder = host.disk / "way"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        program = self.folder / "ssh"
        program.write_text(SSH.format(folder=self.folder), encoding="utf-8")
        program.chmod(0o755)
        self.hosts: dict[str, plays.Variables] = {
            "web": {
                "ansible_connection": "ssh",
                "ansible_ssh_executable": str(program),
                "ansible_ssh_transfer_method": "piped",
                "ansible_python_interpreter": sys.executable,
            }
        }

    def cut(self) -> None:
        (self.folder / "cut").touch()

    def mend(self) -> None:
        (self.folder / "cut").unlink()

    def refusals(self) -> int:
        told = self.folder / "refusals"
        return len(told.read_text(encoding="utf-8").splitlines()) if told.exists() else 0


def waiting(
    host: ThrowawayHost,
    port: int,
    *,
    seconds: int,
    environment: dict[str, str],
    hosts: dict[str, plays.Variables] = WEB,
) -> subprocess.Popen[bytes]:
    """A play whose probe has connected and waits."""
    playbook = written(host, WAITS.format(port=port, seconds=seconds))
    process = plays.begin(host, hosts=hosts, playbook=playbook, environment=environment)
    wait_for(lambda: connected(host, port) != "", seconds=60)
    time.sleep(2)
    return process


def connected(host: ThrowawayHost, port: int) -> str:
    return host.sh(f"ss -tnpH state established dport = :{port}")


def wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.5)
