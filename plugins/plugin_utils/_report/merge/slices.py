# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of slices: each is checked as a whole, and its hosts wait in one file until their turn comes."""

from __future__ import annotations

import collections
import glob
import json
import marshal
import pathlib
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model, read_back
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

# Where a host stands in the file, and how long its text and its data are.
Place = tuple[int, int, int]


class Spool:
    """A file with each host as it is in JSON, and in a form that is quicker to read."""

    def __init__(self, file: t.BinaryIO) -> None:
        self.file = file

    def add(self, host: model.Result, text: str) -> Place:
        start = self.file.tell()
        return start, self.file.write(text.encode()), self.file.write(marshal.dumps(host))

    def host(self, place: Place) -> tuple[model.Result, bytes]:
        self.file.seek(place[0])
        text = self.file.read(place[1])
        return marshal.loads(self.file.read(place[2])), text


class Slice(t.NamedTuple):
    name: str
    created: str
    kinds: list[str]
    policy: list[model.Result]
    hosts: dict[str, t.Any]
    """What is known of each: the place in the spool, or what the artifact of a job tells."""


def found(patterns: t.Iterable[str]) -> tuple[list[pathlib.Path], list[str]]:
    """The files that these paths and globs name, each once, and the patterns that name none."""
    paths: dict[pathlib.Path, None] = {}
    empty = []
    for pattern in patterns:
        named = sorted(glob.glob(pattern, recursive=True))
        # A path that has no wildcard is said to be missing when it is opened.
        paths.update(dict.fromkeys(map(pathlib.Path, named or ([] if glob.has_magic(pattern) else [pattern]))))
        if not named and glob.has_magic(pattern):
            empty.append(f"{pattern} matches no file")
    return list(paths), empty


def read(path: pathlib.Path, spool: Spool) -> Slice:
    """
    Raises:
        Damaged: it is no report, or only a part of one. Then nothing of it remains.
    """
    start = spool.file.tell()
    try:
        if path.exists() and not path.is_file():
            raise read_back.Damaged("it is no file")
        with path.open(encoding="utf-8") as file:
            report = read_back.read(file)
            return Slice(str(path), report.created, report.kinds, report.policy, kept(report, spool))
    except (_errors.KeepaliveError, UnicodeDecodeError, OSError) as error:
        spool.file.seek(start)
        why = "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else _text.as_part(_text.why(error))
        raise read_back.Damaged(f"{path} is not merged: {why}") from error


def kept(report: read_back.Report, spool: Spool) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for index, (raw, line) in enumerate(report.hosts):
        host = model.host(raw, index, report.kinds)
        if host["name"] in places:
            raise read_back.Damaged("there is more than one result for {0}".format(_errors.shown(host["name"])))
        # It was missing when that report was merged. It is missing now if no report has it.
        if host["status"] != results.MISSING:
            # Nearly every line can be taken as it is, which is quicker.
            places[host["name"]] = spool.add(host, line if line and host == raw else json.dumps(host))
    return places


class Chosen(t.NamedTuple):
    hosts: dict[str, t.Any]
    """By name, in the order of the names; none for a host that is in no slice."""
    twice: list[str]


def chosen(slices: t.Sequence[Slice], expected: t.Iterable[str]) -> Chosen:
    """What is known of each host: of two results the newer one counts."""
    known: dict[str, t.Any] = dict.fromkeys(expected)
    times: collections.Counter[str] = collections.Counter()
    for slice_ in sorted(slices, key=lambda one: one.created):
        known.update(slice_.hosts)
        times.update(slice_.hosts.keys())
    twice = sorted(name for name, number in times.items() if number > 1)
    return Chosen({name: known[name] for name in sorted(known)}, twice)


def missing(name: str) -> model.Result:
    """A host that ought to be in a report, and is in none."""
    return {
        **dict(name=name, status=results.MISSING, cause=None, fails=True, message="no report has this host"),
        **dict(listeners=None, policy=None),
    }
