# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the Linux kernel reads a number that is written to ``/proc/sys``. Pure.

Source: ``kernel/sysctl.c`` (``proc_get_long``, ``proc_dointvec_jiffies``, ``proc_dou8vec_minmax``), Linux 6.12.
"""

import re
import typing as t

# A number in C notation, then the end or a blank; the kernel drops the rest. It skips blanks before the number, which
# include the byte 0xA0 (lib/ctype.c); in text that is not UTF-8 that byte is a surrogate.
NUMBER = re.compile("[ \t\n\r\v\f\udca0]*(-?)(0[xX][0-9a-fA-F]+|[0-9]+)(?:[ \t\n]|\\Z)")
LONGEST_NUMBER = 20  # characters, with the sign
INT_MAX = 2**31 - 1
# The kernel keeps seconds as timer ticks in an int, so the largest number of seconds depends on CONFIG_HZ. Debian, Ubuntu
# and SUSE build with 250; a number between the bounds for 1000 and for 100 is a guess.
HZ = 250
SURE_SECONDS = INT_MAX // 1000
POSSIBLE_SECONDS = INT_MAX // 100


def value_of(name: str, text: str) -> t.Optional[int]:
    """The value of parameter ``name`` after ``text`` was written; ``None`` if the kernel refuses it and keeps the old one."""
    number = c_number(text)
    if number is None:
        return None
    negative, magnitude = number
    if name == "probes":
        return magnitude if magnitude <= 255 and not negative else None  # -0 is refused as well
    if magnitude > INT_MAX // HZ:
        return None
    return -magnitude if negative else magnitude


def c_number(text: str) -> t.Optional[t.Tuple[bool, int]]:
    """Whether there is a minus sign, and the number after it."""
    match = NUMBER.match(text)
    if not match or len(match.group(1) + match.group(2)) > LONGEST_NUMBER:
        return None
    digits = match.group(2)
    try:
        magnitude = int(digits, 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10)
    except ValueError:  # such as 08: 8 is no octal digit
        return None
    return match.group(1) == "-", magnitude


def depends_on_hz(name: str, text: str) -> bool:
    """Whether some kernels take ``text`` for ``name`` and others refuse it."""
    number = c_number(text)
    return name != "probes" and number is not None and SURE_SECONDS < number[1] <= POSSIBLE_SECONDS
