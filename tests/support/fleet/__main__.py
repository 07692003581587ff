# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python3 -m tests.support.fleet``: make, list and remove a fleet of booted Debian hosts (as root)."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from . import requirements, tree, variants
from .errors import FleetError
from .fleet import DEFAULT_FOLDER, Fleet


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return int(arguments.work(arguments) or 0)
    except (FleetError, OSError, subprocess.SubprocessError) as error:
        print(f"fleet: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _create(arguments: argparse.Namespace) -> None:
    releases = tuple(arguments.releases.split(","))
    fleet = Fleet(arguments.directory)
    fleet.create(arguments.hosts, releases)
    print(f"{len(fleet.hosts)} hosts are up: {fleet.inventory}")


def _destroy(arguments: argparse.Namespace) -> None:
    Fleet(arguments.directory).destroy()


def _list(arguments: argparse.Namespace) -> None:
    requirements.check()
    fleet = Fleet(arguments.directory)
    for host in fleet.hosts:
        print(f"{host.name}\t{host.address}\t{'up' if fleet.is_up(host) else 'down'}")


def _inventory(arguments: argparse.Namespace) -> None:
    print(Fleet(arguments.directory).inventory)


def _reboot(arguments: argparse.Namespace) -> None:
    requirements.check()
    Fleet(arguments.directory).host(arguments.name).reboot()


def _tree(arguments: argparse.Namespace) -> None:
    print(tree.ensure(arguments.release))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.support.fleet", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument(
        "--directory", type=Path, default=DEFAULT_FOLDER, help="the fleet's folder (default: build/fleet)"
    )

    create = commands.add_parser("create", parents=[folder], help="make it so many hosts, all up; repeat as you like")
    create.add_argument("--hosts", type=int, default=10, help="how many (default: 10)")
    create.add_argument(
        "--releases",
        default=",".join(tree.RELEASES),
        help=f"Debian releases in turn (default: all three); also {', '.join(variants.VARIANTS)}",
    )
    create.set_defaults(work=_create)

    commands.add_parser("destroy", parents=[folder], help="remove all that is this fleet's").set_defaults(work=_destroy)
    commands.add_parser("list", parents=[folder], help="its hosts: name, address, up or down").set_defaults(work=_list)
    commands.add_parser("inventory", parents=[folder], help="print the inventory's path").set_defaults(work=_inventory)

    reboot = commands.add_parser("reboot", parents=[folder], help="reboot a host and wait for it")
    reboot.add_argument("name")
    reboot.set_defaults(work=_reboot)

    build = commands.add_parser("tree", help="print the path of a release's tree, building it where there is none")
    build.add_argument("release", choices=tree.RELEASES)
    build.set_defaults(work=_tree)
    return parser


if __name__ == "__main__":
    sys.exit(main())
