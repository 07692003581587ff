# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A virtual machine with the kernel and the Python of a Debian release: it boots from memory, runs guest.py, and ends."""

from __future__ import annotations

import gzip
import json
import lzma
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import ansible

from tests.support import needs
from tests.support.commands import run
from tests.support.fleet import variants
from tests.support.hosts import throwaway

Result = dict[str, Any]
PACKAGES = "linux-image-cloud-amd64+busybox-static"
CONNECTIONS = pathlib.Path(__file__).parents[1] / "always" / "connections.py"
GUEST = pathlib.Path(__file__).with_name("guest.py")
# Without acceleration the slowest takes a minute and a half.
LONGEST = 900
INIT = """\
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
/bin/busybox ip link set lo up
/bin/busybox insmod /lib/inet_diag.ko
/bin/busybox insmod /lib/tcp_diag.ko
PYTHONPATH=/lib/guest PYTHONDONTWRITEBYTECODE=1 HOME=/ /usr/bin/python3 /lib/guest/guest.py
/bin/busybox poweroff -f
"""
# What lists sockets. A host loads them when they are asked for.
MODULES = ("inet_diag.ko", "tcp_diag.ko")
FOLDERS = ("proc", "sys", "dev", "tmp", "bin", "usr/bin", "lib/guest")
NOT_NEEDED = shutil.ignore_patterns(
    "test", "tests", "idlelib", "tkinter", "lib2to3", "ensurepip", "__pycache__", "config-*"
)


def results(release: str) -> Result:
    """What guest.py found on the kernel of this release."""
    needs.root()
    qemu = needs.program("qemu-system-x86_64", package="qemu-system-x86")
    needs.program("cpio")
    layers = variants.ensure(f"{release}+{PACKAGES}")
    (kernel,) = [path for layer in layers for path in layer.glob("boot/vmlinuz-*")]
    with tempfile.TemporaryDirectory() as folder:
        initrd = pathlib.Path(folder) / "initrd.gz"
        initrd.write_bytes(gzip.compress(archive(pathlib.Path(folder) / "root", layers), 1))
        said = subprocess.run(
            [qemu, "-accel", "tcg", "-m", "1024", "-nographic", "-no-reboot", "-nic", "none",
             "-kernel", str(kernel), "-initrd", str(initrd), "-append", "console=ttyS0 quiet"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LONGEST, check=True,
        ).stdout.decode("utf-8", "replace")  # fmt: skip
    lines = [line.partition("RESULT ")[2] for line in said.splitlines() if "RESULT " in line]
    assert lines, said[-3000:]
    found: Result = json.loads(lines[0])
    return found


def archive(root: pathlib.Path, layers: list[pathlib.Path]) -> bytes:
    """The files of the machine, as the kernel unpacks them."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    base = layers[-1]
    (busybox,) = [path for layer in layers for path in layer.glob("usr/bin/busybox") if path.exists()][:1]
    shutil.copy(busybox, root / "bin/busybox")
    python = (base / "usr/bin/python3").resolve().name
    shutil.copy(base / "usr/bin" / python, root / "usr/bin/python3")
    library = base / "usr/lib" / python
    shutil.copytree(library, root / "usr/lib" / python, ignore=NOT_NEEDED, symlinks=True, ignore_dangling_symlinks=True)
    modules = [f"/usr/lib/{python}/lib-dynload/{one.name}" for one in library.glob("lib-dynload/*.so")]
    for path, real in libraries(base, [f"/usr/bin/{python}", *modules]):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(base / real, root / path)
    for name in MODULES:
        (root / "lib" / name).write_bytes(module(layers, name))
    guest = root / "lib/guest"
    shutil.copytree(throwaway.collections() / "ansible_collections", guest / "ansible_collections")
    ours = pathlib.Path(ansible.__file__).parent
    shutil.copytree(ours / "module_utils", guest / "ansible/module_utils", ignore=NOT_NEEDED)
    # As Ansible itself sends it: the package is empty, as its own needs more than modules do.
    (guest / "ansible/__init__.py").touch()
    shutil.copy(ours / "release.py", guest / "ansible")
    for file in (CONNECTIONS, GUEST):
        shutil.copy(file, guest)
    (root / "init").write_text(INIT)
    (root / "init").chmod(0o755)
    listed = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    return subprocess.run(
        ["cpio", "--quiet", "-o", "-H", "newc"], cwd=root, input=listed.encode(), stdout=subprocess.PIPE, check=True
    ).stdout


def module(layers: list[pathlib.Path], name: str) -> bytes:
    (found,) = [path for layer in layers for path in layer.glob(f"usr/lib/modules/*/kernel/net/ipv4/{name}*")]
    return lzma.decompress(found.read_bytes()) if found.suffix == ".xz" else found.read_bytes()


def libraries(base: pathlib.Path, programs: list[str]) -> Iterator[tuple[str, str]]:
    """What they are linked with in the tree of the release: the path that they know, and the file that it leads to there."""
    said = run("chroot", base, "ldd", *programs)
    paths = sorted(
        {word for line in said.splitlines() for word in line.split() if word.startswith("/") and not word.endswith(":")}
    )
    for path, real in zip(paths, run("chroot", base, "realpath", *paths).splitlines(), strict=True):
        yield path.lstrip("/"), real.lstrip("/")
