# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one task costs on a Windows host against two of ansible.windows.win_regedit, which set the same two values.

Needs KEEPALIVE_WINDOWS_INVENTORY; the keepalive values of its first host are lost.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks import machine
from tests.support.environments.other_collections import ansible_windows
from tests.support.paths import BUILD, COLLECTIONS, SCRIPTS
from tests.support.windows.hosts import RESET, WindowsHosts, raw

PLAYBOOKS = pathlib.Path(__file__).parent / "playbooks"
PLAYS = ("windows_one_task", "windows_two_regedits")
# What one task may take of the time of two.
LIMIT = 0.6


def main() -> int:
    arguments = parsed()
    inventory = os.environ.get("KEEPALIVE_WINDOWS_INVENTORY")
    if not inventory:
        print("KEEPALIVE_WINDOWS_INVENTORY names no inventory: nothing is measured on Windows hosts.")
        return 0
    hosts = WindowsHosts(pathlib.Path(inventory).resolve())
    walls: dict[tuple[str, str], list[float]] = {(play, when): [] for play in PLAYS for when in ("first", "second")}
    for number in range(arguments.rounds + 1):
        for play in PLAYS:
            hosts.run(raw(RESET))
            for when in ("first", "second"):
                wall = timed(hosts, play, when)
                if number > 0:  # the first round warms caches
                    walls[play, when].append(wall)
        print(f"Windows: round {number} of {arguments.rounds}", file=sys.stderr, flush=True)
    hosts.run(raw(RESET))
    document = {"machine": machine.description(), "rounds": arguments.rounds, "results": table(walls)}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(text(document))
    print(f"Written to {arguments.output}")
    return 0 if all(row["met"] for row in document["results"]) else 1


def timed(hosts: WindowsHosts, play: str, when: str) -> float:
    command = [
        *(SCRIPTS / "ansible-playbook", "-i", hosts.inventory),
        *(PLAYBOOKS / f"{play}.yml", "--limit", hosts.names[0]),
    ]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": f"{COLLECTIONS}:{ansible_windows()}",
        "ANSIBLE_HOST_KEY_CHECKING": "false",
    }
    start = time.monotonic()
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    wall = time.monotonic() - start
    if result.returncode or ("changed=0" in result.stdout) != (when == "second"):
        raise SystemExit(f"{play}, {when} run, did not do what it is measured for:\n{result.stdout}{result.stderr}")
    return wall


def table(walls: dict[tuple[str, str], list[float]]) -> list[dict[str, Any]]:
    """Ratios are taken round by round, which a slow moment of the machine disturbs least."""
    rows = []
    for when in ("first", "second"):
        ours, theirs = (walls[play, when] for play in PLAYS)
        ratio = statistics.median(one / two for one, two in zip(ours, theirs, strict=True))
        rows.append(
            {
                "run": when,
                "one_task": round(statistics.median(ours), 3),
                "two_regedits": round(statistics.median(theirs), 3),
                "ratio": round(ratio, 3),
                "limit": LIMIT,
                "met": ratio <= LIMIT,
            }
        )
    return rows


def text(document: dict[str, Any]) -> str:
    lines = ["Windows: run     one task s  two win_regedit s  ratio  limit"]
    for row in document["results"]:
        verdict = f"{row['limit']:.2f} {'met' if row['met'] else 'MISSED'}"
        lines.append(
            f"         {row['run']:6}  {row['one_task']:10.2f}  {row['two_regedits']:17.2f}  {row['ratio']:5.2f}  {verdict}"
        )
    return "\n".join(lines)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.windows", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each play runs; medians are shown")
    parser.add_argument("--output", type=pathlib.Path, default=BUILD / "bench" / "windows.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
