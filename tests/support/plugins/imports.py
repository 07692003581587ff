# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Python file imports, read from its source, and what that leads to inside the collection."""

from __future__ import annotations

import ast
import functools
import pathlib
from collections.abc import Iterator

from tests.support.paths import ROOT

PLUGINS = ROOT / "plugins"
PREFIX = "ansible_collections.netops.keepalive.plugins."


@functools.cache
def plugins() -> dict[str, pathlib.Path]:
    """Each Python file of the collection by its name below plugins/, such as `module_utils._host.plan`."""
    paths = sorted(PLUGINS.rglob("*.py"))
    return {".".join(path.relative_to(PLUGINS).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@functools.cache
def named_in(path: pathlib.Path) -> frozenset[str]:
    """The full name of everything that the file imports, wherever in it: `a.b.c` for `from a.b import c`."""
    return frozenset(_named(ast.parse(path.read_text(encoding="utf-8"))))


def of_the_collection(path: pathlib.Path) -> set[str]:
    """The files of the collection that the file imports, by the names of `plugins()`."""
    below = [name.removeprefix(PREFIX) for name in named_in(path) if name.startswith(PREFIX)]
    return {name if name in plugins() else name.rpartition(".")[0] for name in below}


def of_others(path: pathlib.Path) -> set[str]:
    """The top-level packages that the file imports, without the collection itself."""
    return {name.split(".")[0] for name in named_in(path)} - {"ansible_collections"}


def reached_from(path: pathlib.Path) -> set[pathlib.Path]:
    """The file, and all files of the collection that its import brings along."""
    reached: set[pathlib.Path] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += [plugins()[name] for name in of_the_collection(current)]
    return reached


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not followed"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
