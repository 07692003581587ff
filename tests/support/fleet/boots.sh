#!/bin/sh
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# boots.sh ROOT MACHINE HOSTNAME OUR_ADDRESS ITS_ADDRESS [CGROUP...]
#
# Boots a host, and boots it again, in a new network namespace, as often as it reboots; ends when it halts.
# Started, marked and ended by machine.py, which also removes what stays behind.
set -u
root=$1 machine=$2 hostname=$3 ours=$4 its=$5
shift 5

make_network() {
    ip link delete "$machine" 2>/dev/null # takes the other end along, at once
    ip netns delete "$machine" 2>/dev/null
    ip netns add "$machine" &&
        ip -batch - <<- END &&
		link add $machine type veth peer name eth0 netns $machine
		address add $ours/31 dev $machine
		link set $machine up
		END
        ip -netns "$machine" -batch - <<- END
		link set lo up
		address add $its/31 dev eth0
		link set eth0 up
		END
}

# Without a cgroup of its own, the systemds of all hosts would share one tree and see each other's units in it.
enter_cgroups() {
    for cgroup in "$@"; do
        mkdir -p "$cgroup" && echo 0 >"$cgroup/cgroup.procs"
    done
}

boot() {
    enter_cgroups "$@"
    # shellcheck disable=SC2086 # PRIVILEGES are several words, or none
    exec systemd-nspawn --quiet --boot --directory="$root" \
        --machine="$machine" --hostname="$hostname" --network-namespace-path="/run/netns/$machine" \
        --setenv=KEEPALIVE_FLEET_MACHINE="$KEEPALIVE_FLEET_MACHINE" \
        $PRIVILEGES \
        --register=no --keep-unit --link-journal=no --resolv-conf=off --timezone=off --console=pipe
}

reboot=133 # nspawn's exit status when the host asked for one
status=$reboot
while [ "$status" = "$reboot" ]; do
    make_network || exit
    (boot "$@")
    status=$?
done
exit "$status"
