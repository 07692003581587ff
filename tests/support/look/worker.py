# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a throw-away host: lays out files, and holds the snapshot from an image of the host against the one taken there.

A line of JSON in, a line of JSON out: by shell, ``equal``, what differs, or why there is no image.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys

from ansible_collections.netops.keepalive.plugins.module_utils._host.take_snapshot import take_snapshot
from ansible_collections.netops.keepalive.plugins.plugin_utils._look import answer, image, script

SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"], "mksh": ["mksh"]}
FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/etc/tuned", "/etc/ufw")
OTHERS = ("/etc/sysctl.conf", "/etc/target", "/etc/default/ufw", "/etc/systemd/system", "/etc/runlevels", "/etc/dracut.conf",
          "/boot/initramfs-6.img", "/usr/bin/dracut", "/usr/lib/dracut", "/usr/lib/tuned", "/run/openrc", "/run/systemd",
          "/run/tuned")  # fmt: skip
MARK = "0123456789abcdef"


def main() -> None:
    for line in sys.stdin:
        lay_out(json.loads(line))
        print(json.dumps({shell: compared(command) for shell, command in SHELLS.items()}), flush=True)


def compared(shell: list[str]) -> str:
    text = script.SCRIPT.replace("MARK", MARK).encode()
    done = subprocess.run([*shell, "-s"], input=text, stdout=subprocess.PIPE, check=True)
    try:
        told = answer.parsed(done.stdout.decode("utf-8", "surrogateescape"), MARK)
        seen = take_snapshot(host=image.Image(told))
    except (answer.Refused, image.NotInImage) as error:
        return f"{type(error).__name__}: {error}"
    real = take_snapshot()
    parts = [f"{name}: {one} != {other}" for name, one, other in zip(real._fields, seen, real) if one != other]
    return "\n".join(parts) or "equal"


def lay_out(tree: dict[str, tuple[str, str]]) -> None:
    for path in (*FOLDERS, *OTHERS):
        remove(pathlib.Path(path))
    for folder in (*FOLDERS[:4], "/run/systemd/system"):
        os.makedirs(folder)
    for path, (kind, content) in tree.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if kind == "link":
            os.symlink(content, path)
        elif kind == "folder":
            os.mkdir(path)
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "none":
            os.rmdir(path)
        else:
            pathlib.Path(path).write_bytes(bytes.fromhex(content))


def remove(path: pathlib.Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path)


if __name__ == "__main__":
    main()
