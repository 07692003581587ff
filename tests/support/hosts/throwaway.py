# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A throw-away host (tools/throwaway-host) that lasts for a test, and the installed modules run on it.

What the host then has is read by programs that are not ours: `cat`, `sysctl`, `systemd-sysctl`, `find`, `cksum`.
"""

from __future__ import annotations

import atexit
import compileall
import functools
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

from tests.support import needs, paths

# On the checkout's disk: /tmp may be one that a boot forgets.
FOLDER = paths.BUILD / "throwaway"
TOOL = paths.ROOT / "tools" / "throwaway-host"
MODULES = "ansible_collections.netops.keepalive.plugins.modules"
PROC = "/proc/sys/net/ipv4/tcp_keepalive_"
OUR_FILE = "/etc/sysctl.d/99-tcp-keepalive.conf"
READERS = {
    "systemd": "if [ -x /usr/lib/systemd/systemd-sysctl ]; then /usr/lib/systemd/systemd-sysctl; else /lib/systemd/systemd-sysctl; fi",
    "procps": "sysctl --system",
}
NOBODY = 65534

Result = dict[str, Any]
Values = tuple[int, int, int]

# Everything that a run may touch. What is in /etc itself: only our own temporary files.
FOOTPRINT = f"""
cat {PROC}time {PROC}intvl {PROC}probes 2>/dev/null || true
for path in /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d; do
    [ ! -e $path ] || find $path -printf '%p %y %m %U:%G %l FORMAT\\n' -type f -exec cksum {{}} \\;
done | sort
find /etc -maxdepth 1 -name '.*netops*'
"""
OWN_ETC = """
mkdir {etc} /run/machine-etc
mount --rbind /etc /run/machine-etc
ln -s /run/machine-etc/* {etc}/
rm -f {etc}/sysctl.d {etc}/sysctl.conf {etc}/systemd {etc}/tuned
mkdir -p {etc}/sysctl.d {etc}/systemd/system {etc}/tuned
: > {etc}/sysctl.conf
mount --bind {etc} /etc
"""
# Everything is imported before the privileges go: the tests may lie where only their owner can read.
AS_USER = """
import ctypes, importlib, os, pkgutil, resource, sys  # a part of Python, which the user may not be able to read
module, user, is_root = importlib.import_module(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "root"
needed = [name for name in sys.modules if name.endswith(("_utils._always", "_utils._host", "_utils._probe", "_utils._sockets", "._json._profiles"))]
for package in [sys.modules[name] for name in needed]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
del sys.argv[1:]
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
if is_root:
    libc, PR_SET_DUMPABLE, CLONE_NEWUSER = ctypes.CDLL(None, use_errno=True), 4, 0x10000000
    if libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) or libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "no user namespace")
    open("/proc/self/uid_map", "w").write("0 %d 1" % user)
module.main()
"""


class ThrowawayHost:
    """Commands enter the namespaces of a process that waits inside until `stop`, or until the tests end."""

    def __init__(self) -> None:
        needs.user_namespaces()
        needs.program("nsenter", package="util-linux")
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.disk = pathlib.Path(tempfile.mkdtemp(dir=FOLDER))
        """A folder on a real disk, for what a test mounts."""
        self._anchor = subprocess.Popen(
            [TOOL, "sh", "-c", "echo $$; exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(self.disk)},
        )
        assert self._anchor.stdout is not None
        first_line = self._anchor.stdout.readline()
        assert first_line, f"{TOOL} ended with exit status {self._anchor.wait()}"
        self._pid = int(first_line)

    def stop(self) -> None:
        end(self._anchor)
        shutil.rmtree(self.disk, ignore_errors=True)

    def start(self, *command: str, stdin: bytes = b"", machine_root: bool = False) -> subprocess.Popen[bytes]:
        """Start a command as root of this host; with `machine_root` as the machine's root, who may do more."""
        process = self.open(*command, machine_root=machine_root)
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        return process

    def open(self, *command: str, machine_root: bool = False) -> subprocess.Popen[bytes]:
        """The same, with its input left open."""
        namespaces = ["--net", "--mount"] if machine_root else ["--user", "--preserve-credentials", "--net", "--mount"]
        return subprocess.Popen(
            ["nsenter", "--target", str(self._pid), *namespaces, "--", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": str(collections()),
                "PYTHONDONTWRITEBYTECODE": "1",
                "LC_ALL": "C.UTF-8",
            },
        )

    def sh(self, script: str, *, machine_root: bool = False) -> str:
        """What the shell script prints; it ends at its first failure, which is one of the test."""
        return output_of(self.start("sh", "-euc", script, machine_root=machine_root)).decode()

    # Our modules.

    def set(
        self, *, check_mode: bool = False, under: Sequence[str] = (), machine_root: bool = False, **options: Any
    ) -> Result:
        """Run tcp_keepalive; `under` is a program that runs it, such as strace."""
        return result_of(self.begin(check_mode=check_mode, under=under, machine_root=machine_root, **options))

    def begin(
        self, *, check_mode: bool = False, under: Sequence[str] = (), machine_root: bool = False, **options: Any
    ) -> subprocess.Popen[bytes]:
        return self.start(
            *under, *module("tcp_keepalive"), stdin=arguments(check_mode, options), machine_root=machine_root
        )

    def info(self, *, under: Sequence[str] = ()) -> Result:
        return result_of(self.start(*under, *module("tcp_keepalive_info"), stdin=arguments(False, {})))

    def as_nobody(
        self, name: str, *, check_mode: bool = False, root_of_namespace: bool = False, **options: Any
    ) -> Result:
        """Run a module as a user without any privilege, which only the machine's root can become here.

        With `root_of_namespace` that user is root of a user namespace, which owns neither the network nor the files.
        """
        role = "root" if root_of_namespace else "nobody"
        return result_of(
            self.start(*module_as_nobody(name, role), stdin=arguments(check_mode, options), machine_root=True)
        )

    # Independent readers, and what a test prepares.

    def runtime(self) -> Values:
        return as_values(self.sh(f"cat {PROC}time {PROC}intvl {PROC}probes"))

    def after_boot(self, reader: str = "systemd") -> Values:
        """What a new network namespace, with the kernel's defaults, has after the reader ran in it."""
        needs.program("sysctl", package="procps")
        script = f"{{ {READERS[reader]}; }} > /dev/null 2>&1 || true; cat {PROC}time {PROC}intvl {PROC}probes"
        return as_values(self.sh(f"unshare --net sh -c {shlex.quote(script)}"))

    def read(self, path: str = OUR_FILE) -> bytes:
        return output_of(self.start("cat", path))

    def write(self, path: str, text: str | bytes) -> None:
        content = text.encode() if isinstance(text, str) else text
        output_of(self.start("sh", "-euc", f'mkdir -p "$(dirname {path})"; cat > {path}', stdin=content))

    def state(self) -> str:
        """The runtime values, and name, kind, mode, owner, target and checksum of every sysctl file."""
        return self.sh(FOOTPRINT.replace("FORMAT", ""))

    def footprint(self) -> str:
        """The same with inodes and times: equal means that nothing was touched, not even to put it back."""
        return self.sh(FOOTPRINT.replace("FORMAT", "%i %T@"))

    def own_etc(self) -> None:
        """From now on /etc is this host's own, and no file in it is a mount point; what does not matter are links to the machine's."""
        self.sh(OWN_ETC.format(etc=f"{self.disk}/etc"))


@functools.cache
def collections() -> pathlib.Path:
    """A compiled copy of what is installed: tests count what a run does, so nothing may be built or compiled in its midst."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(dir=FOLDER))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = shutil.copytree(paths.INSTALLED, folder / paths.INSTALLED.relative_to(paths.COLLECTIONS))
    assert compileall.compile_dir(copy / "plugins", quiet=1)
    return folder


def module_as_nobody(name: str, role: str = "nobody") -> list[str]:
    """The command line that runs a module as a user without privilege. With the role `root`, that user is root of a user namespace."""
    return [sys.executable, "-c", AS_USER, f"{MODULES}.{name}", str(NOBODY), role]


def module(name: str) -> list[str]:
    return [sys.executable, "-m", f"{MODULES}.{name}"]


def arguments(check_mode: bool, options: dict[str, Any]) -> bytes:
    return json.dumps(
        {"ANSIBLE_MODULE_ARGS": {**options, "_ansible_check_mode": check_mode, "_ansible_diff": True}}
    ).encode()


def end_of(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    try:
        return process.communicate(timeout=60)
    finally:
        process.kill()


def output_of(process: subprocess.Popen[bytes]) -> bytes:
    output, errors = end_of(process)
    assert process.returncode == 0, errors.decode()
    return output


def result_of(process: subprocess.Popen[bytes]) -> Result:
    output, errors = (text.decode() for text in end_of(process))
    assert "Traceback" not in output + errors, output + errors
    assert output, f"exit status {process.returncode}: {errors}"
    result: Result = json.loads(output)
    assert process.returncode == (1 if result.get("failed") else 0)
    result.pop("invocation", None)  # what was asked for; newer ansible-core only says it when asked
    if "warnings" in result:
        result["warnings"] = [text_of_warning(warning) for warning in result["warnings"]]
    return result


def text_of_warning(warning: str | Result) -> str:
    """ansible-core 2.19 and newer hand more than the text to the controller."""
    return warning if isinstance(warning, str) else warning["event"]["msg"]


def as_values(text: str) -> Values:
    time, interval, probes = (int(line) for line in text.split())
    return time, interval, probes


def new_host() -> Iterator[ThrowawayHost]:
    host = ThrowawayHost()
    try:
        yield host
    finally:
        host.stop()


def end(anchor: subprocess.Popen[bytes]) -> None:
    """The process that keeps namespaces alive reads until its input is closed."""
    assert anchor.stdin is not None
    assert anchor.stdout is not None
    anchor.stdin.close()
    anchor.stdout.close()
    anchor.wait(timeout=30)
