#!/bin/sh
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs worker.py on a host of its own: what it writes to /etc, /usr and /run is gone with it (but for SCRATCH), and so are the keepalive values.
# Usage: unshare --net --mount --propagation=private enter.sh SCRATCH COMMAND...

set -eu
scratch=$1
shift

for folder in /boot /etc /usr/bin /usr/lib /usr/local; do
    mkdir -p "$scratch/upper$folder" "$scratch/work$folder"
    mount -t overlay -o "lowerdir=$folder,upperdir=$scratch/upper$folder,workdir=$scratch/work$folder" overlay $folder
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/systemd/system

exec "$@"
