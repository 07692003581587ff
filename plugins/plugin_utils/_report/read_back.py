# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report.json read back, host by host where its lines allow it, as a large fleet would not fit into memory."""

from __future__ import annotations

import json
import pathlib
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import formats, model

# What ``formats.as_json`` writes before the name of a host.
BEFORE_NAME = '{"name": '
DECODER = json.JSONDecoder()


class Damaged(_errors.KeepaliveError):
    """The file is no report, or only a part of one."""


class NotByLine(Exception):
    """Another program wrote the file anew, such as jq."""


class Host(t.NamedTuple):
    raw: t.Any
    line: str
    """Its JSON, if it has a line of its own."""


class Report(t.NamedTuple):
    created: str
    kinds: list[str]
    policy: list[model.Result]
    hosts: t.Iterator[Host]


def read(file: t.TextIO) -> Report:
    """The report; its hosts are read as they are asked for.

    Raises:
        Damaged: it is no report; while the hosts are read, too.
    """
    try:
        head = before_hosts(file)
        hosts = by_line(file)
    except NotByLine:
        file.seek(0)
        head = whole(file)
        hosts = (Host(one, "") for one in head.pop("hosts"))
    if head.get("version") != model.VERSION:
        raise Damaged(f"its version is {_errors.shown(head.get('version'))}: allowed is {model.VERSION}")
    try:
        created, kinds = model.moment_given(head.get("created")), model.kinds_given(head.get("kinds"))
        return Report(created, kinds, model.policies_read(head.get("policy")), hosts)
    except _errors.InvalidValue as error:
        raise Damaged(_text.as_part(error)) from None


def before_hosts(file: t.TextIO) -> dict[str, t.Any]:
    """What stands before the hosts, without the findings: they are made anew from the listeners."""
    if file.readline() != "{\n":
        raise NotByLine
    head: dict[str, t.Any] = {}
    for line in file:
        if line == formats.HOSTS:
            return head
        if line == '"findings": [\n':
            skip(file)
            continue
        try:
            head.update(json.loads("{" + line.rstrip(",\n") + "}"))
        except ValueError:
            raise NotByLine from None
    raise NotByLine


def skip(file: t.TextIO) -> None:
    for line in file:
        if line == "],\n":
            return


def by_line(file: t.TextIO) -> t.Iterator[Host]:
    for line in file:
        if line == "]\n":
            if file.read(3) == "}\n":
                return
            break
        try:
            text = line.rstrip(",\n")
            yield Host(json.loads(text), text)
        except (ValueError, RecursionError):
            raise Damaged("a line of its hosts is not complete, or is no JSON") from None
    raise Damaged("its end is missing")


def whole(file: t.TextIO) -> dict[str, t.Any]:
    try:
        found = json.load(file)
    except (ValueError, RecursionError):
        raise Damaged("it is no JSON, or not complete") from None
    if not isinstance(found, dict) or not isinstance(found.get("hosts"), list):
        raise Damaged("it is JSON, and no report")
    return found


def names(path: pathlib.Path) -> set[str]:
    """The hosts of a report; none where there is no report."""
    # Anything else than a file could be read for ever.
    if not path.is_file():
        return set()
    try:
        with path.open(encoding="utf-8") as file:
            try:
                before_hosts(file)
                return {name_in(line) for line in file if line.startswith(BEFORE_NAME)}
            except NotByLine:
                file.seek(0)
                return {str(host["name"]) for host in whole(file)["hosts"]}
    except (OSError, ValueError, KeyError, TypeError, Damaged):
        return set()


def name_in(line: str) -> str:
    return str(DECODER.raw_decode(line, len(BEFORE_NAME))[0])
