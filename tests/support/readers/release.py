# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs of a Debian release that read sysctl files, ready to be asked again and again."""

from __future__ import annotations

import contextlib
import json
import pathlib
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple

import ansible_collections.netops.keepalive as collection

from tests.support.fleet import variants
from tests.support.vectors import Values
from tests.support.vectors.sysctl_trees import Entry, Folder, Link, Tree

HERE = pathlib.Path(__file__).parent
READERS = ("systemd", "procps")


class Answer(NamedTuple):
    """By reader: what our code predicts (and the places that it names), what the program really does (and says).

    For a tree with an active profile of tuned there is one reader: ``tuned``, after systemd-sysctl.
    """

    procps: str
    predicted: dict[str, Values]
    sources: dict[str, dict[str, tuple[str, int] | None]]
    real: dict[str, Values]
    said: dict[str, str]
    doubts: list[str]


class Release:
    """One of them, with the process that runs inside its tree."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self._process = process

    def ask(self, tree: Tree) -> None:
        self.send(json.dumps({path: _as_json(entry) for path, entry in tree.items()}))

    def send(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def receive(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the worker in the tree of {self.name} ended; what it said stands above"
        return json.loads(line)

    def answer(self) -> Answer:
        answer = self.receive()
        predicted, real = answer["predicted"], answer["real"]
        return Answer(
            answer["procps"],
            {reader: Values(*found["values"]) for reader, found in predicted.items()},
            {reader: _as_places(found["sources"]) for reader, found in predicted.items()},
            {reader: Values(*found["values"]) for reader, found in real.items()},
            {reader: found["said"] for reader, found in real.items()},
            answer.get("doubts", []),
        )


def ask_all(releases: list[Release], tree: Tree) -> dict[str, Answer]:
    """What each makes of the same files, by name; they work at the same time."""
    for release in releases:
        release.ask(tree)
    return {release.name: release.answer() for release in releases}


@contextlib.contextmanager
def started(name: str, scratch: pathlib.Path, worker: str = "worker.py") -> Iterator[Release]:
    """``name`` is that of a release or of a variant."""
    (folder,) = collection.__path__
    layers = ":".join(str(layer) for layer in variants.ensure(name))
    command: list[str | pathlib.Path] = ["unshare", "--net", "--mount", "--propagation=private", HERE / "enter.sh",
                                         layers, pathlib.Path(folder).resolve(), HERE / worker, scratch]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Release(name, process)
        assert process.stdin
        process.stdin.close()  # its sign to end


def _as_json(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, Link):
        return "link", entry.target
    if isinstance(entry, Folder):
        return "folder", ""
    return "file", entry.hex()


def _as_places(sources: dict[str, list[str | int] | None]) -> dict[str, tuple[str, int] | None]:
    return {name: None if place is None else (str(place[0]), int(place[1])) for name, place in sources.items()}
