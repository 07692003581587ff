# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs elsewhere would do there what it is for: the workflow's commands are run, with stand-ins for what they start."""

from __future__ import annotations

import itertools
import os
import pathlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from tests.support import needs
from tests.support.commands import run, tool
from tests.support.paths import ROOT
from tests.support.shards.table import SHARDS

WORKFLOW = ROOT / ".github" / "workflows" / "tests.yml"
CONTENT: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
JOBS: dict[str, dict[str, Any]] = CONTENT["jobs"]

# Each says what it was called with, and does nothing; sudo hands on what it was told to hand on.
STAND_IN = """#!/bin/sh
echo "{name} $*" >> "$CALLS"
"""
SUDO = """#!/bin/sh
kept=${1#--preserve-env=}; shift
hand_on() { for name in $(echo "$kept" | tr , ' '); do eval "echo $name=\\"\\$$name\\""; done; }
hand_on > "$CALLS.env"
exec env -i PATH="$PATH" CALLS="$CALLS" KEEPALIVE_WINDOWS_INVENTORY=none $(cat "$CALLS.env") "$@"
"""


class Command(NamedTuple):
    """A `run` of the workflow, for one row of its job's matrix."""

    job: str
    line: str

    def __str__(self) -> str:
        return f"{self.job}: {self.line}"


def commands() -> Iterator[Command]:
    for name, job in JOBS.items():
        matrix: dict[str, list[str]] = job.get("strategy", {}).get("matrix", {})
        for row in itertools.product(*matrix.values()):
            for step in job["steps"]:
                if "run" in step:
                    yield Command(name, filled_in(step["run"], dict(zip(matrix, row, strict=True))))


def filled_in(text: str, row: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda match: row[match[1]], text)


COMMANDS = list(commands())
RUNS = [command for command in COMMANDS if ".ci/run" in command.line]


@pytest.fixture
def called(tmp_path: pathlib.Path) -> Any:
    """What a command of the workflow starts in the end."""
    for name in ("apt-get", "make"):
        program(tmp_path / name, STAND_IN.format(name=name))
    program(tmp_path / "sudo", SUDO)

    def by(command: Command) -> list[str]:
        calls = tmp_path / "calls"
        environment = {**CONTENT["env"], "PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls)}
        subprocess.run(["bash", "-euc", command.line], cwd=ROOT, env=environment, check=True)
        return calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []

    return by


def program(path: pathlib.Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def test_the_schema_of_workflows_takes_it() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.line.startswith("make ")], ids=str)
def test_its_targets_can_be_made(command: Command) -> None:
    run(*shlex.split(command.line), "--dry-run")


@pytest.mark.parametrize("command", RUNS, ids=str)
def test_its_packages_come_first_and_then_its_tests(command: Command, called: Any) -> None:
    needs.root()
    update, install, make = called(command)
    assert update == "apt-get update -qq"
    assert install.startswith("apt-get install ")
    wanted = command.line.partition(".ci/run ")[2]
    assert make == ("make long" if wanted == "--long" else f"make shards SHARDS={wanted}")


def test_its_machines_run_every_shard_once() -> None:
    named = [
        name for command in RUNS if command.job == "shards" for name in command.line.partition(".ci/run ")[2].split()
    ]
    assert sorted(named) == sorted(SHARDS)


def test_what_takes_long_runs_once_a_week_and_when_it_is_asked_for() -> None:
    assert [command.job for command in RUNS if command.line.endswith("--long")] == ["long"]
    minute, hour, day_of_month, month, day_of_week = CONTENT["on"]["schedule"][0]["cron"].split()
    assert (minute.isdigit(), hour.isdigit(), day_of_month, month, day_of_week) == (True, True, "*", "*", "1")
    assert JOBS["long"]["if"] == "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"
    assert {"push", "pull_request", "schedule", "workflow_dispatch"} == set(CONTENT["on"])


def caches() -> list[tuple[str, dict[str, str]]]:
    steps = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
    return [(name, step["with"]) for name, step in steps if step.get("uses", "").startswith("actions/cache@")]


def test_all_that_boot_hosts_keep_their_trees() -> None:
    assert [name for name, _how in caches()] == sorted({command.job for command in RUNS}, key=list(JOBS).index)


@pytest.mark.parametrize("how", [how for _name, how in caches()], ids=[name for name, _how in caches()])
def test_another_recipe_is_another_cache(how: dict[str, str]) -> None:
    patterns = re.findall(r"'([^']+)'", how["key"])
    matched = {path for pattern in patterns for path in ROOT.glob(pattern)}
    recipes = ["fleet/tree.py", "fleet/variants.py", "fleet/layer.sh", "environments/cores.py", "environments/venvs.py"]
    assert matched >= {ROOT / "tests" / "support" / recipe for recipe in recipes}
    assert matched >= set((ROOT / "tests" / "requirements").iterdir())


@pytest.mark.parametrize("tests", RUNS, ids=str)
def test_the_cache_is_unpacked_before_and_packed_after_the_tests(tests: Command) -> None:
    (how,) = [how for name, how in caches() if name == tests.job]
    lines = [command.line for command in COMMANDS if command.job == tests.job]
    before, after = lines[lines.index(tests.line) - 1], lines[lines.index(tests.line) + 1]
    assert before.endswith(f".ci/cache unpack {how['path']}")
    assert after.endswith(f".ci/cache pack {how['path']}")


def listed(folder: pathlib.Path) -> str:
    """Kind, mode, owners, target, time and device of each file, and extended attributes."""
    found = run("find", ".", "-printf", "%p %y %m %U:%G %l %T@\n", cwd=folder)
    devices = run("find", ".", "-type", "c", "-exec", "stat", "--format=%n %t:%T", "{}", "+", cwd=folder)
    attributes = run("getfattr", "--recursive", "--dump", "--match=-", "--no-dereference", ".", cwd=folder)
    return "\n".join(sorted(f"{found}{devices}{attributes}".splitlines()))


def test_what_is_unpacked_is_what_was_packed(tmp_path: pathlib.Path) -> None:
    needs.root()
    needs.program("getfattr", package="attr")
    before, after, archive = tmp_path / "before", tmp_path / "after", tmp_path / "archive"
    for cache in (before, after):
        cache.mkdir()
    (before / "tree").mkdir()
    (before / "tree" / "shadow").write_text("secret", encoding="utf-8")
    (before / "tree" / "shadow").chmod(0o640)
    os.chown(before / "tree" / "shadow", 0, 42)
    (before / "tree" / "su").write_text("program", encoding="utf-8")
    (before / "tree" / "su").chmod(0o4755)
    (before / "tree" / "link").symlink_to("nowhere")
    os.mknod(before / "tree" / "whiteout", 0o20000, os.makedev(0, 0))
    run("setfattr", "--name=trusted.overlay.opaque", "--value=y", before / "tree")

    run(ROOT / ".ci" / "cache", "unpack", archive, env={"KEEPALIVE_CACHE": str(after)})  # the first run finds none
    run(ROOT / ".ci" / "cache", "pack", archive, env={"KEEPALIVE_CACHE": str(before)})
    run(ROOT / ".ci" / "cache", "unpack", archive, env={"KEEPALIVE_CACHE": str(after)})
    assert listed(after) == listed(before)
