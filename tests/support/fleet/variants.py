# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fleet's host may be: a plain release, or a variant of one, with more packages or with fewer privileges.

The packages of a variant are a layer over the tree of its release: built once, kept in the cache beside it, a few megabytes of
download and no second release. Their services do not start by themselves; who wants one starts it.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from . import tree
from .errors import FleetError

LAYER = Path(__file__).with_name("layer.sh")

# Of different kinds, and light: no database with a compiler in it, no virtual machine.
SERVERS = (
    "apache2",
    "dovecot-imapd",
    "gunicorn",
    "haproxy",
    "mariadb-server-core",
    "memcached",
    "mosquitto",
    "nginx",
    "postgresql",
    "python3-redis",
    "redis-server",
    "rsyslog",
    "stunnel4",
)


class Variant(NamedTuple):
    release: str
    packages: tuple[str, ...] = ()
    privileged: bool = True
    """Whether the host may duplicate descriptors of other processes, and attach filters to sockets; containers often may not."""
    sets_sysctls: bool = True
    """Whether /proc/sys/net is writable in it; in containers it often is not."""
    bpf: bool = False
    """Whether it may attach programs to its own cgroups."""
    unified: bool = False
    """Whether it has cgroups of version 2 alone."""


VARIANTS = {
    "servers": Variant("bookworm", packages=SERVERS),
    "confined": Variant("bookworm", packages=SERVERS, privileged=False),
    "fixed-sysctls": Variant("trixie", sets_sysctls=False),
    "always": Variant("bookworm", packages=SERVERS, bpf=True),
    "always-unified": Variant("trixie", bpf=True, unified=True),
    "later-writers": Variant("bookworm", packages=("tuned", "ufw")),
    "newest-later-writers": Variant(tree.UNSTABLE, packages=("tuned",)),
    "dracut": Variant("bookworm", packages=("dracut-core",)),
    "newest-dracut": Variant(tree.UNSTABLE, packages=("dracut-core", "cron")),  # a layer has a unit to switch off
}


def find(name: str) -> Variant:
    """The variant of this name. A release is its own plain variant; `trixie+redis-server` is that release with that package."""
    if name in VARIANTS:
        return VARIANTS[name]
    release, *packages = name.split("+")
    if release in tree.KNOWN:
        return Variant(release, tuple(packages))
    raise FleetError(f"unknown release {name!r}: choose from {', '.join((*tree.KNOWN, *VARIANTS))}")


def ensure(name: str) -> list[Path]:
    """The folders that its hosts' root is made of, topmost first; what is not there yet is built."""
    variant = find(name)
    base = tree.ensure(variant.release)
    if not variant.packages:
        return [base]
    layer = _path_of(base, variant)
    if not layer.is_dir():
        with tree.building(layer) as lock:
            if not layer.is_dir():  # else another process built it while we waited
                _build(layer, base, variant.packages, lock)
    return [layer, base]


def ensure_all(names: tuple[str, ...]) -> dict[str, list[Path]]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(ensure, names)))


def _path_of(base: Path, variant: Variant) -> Path:
    recipe = hashlib.sha256(repr((variant.packages, LAYER.read_bytes())).encode()).hexdigest()[:8]
    return base.with_name(f"{base.name}+{recipe}")


def _build(layer: Path, base: Path, packages: tuple[str, ...], lock: int) -> None:
    tree.remove_left_overs(layer)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{layer.name}.", dir=layer.parent))
    log = Path(f"{layer}.log")
    with log.open("wb") as output:
        finished = subprocess.run(
            ["unshare", "--mount", str(LAYER), str(base), str(unfinished), *packages],
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, pass_fds=[lock], check=False,
        )  # fmt: skip
    if finished.returncode != 0:
        shutil.rmtree(unfinished)
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise FleetError(f"apt could not install {', '.join(packages)}: {' '.join(last)} (all of it: {log})")
    (unfinished / "layer").rename(layer)
    shutil.rmtree(unfinished)
