# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices as one report: its files are written while their hosts pass by."""

from __future__ import annotations

import collections
import contextlib
import json
import pathlib
import tempfile
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._report import (
    findings,
    model,
    policies,
    read_back,
    tally,
    written,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.html import overview, page
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import artifacts, same_policy, slices
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.merge import parts as merge_parts
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import always_units

Mapping = t.Mapping[str, t.Any]


class Merged(t.NamedTuple):
    whole: model.Result
    """Its hosts are without their listeners."""
    tallies: list[tally.Tally]
    """Of each of these hosts."""
    twice: list[str]

    @property
    def counts(self) -> tally.Tally:
        return tally.together(self.tallies)


def merge_reports(
    given: t.Sequence[slices.Slice], spool: slices.Spool, expected: t.Iterable[str], out: Output
) -> Merged:
    """From report.json files."""
    kinds = same_policy.check(given)
    chosen = slices.chosen(given, expected)
    out.begin(given, kinds)
    found, units = findings.Gathered(), always_units.Gathered()
    held = policies.Gathered(one for slice_ in given for one in slice_.policy)
    hosts, tallies = [], []
    for name, place in chosen.hosts.items():
        host, text = spool.host(place) if place else in_json(slices.missing(name))
        found.add(host)
        units.add(host)
        held.add(host, {})
        out.add(host, text)
        tallies.append(tally.of_host(host))
        hosts.append(without_listeners(host, tallies[-1]))
    whole = model.whole(out.created, kinds, held.policies(), found.findings(), units.units(), hosts)
    merged = Merged(whole, tallies, chosen.twice)
    shown = (spool.host(place)[0] if (place := chosen.hosts[host["name"]]) else host for host in overview.choice(hosts))
    out.finish(merged, list(shown))
    return merged


def merge_artifacts(given: t.Sequence[slices.Slice], expected: t.Iterable[str], out: Output) -> Merged:
    """From the artifacts of jobs, which know no listeners."""
    kinds = same_policy.check(given)
    chosen = slices.chosen(given, expected)
    out.begin(given, kinds)
    known = {
        name: of_host or artifacts.Host(slices.missing(name), collections.Counter(), {}, [])
        for name, of_host in chosen.hosts.items()
    }
    hosts = [one.host for one in known.values()]
    found, units = artifacts.findings(known.values()), always_units.Gathered()
    for name, one in known.items():
        units.add_units(name, one.units)
    held = artifacts.policy(known.values(), given)
    whole = model.whole(out.created, kinds, held, found, units.units(), hosts)
    tallies = [one.tally for one in known.values()]
    light = {**whole, "hosts": list(map(without_listeners, hosts, tallies))}
    merged = Merged(light, tallies, chosen.twice)
    of_host = merge_parts.of_hosts(found)
    for host in hosts:
        out.add(*in_json(host), of_host[host["name"]])
    # The values of a host are known, and its listeners are not.
    out.finish(merged, overview.choice(hosts) if model.LISTENERS not in kinds else [])
    return merged


def without_listeners(host: model.Result, counts: tally.Tally) -> model.Result:
    """The page shows a host as exempt if each of its listeners is, so one of these remains."""
    if not counts:
        return host
    return {**host, "listeners": [{"verdict": "exempt"}] if set(counts) == {(None, "exempt")} else []}


def in_json(host: model.Result) -> tuple[model.Result, bytes]:
    return host, json.dumps(host).encode()


class Output:
    """The files of the merged report. If they cannot be written, ``problem`` says so, and the merging goes on."""

    def __init__(self, folder: pathlib.Path | None, mode: int, unfinished: contextlib.ExitStack) -> None:
        self.created, self.mode, self.unfinished = model.now(), mode, unfinished
        self.folder, self.problem = folder, ""
        self.lost: str | None = None
        self.attempt(lambda path: path.mkdir(parents=True, exist_ok=True))

    def attempt(self, step: t.Callable[[pathlib.Path], None]) -> None:
        if self.folder:
            try:
                with written.refusing(self.folder):
                    step(self.folder)
            except _errors.KeepaliveError as error:
                self.folder, self.problem = None, str(error)

    def begin(self, given: t.Sequence[slices.Slice], kinds: t.Sequence[str]) -> None:
        """As old as the oldest slice, so that none of it is older than it says."""
        self.created = min((one.created for one in given), default=self.created)
        self.attempt(lambda _folder: self.open(kinds))

    def open(self, kinds: t.Sequence[str]) -> None:
        self.parts = merge_parts.Parts(self.created, kinds, self.new)

    def new(self) -> t.BinaryIO:
        """A file without a name, which is gone when it is closed."""
        file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - closed in the end
        self.unfinished.callback(closed, file)
        return t.cast(t.BinaryIO, file)

    def add(self, host: model.Result, text: bytes, known: t.Sequence[Mapping] = ()) -> None:
        self.attempt(lambda _folder: self.parts.add(host, text, known))

    def finish(self, merged: Merged, shown: t.Sequence[Mapping]) -> None:
        self.attempt(lambda folder: self.replace(folder, merged, shown))

    def replace(self, folder: pathlib.Path, merged: Merged, shown: t.Sequence[Mapping]) -> None:
        text = page.page(merged.whole, merged.counts, shown)
        before = read_back.names(folder / "report.json")
        written.replace(self.parts.files(merged.whole, text), folder, self.mode)
        self.lost = written.replaced(folder, None, before - {host["name"] for host in merged.whole["hosts"]})


def closed(file: t.BinaryIO) -> None:
    """If there was no room for the file, there is none for its last part either."""
    with contextlib.suppress(OSError):
        file.close()
