# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a trial of an application is: how its package is started, and where the printed lines are put."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

PYPI, NPM = "PyPI", "npm"
DEBIAN = {"bullseye": "Debian 11", "bookworm": "Debian 12", "trixie": "Debian 13"}


class Put(NamedTuple):
    """The printed lines go into `file`: in the place of what `pattern` matches, or at the end."""

    file: str
    pattern: str = ""
    text: str = "{lines}\n"
    """What is put there: `{lines}`, or `{before}`, which is the first line up to its "..."; \\1 is a group of the pattern."""


class Trial(NamedTuple):
    application: str
    """Its name in the data."""
    packages: tuple[str, ...]
    """The Debian packages, first that whose version counts; with `registry`, the first is from there."""
    port: int
    start: str
    """Shell commands, run as root on a fresh host, that start it as shipped."""
    put: Put | None = None
    send: str = ""
    """Sent first, to an application that accepts no connection without data."""
    tls: bool = False
    restart: str = ""
    """Shell commands, if `systemctl restart` (or `reload`) of the unit is not the way that the data prints."""
    socket_unit: str = ""
    """The socket unit that gets the general remedy; without one, its service does."""
    policy: tuple[int, int, int] = (60, 10, 6)
    """Time, interval and probes. Another one only if this is out of the application's reach."""
    part_of: str = ""
    """The package whose version counts, if every host has it."""
    releases: tuple[str, ...] = ("bookworm", "trixie")
    registry: str = ""
    """Where the newest version of its package comes from: PyPI or npm."""
    by_the_switch: bool = False
    """Whether it gets the task of the general remedy. Its group is on the variant of hosts that may load BPF programs."""

    @property
    def debian_packages(self) -> tuple[str, ...]:
        return self.packages[1:] if self.registry else self.packages


class Case(NamedTuple):
    """A trial on one release."""

    trial: Trial
    release: str

    @property
    def policy(self) -> dict[str, int]:
        return dict(zip(("time", "interval", "probes"), self.trial.policy, strict=True))

    @property
    def tried(self) -> tuple[str, str]:
        """The application and where it comes from, as they stand in the data."""
        return self.trial.application, self.trial.registry or DEBIAN[self.release]

    def __str__(self) -> str:
        name = self.trial.application.replace(" ", "-").lower()
        place = "switch" if self.trial.by_the_switch else self.trial.registry.lower() or self.release
        return f"{name}-{self.trial.port}-{place}"


def variant(cases: Sequence[Case]) -> str:
    """The fleet's variant that has the packages of all these cases, which are of one release, and those of the general remedy."""
    if any(case.trial.by_the_switch for case in cases):
        return "always"
    packages = {"libkeepalive0", *(package for case in cases for package in case.trial.debian_packages)}
    return "+".join((cases[0].release, *sorted(packages)))


def folder_of(package: str) -> str:
    """Where a package of PyPI or npm is on its host."""
    return f"/srv/{package}"
