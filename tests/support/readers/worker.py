# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the tree of a release: lays out sysctl files, has our code predict, and runs the programs that read them.

A line of JSON in, a line of JSON out. Runs with the release's own Python (3.9 and newer); started by enter.sh.
"""

import json
import os
import shutil
import subprocess
import sys

from ansible_collections.netops.keepalive.plugins.module_utils._host.info import predictions
from ansible_collections.netops.keepalive.plugins.module_utils._host.next_boot import next_boot
from ansible_collections.netops.keepalive.plugins.module_utils._host.procfs import read_runtime, write_value
from ansible_collections.netops.keepalive.plugins.module_utils._host.take_snapshot import take_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._local_host import THIS
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/etc/tuned")
# Where tuned has its profiles: of the vendor, of the administrator.
VENDOR = next(path for path in ("/usr/lib/tuned/profiles", "/usr/lib/tuned", "/") if os.path.isdir(path))
ETC = VENDOR.replace("/usr/lib", "/etc")
OTHERS = ("/etc/sysctl.conf", "/etc/target")
SYSTEMD_SYSCTL = next(
    path for path in ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl") if os.path.exists(path)
)
COMMANDS = {
    "systemd": [SYSTEMD_SYSCTL],
    "procps": ["sysctl", "--system"],
    "tuned": ["tuned", "--no-dbus"],  # with `daemon = 0` in its configuration it ends when it has set the values
}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(tree):
    tree = {path.replace("{etc}", ETC).replace("{vendor}", VENDOR): entry for path, entry in tree.items()}
    lay_out(tree)
    # The sign that tuned runs. It removes it when it ends.
    os.makedirs("/run/tuned", exist_ok=True)
    open("/run/tuned/tuned.pid", "w").close()
    snapshot = take_snapshot()
    # The kernel's command line is that of the machine underneath.
    snapshot = snapshot._replace(facts=snapshot.facts._replace(command_line="", obstacles={}))
    if "/etc/tuned/active_profile" in tree:
        snapshot = snapshot._replace(facts=snapshot.facts._replace(reader="systemd"))
        return {
            "procps": snapshot.facts.procps,
            "predicted": {"tuned": as_told(next_boot(snapshot))},
            "real": {"tuned": run("systemd", "tuned")},
            "doubts": [doubt for writer in snapshot.later_writers for doubt in writer.doubts],
        }
    return {
        "procps": snapshot.facts.procps,
        "predicted": {reader: as_told(prediction) for reader, prediction in predictions(snapshot).items()},
        "real": {reader: run(reader) for reader in ("systemd", "procps")},
    }


def as_told(prediction):
    sources = {name: source and list(source) for name, source in prediction.sources.items()}
    return {"values": list(prediction.settings), "sources": sources}


def run(*programs):
    for name, value in KERNEL_DEFAULTS.named().items():
        write_value(name, str(value))
    said = b""
    for program in programs:
        said += subprocess.run(
            COMMANDS[program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        ).stderr
    return {"values": list(read_runtime(THIS)), "said": said.decode("utf-8", "replace")}


def lay_out(tree):
    for folder in FOLDERS:
        if os.path.lexists(folder):
            shutil.rmtree(folder)
        os.makedirs(folder)
    for path in OTHERS:
        remove(path)
    shutil.rmtree(VENDOR + "/ours", ignore_errors=True)
    for path, (kind, content) in tree.items():
        if kind == "link":
            os.symlink(content, path)
        elif kind == "folder":
            os.mkdir(path)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(bytes.fromhex(content))


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.remove(path)


if __name__ == "__main__":
    main()
