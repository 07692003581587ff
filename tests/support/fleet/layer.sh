#!/bin/sh
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# layer.sh TREE FOLDER PACKAGE...: installs packages over a release's tree, which stays as it is. FOLDER/layer has what they
# brought. Run in a mount namespace of its own, so that nothing stays mounted, however this ends.
set -eu
tree=$1 folder=$2
shift 2
layer=$folder/layer root=$folder/root
mkdir "$layer" "$folder/work" "$root"
chmod 755 "$layer"
mount -t overlay -o "lowerdir=$tree,upperdir=$layer,workdir=$folder/work" layer "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
# The names of mirrors are asked for as this machine asks.
cat /etc/resolv.conf > "$root/etc/resolv.conf"

# Nothing starts while it is installed, and nothing at boot but what is asked for.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
chroot "$root" apt-get --quiet update
chroot "$root" apt-get --quiet --yes --no-install-recommends \
    --option Dpkg::Options::=--path-exclude=/usr/share/doc/* \
    --option Dpkg::Options::=--path-exclude=/usr/share/locale/* \
    --option Dpkg::Options::=--path-exclude=/usr/share/man/* \
    --option Dpkg::Options::=--force-unsafe-io \
    install "$@"
chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root/etc/resolv.conf" "$root/usr/sbin/policy-rc.d"
for wanted in "$layer"/etc/systemd/system/*.wants/*; do
    chroot "$root" systemctl --quiet disable "$(basename "$wanted")"
done
