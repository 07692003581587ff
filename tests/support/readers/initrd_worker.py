# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the tree of a release with dracut: whether an image has a copy of a sysctl file, and what our code says of it.

Each line of input is dracut's configuration. Its answer, in JSON: whether the image has the file, and whether we say that the
image is older than the files, before and after the file is removed. Started by enter.sh.
"""

import json
import os
import subprocess
import sys

from ansible_collections.netops.keepalive.plugins.module_utils._host.take_snapshot import take_snapshot

FILE = "etc/sysctl.d/50-ours.conf"
CONFIGURATION = "/etc/dracut.conf.d/50-ours.conf"
IMAGE = "/boot/initrd.img-0"
# Nothing of the machine's hardware; what systemd needs comes with it.
DRACUT = ["dracut", "--force", "--quiet", "--no-kernel", "--kver", "0", "--no-compress", "--no-early-microcode"]


def main():
    for line in sys.stdin:
        write(CONFIGURATION, line)
        write("/" + FILE, "net.ipv4.tcp_keepalive_time = 60\n")
        subprocess.run(DRACUT + ["--modules", "systemd systemd-sysctl", IMAGE], check=True, stdout=sys.stderr)
        shown = subprocess.run(["lsinitrd", IMAGE], check=True, stdout=subprocess.PIPE).stdout.decode()
        before = take_snapshot().initrd_is_older
        os.remove("/" + FILE)
        print(json.dumps({"copied": FILE in shown, "older": [before, take_snapshot().initrd_is_older]}), flush=True)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
