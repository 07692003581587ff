#!/bin/sh
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs worker.py with the Python and the programs of a release's tree, in mount and network namespaces of its own: the
# tree stays as it is, all that is written is gone with this process, and so are the keepalive values.
# Usage: unshare --net --mount enter.sh TREE[:TREE...] COLLECTION WORKER SCRATCH

set -eu
tree=$1 collection=$2 worker=$3 scratch=$4

mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
cd "$scratch"
mount -t overlay -o "lowerdir=$tree,upperdir=upper,workdir=work" overlay root

mkdir -p root/srv/ansible_collections/netops/keepalive
mount --bind "$collection" root/srv/ansible_collections/netops/keepalive
mount -o remount,bind,ro root/srv/ansible_collections/netops/keepalive
cp "$worker" root/srv/worker.py

# A careless glob can reach nothing but this network namespace.
mount -t proc proc root/proc
mount --bind root/proc/sys/net root/proc/sys/net
mount -o remount,bind,ro root/proc

exec chroot root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/srv python3 /srv/worker.py
