# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The well-known applications, and which of them a listener belongs to. Their data is a file of the role, for people to find."""

from __future__ import annotations

import fnmatch
import functools
import pathlib
import typing as t

import yaml

Entry = t.Mapping[str, t.Any]
Application = t.Mapping[str, t.Any]

FILE = pathlib.Path(__file__).resolve().parents[3] / "roles" / "validate" / "vars" / "applications.yml"
# The kernel keeps no more of a process's name.
NAME_LENGTH = 15
SYSTEMD = {"name": "systemd"}
SYSTEMD_SOCKET = "a systemd socket"


@functools.cache
def known_applications() -> list[dict[str, t.Any]]:
    known: list[dict[str, t.Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["__validate_known_applications"]
    return known


def recognise(entry: Entry, known: t.Sequence[Application]) -> Application | None:
    """The application that listens, by its process and unit, else by its name in the inventory, else by its socket unit."""
    process = entry["process"] or {}
    known = [application for application in known if entry["port"] in application.get("ports", [entry["port"]])]
    by_process = [application for application in known if is_seen(application, process)]
    if by_process and not is_mere_runtime(by_process[0]):
        return by_process[0]
    name = str(entry["name"] or "").lower()
    by_name = [application for application in known if name and name in names(application)]
    by_socket = [application for application in known if entry["socket_unit"] and is_seen(application, SYSTEMD)]
    return next(iter(by_name + by_process + by_socket), None)


def is_seen(application: Application, process: Entry) -> bool:
    command = str(process.get("command") or "").split(" ", 1)[0].rpartition("/")[2]
    script = process.get("script") if application.get("interpreted") else None
    seen = [str(name) for name in (process.get("name"), command, script) if name]
    for pattern in application.get("seen_as", ()):
        program, _in, unit = pattern.partition(" in ")
        patterns = (program, program[:NAME_LENGTH])
        if any(fnmatch.fnmatchcase(name, each) for name in seen for each in patterns) and (
            not unit or fnmatch.fnmatchcase(str(process.get("unit") or ""), unit)
        ):
            return True
    return False


def is_mere_runtime(application: Application) -> bool:
    """Java, Erlang: the name of a runtime says little about the program in it."""
    return str(application["application"]).startswith(("a ", "an "))


def names(application: Application) -> set[str]:
    given = [application["application"]] + list(application.get("aliases", ())) + list(application.get("seen_as", ()))
    return {str(name).lower() for name in given}
