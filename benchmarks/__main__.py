# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make bench`: what one task costs against a loop of ansible.posix.sysctl and against ping and raw, side by side on one fleet."""

from __future__ import annotations

import argparse
import json
import pathlib
import sys

from benchmarks import machine, measure, report
from tests.support.fleet import Fleet, FleetError
from tests.support.paths import BUILD

SIZES = "1,10,50"


def main() -> int:
    arguments = parsed()
    sizes = sorted(int(size) for size in arguments.hosts.split(","))
    fleet = Fleet(BUILD / "bench-fleet")
    try:
        fleet.create(sizes[-1])
        results = [
            result
            for size in sizes
            for result in measure.rounds(fleet, size, rounds=arguments.rounds, forks=arguments.forks)
        ]
    except FleetError as error:
        print(f"The benchmark cannot run: {error}", file=sys.stderr)
        return 1
    finally:
        if not arguments.keep:
            fleet.destroy()
    table = report.table(results)
    document = {
        "machine": machine.description(),
        "rounds": arguments.rounds,
        "forks": arguments.forks,
        "results": table,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(document, indent=2) + "\n")
    print(report.text(document))
    print(f"Written to {arguments.output}")
    return 1 if any(row["met"] is False for row in table) else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--hosts", default=SIZES, help="sizes of the fleet, separated by commas (%(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often each play runs; medians are shown (%(default)s)"
    )
    parser.add_argument("--forks", type=int, default=20, help="ansible-playbook --forks (%(default)s)")
    parser.add_argument("--keep", action="store_true", help="leave the fleet up for the next run")
    parser.add_argument("--output", type=pathlib.Path, default=BUILD / "bench" / "policy.json")
    return parser.parse_args()


if sys.argv[1:2] == ["probe"]:
    from benchmarks import probe_inspect

    sys.exit(probe_inspect.main(sys.argv[2:]))
sys.exit(main())
