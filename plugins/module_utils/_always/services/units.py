# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd's units on this host, and their cgroups."""

import os
import subprocess
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text

KINDS = (".service", ".socket", ".slice", ".scope")
GLOB = "*?["
PROPERTIES = ("Id", "LoadState", "ControlGroup", "TriggeredBy", "RootDirectory", "RootImage")


class Unit(t.NamedTuple):
    """``cgroup`` is ``None`` while the unit has none: it does not run."""

    name: str
    cgroup: t.Optional[str]
    has_root: bool = False
    """Whether its processes have a root folder of their own."""


class Units(t.NamedTuple):
    units: t.List[Unit]
    unmatched: t.List[str]
    """Globs without a unit."""


def find(option: str, names: t.Sequence[str]) -> Units:
    """The units with these names, or that match these globs, each once; with a service, the sockets that trigger it.

    Raises:
        InvalidValue: a unit does not exist, or is of a kind that has no connections.
        HostUnreadable: systemd does not run this host, or does not answer.
    """
    if not names:
        return Units([], [])
    if not os.path.isdir("/run/systemd/system"):
        raise _errors.HostUnreadable(
            "{0} is given, but systemd does not run this host, so it has no units: allowed is scope: host with method: program.".format(
                option
            )
        )
    plain = [name for name in names if not is_glob(name)]
    shown = show(option, plain) if plain else []
    for name, unit in zip(plain, shown):
        check(option, name, unit)
    unmatched = []
    for name in filter(is_glob, names):
        matching = [unit for unit in show(option, [name]) if has_connections(unit) and unit["LoadState"] != "not-found"]
        unmatched += [] if matching else [name]
        shown += matching
    sockets = [one for unit in shown for one in unit["TriggeredBy"].split() if one.endswith(".socket")]
    shown += show(option, sockets) if sockets else []
    return Units(list({unit["Id"]: of_properties(unit) for unit in shown}.values()), unmatched)


def of_properties(unit: t.Mapping[str, str]) -> Unit:
    root = unit["RootDirectory"] or unit["RootImage"]
    return Unit(unit["Id"], unit["ControlGroup"] or None, root not in ("", "/"))


def is_glob(name: str) -> bool:
    return any(one in name for one in GLOB)


def has_connections(unit: t.Mapping[str, str]) -> bool:
    return unit["Id"].endswith(KINDS)


def check(option: str, name: str, unit: t.Mapping[str, str]) -> None:
    """Raises ``InvalidValue``."""
    if not has_connections(unit):
        why = "allowed are services, sockets, slices and scopes"
    elif unit["LoadState"] == "not-found":
        why = "there is no such unit on this host"
    else:
        return
    raise _errors.InvalidValue("{0} has {1}: {2}.".format(option, _errors.shown(name), why))


def show(option: str, names: t.Sequence[str]) -> t.List[t.Dict[str, str]]:
    """The properties of each of these units, in their order; of a glob those that match."""
    words = ["show", "--no-pager", *("--property=" + one for one in PROPERTIES), "--", *names]
    return [block for block in blocks(systemctl(option, words)) if block["Id"]]


def blocks(text: str) -> t.List[t.Dict[str, str]]:
    found = []
    for block in text.split("\n\n"):
        fields = dict.fromkeys(PROPERTIES, "")
        for line in block.splitlines():
            name, _equals, fields[name] = line.partition("=")
        found.append(fields)
    return found


def systemctl(option: str, words: t.Sequence[str]) -> str:
    try:
        # The library knows no AnsibleModule, whose run_command ansible-test would have us call.
        done = subprocess.run(  # noqa: UP022 - Python 3.6 # pylint: disable=ansible-bad-function
            ["systemctl"] + list(words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, LC_ALL="C.UTF-8"),
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _errors.HostUnreadable(
            "systemctl cannot be asked for {0}: {1}.".format(option, _text.why(error))
        ) from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _errors.InvalidValue("{0}: {1}.".format(option, said[-1].rstrip(".") if said else "systemctl refuses it"))
    return done.stdout.decode("utf-8", "surrogateescape")
