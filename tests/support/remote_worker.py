# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host of the fleet as a worker of ansible-runner: what it gets for that, and a job that is sent to it over ssh."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sysconfig
import time
from typing import Any

from tests.support.fleet import Host, ssh
from tests.support.paths import COLLECTIONS, SCRIPTS

# What ansible-runner and ansible-core import. Their parts in C are for another Python, and all but those of cryptography have a stand-in.
PACKAGES = (
    "ansible",
    "ansible_runner",
    "daemon",
    "jinja2",
    "lockfile",
    "markupsafe",
    "packaging",
    "pexpect",
    "ptyprocess",
    "resolvelib",
    "yaml",
)
HOME = "/opt/worker"
PLAYBOOK_COMMAND = '#!/bin/sh\nexec python3 -m ansible.cli.playbook "$@"\n'
ENVIRONMENT = f"PYTHONPATH={HOME} LC_ALL=C.UTF-8"
PID = "/run/worker.pid"
MOST_SECONDS = 120


def prepare(host: Host) -> None:
    """It has Python and no pip, so the packages of this environment are copied."""
    host.run(f"mkdir -p {HOME}/collections")
    installed = pathlib.Path(sysconfig.get_path("purelib"))
    versions = [path.name for name in PACKAGES for path in installed.glob(f"{name}-*.dist-info")]  # some ask for these
    copy(host, str(installed), HOME, *PACKAGES, *versions)
    copy(host, str(COLLECTIONS), f"{HOME}/collections", "ansible_collections")
    host.run("cat > /usr/local/bin/ansible-playbook; chmod 755 /usr/local/bin/ansible-playbook", text=PLAYBOOK_COMMAND)


def copy(host: Host, folder: str, to: str, *names: str) -> None:
    packed = subprocess.run(
        ["tar", "--create", "--exclude=*.pyc", "--exclude=*.so", f"--directory={folder}", *names],
        capture_output=True, check=True,
    )  # fmt: skip
    subprocess.run(over_ssh(host, f"tar --extract --directory={to}"), input=packed.stdout, check=True)


def over_ssh(host: Host, command: str) -> list[str]:
    return ["ssh", *ssh.OPTIONS, "-i", str(host.key), "-o", "BatchMode=yes", f"root@{host.address}", command]


class Job:
    """A playbook on these hosts, which the worker reaches as itself."""

    def __init__(
        self, folder: pathlib.Path, hosts: list[str], playbook: str, variables: dict[str, Any], brings: bool = False
    ) -> None:
        """``brings``: it has the collection in its project, and does not need that of the worker."""
        self.folder = folder
        own = {"ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"}
        self.write("inventory/hosts.json", json.dumps({"all": {"hosts": dict.fromkeys(hosts, own)}}))
        self.write("project/slice.yml", playbook)
        self.write("env/extravars", json.dumps(variables))
        if brings:
            shutil.copytree(COLLECTIONS, folder / "project" / "collections", ignore=shutil.ignore_patterns("*.pyc"))
        else:
            self.write("env/envvars", json.dumps({"ANSIBLE_COLLECTIONS_PATH": f"{HOME}/collections"}))

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def runner(self, step: str, *more: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [str(SCRIPTS / "ansible-runner"), step, str(self.folder), *more]
        return subprocess.run(command, input=given, capture_output=True, timeout=MOST_SECONDS, check=False)

    def run(self, worker: Host, killed_when: str | None = None) -> str:
        """How it ended, as far as the worker said; the worker is killed once the file ``killed_when`` is there."""
        sent = self.runner("transmit", "-p", "slice.yml").stdout
        command = f"echo $$ > {PID}; {ENVIRONMENT} exec python3 -m ansible_runner worker"
        with subprocess.Popen(over_ssh(worker, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            if killed_when:
                assert process.stdin
                process.stdin.write(sent)
                process.stdin.flush()
                wait_for(worker, killed_when)
                worker.run(f"kill -9 $(cat {PID})")
                sent = b""
            answer, _errors = process.communicate(sent, timeout=MOST_SECONDS)
        self.runner("process", given=answer)
        status = self.folder / "artifacts" / "status"
        return status.read_text(encoding="utf-8") if status.exists() else ""


def wait_for(host: Host, path: str) -> None:
    end = time.monotonic() + MOST_SECONDS
    while host.run(f"test -e {path}", check=False).returncode:
        assert time.monotonic() < end, f"{path} did not appear on {host.name}"
        time.sleep(0.2)
