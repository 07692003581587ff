# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet: some hosts in one folder, made and removed as often as one likes, from whatever state they are in."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.paths import BUILD

from . import inventory, machine, names, outer_machine, processes, requirements, ssh, tree, variants
from .errors import FleetError
from .host import Host
from .locks import locked

DEFAULT_FOLDER = BUILD / "fleet"
BOOTING_AT_ONCE = 12
OWN_FILES = {"fleet.json", "fleet.new", "hosts", "inventory.new", "inventory.yml", "ssh"}


class Fleet:
    def __init__(self, folder: Path = DEFAULT_FOLDER) -> None:
        self.folder = folder.resolve()
        self.inventory = self.folder / "inventory.yml"
        self.key = self.folder / "ssh" / "id"
        self.token = names.token_of(self.folder)

    @property
    def hosts(self) -> list[Host]:
        """The hosts that the fleet was asked to have."""
        plan = self._read_plan()
        return [self._host(plan["block"], number, release) for number, release in enumerate(plan["releases"], start=1)]

    def host(self, name: str) -> Host:
        for host in self.hosts:
            if host.name == name:
                return host
        raise FleetError(
            f"no host {name!r} in {self.folder}; it has: {', '.join(host.name for host in self.hosts) or 'none'}"
        )

    def one_of_each_release(self) -> list[Host]:
        found: dict[str, Host] = {}
        for host in self.hosts:
            found.setdefault(host.release, host)
        return list(found.values())

    def is_up(self, host: Host) -> bool:
        """Whether it runs and lets one log in. One that is just booting is waited for."""
        return machine.is_up(host.machine) and host.run("true", check=False).returncode == 0

    def create(self, hosts: int, releases: Sequence[str] = tree.RELEASES) -> None:
        """Make it a fleet of at least so many hosts, all of them up. Those that are up already are left alone."""
        if not 1 <= hosts <= names.MOST_HOSTS:
            raise FleetError(f"a fleet has 1 to {names.MOST_HOSTS} hosts, not {hosts}")
        for release in releases:
            variants.find(release)  # refuses one that is unknown
        requirements.check()
        with self._alone():
            self._refuse_foreign_folder()
            plan = self._read_plan()
            wanted = [releases[number % len(releases)] for number in range(hosts)]
            plan["releases"] += wanted[len(plan["releases"]) :]
            variants.ensure_all(tuple(dict.fromkeys(plan["releases"])))
            if not (self._plan_file.exists() and self.key.exists()):
                self._sweep()  # somebody deleted files of a living fleet, or there is nothing yet
            self._begin(plan)
            self._for_each(self.hosts, self._ensure_up)
            inventory.write(self.inventory, self.hosts, key=self.key, control_path=ssh.control_path(self.token))

    def renew(self, *hosts: Host) -> None:
        """Make these hosts anew, as they were when the fleet was created."""
        with self._alone():
            self._for_each(hosts, self._remake)

    def destroy(self) -> None:
        """Remove all that is this fleet's, also what a crashed run left or what no plan lists any more."""
        requirements.check()
        with self._alone():
            self._refuse_foreign_folder()
            self._sweep()

    @contextlib.contextmanager
    def reserved(self, *, wait: bool = False) -> Iterator[bool]:
        """Keep other test runs off this fleet; false where one has it already and there was to be no waiting."""
        with locked(f"{self.token}.reserved", wait=wait) as mine:
            yield mine

    def _sweep(self) -> None:
        processes.kill(self.token)
        ssh.close_connections(self.token)
        self._for_each(sorted(self._left_on_machine()), lambda name: machine.dismantle(name, self._folder_of(name)))
        shutil.rmtree(names.RUN / self.token, ignore_errors=True)
        with locked("machine"):
            names.release_block(self.folder)
            if not names.any_block_claimed():
                outer_machine.put_back()
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _ensure_up(self, host: Host) -> None:
        if not self.is_up(host):
            self._remake(host)

    def _remake(self, host: Host) -> None:
        machine.dismantle(host.machine.name, host.machine.folder)
        ssh.close_connections(self.token, host.address)
        machine.build(host.machine, variants.ensure(host.release), self.key.parent)
        machine.wait_until_up(host.machine)

    def _host(self, block: int, number: int, release: str) -> Host:
        hostname = f"{re.sub('[^a-z0-9]', '-', release)[:40]}-{number:02d}"
        name = names.machine_name(self.token, number)
        our_address, address = names.addresses(block, number)
        variant = variants.find(release)
        privileges = machine.BPF if variant.bpf else machine.PRIVILEGES if variant.privileged else ""
        itself = machine.Machine(
            hostname,
            name,
            self._folder_of(name),
            our_address,
            address,
            privileges,
            variant.sets_sysctls,
            variant.unified,
        )
        return Host(hostname, release, itself, self.key, ssh.control_path(self.token))

    def _folder_of(self, name: str) -> Path:
        return self.folder / "hosts" / name

    @property
    def _plan_file(self) -> Path:
        return self.folder / "fleet.json"

    def _read_plan(self) -> dict[str, Any]:
        """The block of addresses, and the release of host 1, 2, ..."""
        if not self._plan_file.exists():
            return {"block": None, "releases": []}
        plan: dict[str, Any] = json.loads(self._plan_file.read_text())
        return plan

    def _begin(self, plan: dict[str, Any]) -> None:
        """Write down what is going to be, before anything of it is made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked("machine"):
            plan["block"] = names.claim_block(self.folder)
            outer_machine.make_room()
        unfinished = self._plan_file.with_suffix(".new")
        unfinished.write_text(json.dumps(plan))
        unfinished.replace(self._plan_file)
        ssh.make_keys(self.key.parent)
        (names.RUN / self.token).mkdir(mode=0o700, exist_ok=True)

    def _left_on_machine(self) -> set[str]:
        """Machine names of this fleet that anything still bears."""
        places = [self.folder / "hosts", Path("/run/netns"), Path("/sys/class/net"), *machine.cgroup_folders()]
        found = {entry.name for place in places if place.exists() for entry in place.iterdir()}
        return {name for name in found if name.startswith(f"{self.token}-")}

    def _refuse_foreign_folder(self) -> None:
        others = {entry.name for entry in self.folder.iterdir()} - OWN_FILES if self.folder.exists() else None
        if others:
            raise FleetError(f"{self.folder} is not a fleet's folder: it has {min(others)!r} in it")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One create or destroy of a fleet at a time."""
        with locked(self.token):
            yield

    @staticmethod
    def _for_each(items: Sequence[Any], work: Any) -> None:
        with ThreadPoolExecutor(BOOTING_AT_ONCE) as pool:
            list(pool.map(work, items))
