# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of Debian releases: built once, kept in the cache, shared read-only by every host of every fleet."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.paths import cache

from . import requirements
from .errors import FleetError

# What every host has. A change here (or below) makes new trees; the old ones stay in the cache until removed by hand.
PACKAGES = ("python3", "procps", "systemd-sysv", "dbus", "iproute2", "openssh-server")

RELEASES = ("bullseye", "bookworm", "trixie")
# For its newest programs, which are asked without booting. It stays as it was when its tree was built.
UNSTABLE = "sid"
KNOWN = (*RELEASES, UNSTABLE)

# Nothing of the tests' business, and work at boot or later.
MASKED_UNITS = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty.target",
    "systemd-timesyncd.service",
)
SSHD_CONFIG = """\
UseDNS no
PrintMotd no
PrintLastLog no
PermitRootLogin prohibit-password
MaxStartups 500
MaxSessions 500
"""


def path_of(release: str) -> Path:
    """Where the tree of a release is or will be; another recipe is another tree."""
    if release not in KNOWN:
        raise FleetError(f"unknown release {release!r}: choose from {', '.join(KNOWN)}")
    recipe = hashlib.sha256(repr((PACKAGES, MASKED_UNITS, SSHD_CONFIG)).encode()).hexdigest()[:8]
    return cache().absolute() / "trees" / f"{release}-{recipe}"


def ensure(release: str) -> Path:
    """Return the tree of a release, building it first where it is not there (about a minute)."""
    tree = path_of(release)
    if tree.is_dir():
        return tree
    requirements.check()
    tree.parent.mkdir(parents=True, exist_ok=True)
    with building(tree) as lock:
        if not tree.is_dir():  # else another process built it while we waited
            _build(release, tree, lock)
    return tree


def ensure_all(releases: tuple[str, ...]) -> dict[str, Path]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(releases, pool.map(ensure, releases)))


@contextlib.contextmanager
def building(tree: Path) -> Iterator[int]:
    """Nobody else builds it meanwhile. Yields the lock's descriptor, for those that must hold it even without us."""
    descriptor = os.open(f"{tree}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def remove_left_overs(tree: Path) -> None:
    """What a killed run left; for who holds the lock."""
    for left_over in tree.parent.glob(f".{tree.name}.*"):
        shutil.rmtree(left_over)


def _build(release: str, tree: Path, lock: int) -> None:
    remove_left_overs(tree)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{tree.name}.", dir=tree.parent))
    unfinished.chmod(0o755)
    log = Path(f"{tree}.log")
    with log.open("wb") as output:
        # A mount namespace, so that a killed debootstrap leaves no mounts; the lock goes with it, so that nobody
        # touches the folder while it is still running without us.
        finished = subprocess.run(
            ["unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}",
             "--force-check-gpg", f"--keyring={requirements.KEYRING}", release, str(unfinished), _mirror()],
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, pass_fds=[lock], check=False,
        )  # fmt: skip
    if finished.returncode != 0:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise FleetError(f"debootstrap could not build {release}: {' '.join(last)} (all of it: {log})")
    _dress(unfinished)
    unfinished.rename(tree)


def _mirror() -> str:
    """The Debian mirror that this machine's apt is configured with."""
    answer = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    targets = [line.split(maxsplit=1) for line in answer.stdout.splitlines()]
    mirrors = [target[1] for target in targets if len(target) == 2 and target[0] == "Debian"]
    if not mirrors:
        raise FleetError("apt knows no Debian mirror (apt-get indextargets): run apt-get update on a Debian machine")
    return next((mirror for mirror in mirrors if "security" not in mirror), mirrors[0])


def _dress(tree: Path) -> None:
    for key in (tree / "etc/ssh").glob("ssh_host_*"):  # every fleet brings its own
        key.unlink()
    (tree / "etc/ssh/sshd_config.d").mkdir(exist_ok=True)
    (tree / "etc/ssh/sshd_config.d/fleet.conf").write_text(SSHD_CONFIG)
    (tree / "etc/default/locale").write_text("LANG=C.UTF-8\n")
    (tree / "etc/machine-id").write_text("uninitialized\n")
    # A mirror may be a snapshot, whose signatures for an unstable release run out.
    (tree / "etc/apt/apt.conf.d").mkdir(parents=True, exist_ok=True)
    (tree / "etc/apt/apt.conf.d/snapshot").write_text('Acquire::Check-Valid-Until "false";\n')
    for unit in MASKED_UNITS:
        mask = tree / "etc/systemd/system" / unit
        mask.unlink(missing_ok=True)
        mask.symlink_to("/dev/null")
    for of_this_machine in ("etc/resolv.conf", "etc/hostname"):  # debootstrap copies them
        (tree / of_this_machine).unlink(missing_ok=True)
    for archive in (tree / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()
