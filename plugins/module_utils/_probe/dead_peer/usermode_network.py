# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a program the network of this prober? Then connections end in that program, and its keepalive is measured."""

import array
import fcntl
import socket
import struct
import typing as t

LIMIT = (
    "The prober is in a rootless container, and a program is its network (slirp4netns, pasta, on the device {0}): that program "
    "was measured, not the application; run the prober on the host."
)
WHOLE = (0, 0, 4294967295)
# linux/sockios.h and linux/ethtool.h: the driver's name follows the command. /sys would show another namespace's devices.
SIOCETHTOOL, ETHTOOL_GDRVINFO = 0x8946, 3
DRIVER_INFO, NAME = 196, slice(4, 36)
ROUTES = (("/proc/net/route", 0, 1, "00000000"), ("/proc/net/ipv6_route", 9, 0, "0" * 32))


def limit() -> t.Optional[str]:
    """The sentence for ``limits``; ``None`` where no such program is seen."""
    if not in_user_namespace():
        return None
    for device in default_devices():
        # A tap device that leads everywhere, in a user namespace that cannot have made it for a VPN.
        if driver(device) == "tun":
            return LIMIT.format(device)
    return None


def in_user_namespace() -> bool:
    """Whether this process is in another user namespace than the machine's first."""
    try:
        with open("/proc/self/uid_map") as file:
            return [tuple(int(number) for number in line.split()) for line in file] != [WHOLE]
    except (OSError, ValueError):
        return False


def default_devices() -> t.Iterator[str]:
    for path, device, destination, default in ROUTES:
        try:
            with open(path) as file:
                rows = [line.split() for line in file]
        except OSError:
            continue
        for row in rows:
            if len(row) > device and row[destination] == default:
                yield row[device]


def driver(device: str) -> t.Optional[str]:
    answer = array.array("B", struct.pack("=I", ETHTOOL_GDRVINFO).ljust(DRIVER_INFO, b"\0"))
    request = struct.pack("16sP", device.encode(), answer.buffer_info()[0]).ljust(40, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            fcntl.ioctl(asking, SIOCETHTOOL, request)
        except OSError:
            return None
    return answer.tobytes()[NAME].partition(b"\0")[0].decode("ascii", "replace")
