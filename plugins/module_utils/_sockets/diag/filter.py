# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter programs for sock_diag: the kernel itself leaves out the sockets of other ports. Pure.

A program is a binary decision tree, so a socket costs the logarithm of the number of ports; asked one after the other,
1,000 ports cost more than listing every socket. Jumps only go forward, as the kernel demands.
"""

import struct
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors

# linux/inet_diag.h. INET_DIAG_BC_S_EQ would be shorter, but is unknown before Linux 5.8.
JUMP, PORT_AT_LEAST, PORT_AT_MOST = 1, 2, 3
COMPARISON, LEAF = 8, 12  # bytes
LARGEST = 0xFFFF - 8  # a jump, and the length of the attribute, are 16 bits wide

Range = t.Tuple[int, int]


def programs(ports: t.Iterable[int]) -> t.List[bytes]:
    """Programs that together let the sockets with one of these local ports through, each such socket once."""
    wanted = ranges(ports)
    most = (LARGEST - COMPARISON) // (LEAF + COMPARISON)
    return [program(wanted[start : start + most]) for start in range(0, len(wanted), most)]


def ranges(ports: t.Iterable[int]) -> t.List[Range]:
    found: t.List[Range] = []
    for port in sorted(set(ports)):
        if found and port == found[-1][1] + 1:
            found[-1] = (found[-1][0], port)
        else:
            found.append((port, port))
    return found


def program(wanted: t.Sequence[Range]) -> bytes:
    """A socket is let through by a jump to the end of the program, and left out by a jump 4 bytes beyond."""
    if not wanted:
        raise _errors.InvalidValue("ports is empty: a filter needs one port at least.")
    total = COMPARISON + tree_size(len(wanted))
    below_all = comparison(PORT_AT_LEAST, wanted[0][0], total + 4)
    return below_all + tree(wanted, total - COMPARISON)


def tree(wanted: t.Sequence[Range], left: int) -> bytes:
    """A program for ports that are not below the first range; ``left`` bytes are between its start and the end of all."""
    if len(wanted) == 1:
        return comparison(PORT_AT_MOST, wanted[0][1], left + 4) + jump(left - COMPARISON)
    middle = len(wanted) // 2
    upper_size = tree_size(len(wanted) - middle)
    branch = comparison(PORT_AT_LEAST, wanted[middle][0], COMPARISON + upper_size)
    upper = tree(wanted[middle:], left - COMPARISON)
    return branch + upper + tree(wanted[:middle], left - COMPARISON - upper_size)


def tree_size(count: int) -> int:
    return LEAF * count + COMPARISON * (count - 1)


def comparison(code: int, port: int, otherwise: int) -> bytes:
    """Goes on with what follows where it is true, else jumps ``otherwise`` bytes from its own start."""
    return struct.pack("=BBHBBH", code, COMPARISON, otherwise, 0, 0, port)


def jump(distance: int) -> bytes:
    return struct.pack("=BBH", JUMP, 4, distance)
