# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The structure of plugins/: which room may import which, which rooms touch no host, how large a room and a payload may be."""

from __future__ import annotations

import ast
import graphlib
import json
import pathlib
import sys

import pytest

from tests.support.commands import run
from tests.support.plugins import imports
from tests.support.plugins.imports import PLUGINS

MOST_FILES = 14
TRAVELS, STAYS = "module_utils", "plugin_utils"

# A room is a folder of plugins/, or a file that stands for itself. It may import itself and the rooms named here; a
# name stands for all below it. All rooms may import TO_ALL.
TO_ALL = {"module_utils._errors", "module_utils._settings", "module_utils._text"}
ROOMS_THAT_TRAVEL = {
    "_errors": [],
    "_json": [],
    "_local_host": [],
    "_settings": [],
    "_text": [],
    "_sockets": [],
    "_verdict": [],
    "_always": ["_always", "_host", "_local_host", "_sockets"],
    "_always.program": ["_sockets"],
    "_host": ["_host", "_json", "_local_host"],
    "_host.sysctl_files": [],
    "_host.later_writers": ["_host.sysctl_files", "_local_host"],
    "_host.startup": ["_host.sysctl_files", "_local_host"],
    "_host.snapshot": ["_host.later_writers", "_host.sysctl_files"],
    "_probe": ["_probe", "_host", "_json", "_sockets", "_verdict"],
    "_probe.types": ["_sockets", "_verdict"],
    "_probe.ports": ["_probe.types", "_sockets"],
    "_probe.request": ["_probe.ports", "_probe.types", "_verdict"],
    "_probe.discovery": ["_probe.ports", "_probe.request", "_probe.types", "_sockets", "_verdict"],
    "_probe.client": ["_probe.types", "_sockets", "_verdict"],
    "_probe.accepted": ["_probe.types", "_always.bpf", "_host", "_local_host", "_sockets", "_verdict"],
    "_probe.inspect": ["_probe.accepted", "_probe.client", "_probe.types", "_host", "_sockets", "_verdict"],
    "_probe.dead_peer": [
        *("_probe.accepted", "_probe.client", "_probe.types"),
        *("_host", "_local_host", "_sockets", "_verdict"),
    ],
}
ROOMS_THAT_STAY = {
    "_returned": [],
    "_look": ["_returned"],
    "_always": [],
    "_policy": ["_returned"],
    "_validate": ["_policy", "_returned"],
    "_report": ["_policy", "_returned", "_validate"],
    "_roles": ["_policy", "_returned", "_validate"],
}
ROOMS = {
    **{f"{TRAVELS}.{room}": {f"{TRAVELS}.{name}" for name in below} for room, below in ROOMS_THAT_TRAVEL.items()},
    **{f"{STAYS}.{room}": {TRAVELS, *(f"{STAYS}.{name}" for name in below)} for room, below in ROOMS_THAT_STAY.items()},
    f"{STAYS}._roles.validate_job": {TRAVELS, STAYS, "modules"},  # of the probe: its argument spec
    "modules": {TRAVELS},
    "action": {TRAVELS, STAYS, "modules"},  # of a module: its argument spec
    "filter": {TRAVELS, STAYS, "modules"},
    "doc_fragments": set(),
}

# They decide, and touch no host: neither they nor what they import.
PURE = [
    *("module_utils._errors", "module_utils._json", "module_utils._settings", "module_utils._verdict"),
    "module_utils._text",
    *("module_utils._host.snapshot", "module_utils._host.sysctl_files", "module_utils._host.next_boot"),
    *("module_utils._host.differences", "module_utils._host.plan"),
    "plugin_utils._policy",
]
TOUCHES_A_HOST = {"ansible", "io", "os", "pathlib", "shutil", "socket", "subprocess", "sys"}

# The readers look at a host by way of _local_host alone, so that the controller can show them an image of it. These change the
# host, or run programs on it.
CHANGE_A_HOST = {f"module_utils._host.{name}" for name in ("apply", "atomic_file", "packages", "procfs")}

# What a task sends to each host, and what is compiled there: the collection's own files that are not empty, and their KiB.
# A number is lowered where the payload has become smaller, and raised only on purpose.
PAYLOADS = {
    "tcp_keepalive": (37, 150),
    "tcp_keepalive_always": (64, 262),
    "tcp_keepalive_info": (55, 198),
    "tcp_keepalive_probe": (73, 317),
}

FILES = imports.plugins()


def is_below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")


def room_of(name: str) -> str:
    """The innermost of the rooms that the file is in."""
    rooms = [room for room in ROOMS if is_below(name, room)]
    assert rooms or not FILES[name].stat().st_size, f"{name} is in no room: name its room in this file"
    return max(rooms, key=len, default=name)


def may_import(room: str, name: str) -> bool:
    return room_of(name) == room or any(is_below(name, other) for other in ROOMS.get(room, set()) | TO_ALL)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    files = [name for name in FILES if room_of(name) == room]
    assert files, "there is no such room"
    forbidden = [
        f"{name} imports {other}"
        for name in files
        for other in sorted(imports.of_the_collection(FILES[name]))
        if not may_import(room, other)
    ]
    assert forbidden == []


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = {name: imports.of_the_collection(path) for name, path in FILES.items()}
    graphlib.TopologicalSorter(graph).prepare()  # names the circle, where there is one


def test_no_room_imports_itself_by_way_of_others() -> None:
    graph: dict[str, set[str]] = {}
    for name, path in FILES.items():
        rooms = {room_of(other) for other in imports.of_the_collection(path)}
        graph.setdefault(room_of(name), set()).update(rooms - {room_of(name)})
    graphlib.TopologicalSorter(graph).prepare()


def opens_a_file(path: pathlib.Path) -> bool:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return any(isinstance(called, ast.Name) and called.id == "open" for called in calls)


@pytest.mark.parametrize("room", PURE)
def test_what_decides_touches_no_host(room: str) -> None:
    names = [name for name in FILES if is_below(name, room)]
    assert names, "there is no such room"
    reached = {path for name in names for path in imports.reached_from(FILES[name])}
    assert {str(path.relative_to(PLUGINS)) for path in reached if imports.of_others(path) & TOUCHES_A_HOST} == set()
    assert {str(path.relative_to(PLUGINS)) for path in reached if opens_a_file(path)} == set()


def test_readers_touch_no_host_themselves() -> None:
    readers = [name for name in FILES if is_below(name, "module_utils._host") and name not in CHANGE_A_HOST]
    assert {name for name in readers if imports.of_others(FILES[name]) & (TOUCHES_A_HOST | {"glob"})} == set()
    assert {name for name in readers if opens_a_file(FILES[name])} == set()


FOLDERS = sorted({path.parent for path in FILES.values()} - {PLUGINS / "filter"})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_a_folder_is_seen_at_a_glance(folder: pathlib.Path) -> None:
    """The filters are as many as there are; each is a file of its name."""
    code = [path for path in folder.iterdir() if path.suffix in (".py", ".ps1", ".psm1") and path.stem != "__init__"]
    assert len(code) <= MOST_FILES, "make folders of it"


@pytest.fixture(scope="module")
def payloads() -> dict[str, list[int]]:
    """By module, the sizes of the collection's own files that ansible-core sends for it."""
    modules = [f"netops.keepalive.{name}" for name in PAYLOADS]
    sent: dict[str, dict[str, int]] = json.loads(run(sys.executable, "-m", "tests.support.plugins.payload", *modules))
    own = "ansible_collections/netops/keepalive/"
    return {
        module.rpartition(".")[2]: [size for name, size in files.items() if name.startswith(own) and size]
        for module, files in sent.items()
    }


@pytest.mark.parametrize("module", PAYLOADS)
def test_a_payload_does_not_grow_unseen(payloads: dict[str, list[int]], module: str) -> None:
    most_files, most_kib = PAYLOADS[module]
    files, kib = len(payloads[module]), -(-sum(payloads[module]) // 1024)
    assert files <= most_files, "is each of them needed by most runs?"
    assert kib <= most_kib, "is it all needed by most runs?"
    assert files >= most_files * 0.9 and kib >= most_kib * 0.9, f"lower the numbers: ({files}, {kib})"
