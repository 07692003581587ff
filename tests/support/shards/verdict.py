# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several shards come to: one line with the sum, the seconds of each suite, and all that is wrong."""

from __future__ import annotations

import collections
import pathlib
from collections.abc import Iterator, Sequence

from tests.support.shards.processes import Ended
from tests.support.shards.record import OUTCOMES

MOST_NAMED = 5


def closing_line(shards: Sequence[Ended]) -> str:
    counts = {outcome: sum(one.record.count(outcome) for one in shards if one.record) for outcome in OUTCOMES}
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def table(shards: Sequence[Ended]) -> list[str]:
    """The tests and the seconds of each suite, by shard. Shards run side by side: the seconds are more than went by."""
    rows = [("shard", "suite", "tests", "seconds")]
    for one in shards:
        rows.append((one.name, "", str(len(one.record.outcomes) if one.record else 0), f"{one.seconds:.0f}"))
        rows += [("", suite, str(tests), f"{seconds:.0f}") for suite, tests, seconds in _suites(one)]
    return [f"{shard:12} {suite:20} {tests:>6} {seconds:>8}" for shard, suite, tests, seconds in rows]


def faults(shards: Sequence[Ended], wanted: Ended | None, *, skips_fail: bool) -> list[str]:
    """A sentence for each reason why this run is not a success; `wanted` is what one pytest collects, where all was to run."""
    return [
        *(fault for one in shards for fault in _faults_of(one, skips_fail)),
        *(_lost_or_doubled(shards, wanted) if wanted else ()),
    ]


def suite_of(name: str) -> str:
    """The folder of a test: `probe/applications`; the unit tests are one suite."""
    folders = pathlib.PurePosixPath(name.partition("::")[0]).parts[1:-1]
    return folders[0] if folders[:1] == ("unit",) else "/".join(folders)


def _suites(one: Ended) -> Iterator[tuple[str, int, float]]:
    """Name, tests and seconds of each suite in the shard."""
    seconds = one.record.seconds if one.record else {}
    tests = collections.Counter(map(suite_of, seconds))
    for suite, count in tests.items():
        yield suite, count, sum(spent for name, spent in seconds.items() if suite_of(name) == suite)


def _faults_of(one: Ended, skips_fail: bool) -> Iterator[str]:
    if one.record is None:
        yield f"Shard {one.name} crashed: its pytest ended with status {one.status} and left no record."
        return
    if not one.record.collected:
        yield f"Shard {one.name} has no tests."
    if one.record.not_run():
        yield f"Shard {one.name} did not run {_named(one.record.not_run())}"
    if one.record.count("failed") or one.status:
        yield f"Shard {one.name} failed: {one.record.count('failed')} tests, status {one.status}."
    if skips_fail and one.record.count("skipped"):
        yield f"Shard {one.name} skipped {one.record.count('skipped')} tests, and KEEPALIVE_TESTS=all allows none."


def _lost_or_doubled(shards: Sequence[Ended], wanted: Ended) -> Iterator[str]:
    """All shards together must have exactly the tests that one pytest collects."""
    if wanted.record is None or wanted.status:
        yield f"The tests could not be collected: status {wanted.status}."
        return
    expected = set(wanted.record.collected)
    found = collections.Counter(name for one in shards if one.record for name in one.record.collected)
    for what, names in (
        ("are in no shard", sorted(expected - set(found))),
        ("are in a shard and in no other run", sorted(set(found) - expected)),
        ("are in more than one shard", sorted(name for name, count in found.items() if count > 1)),
    ):
        if names:
            yield f"These tests {what}: {_named(names)}"


def _named(names: Sequence[str]) -> str:
    """A sentence's end, however many they are."""
    return f"{', '.join(names[:MOST_NAMED])}{', ...' if len(names) > MOST_NAMED else ''} ({len(names)})."
