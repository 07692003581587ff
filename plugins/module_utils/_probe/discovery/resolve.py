# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of other hosts: each name is looked up once in a run, whatever the number of its ports."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._probe import ports

# A family, and an address that may have a scope.
Address = t.Tuple[int, str]
Found = t.Union[t.Tuple[Address, ...], str]


def look_up(
    hosts: t.Iterable[str], source: t.Optional[str], progress: t.Optional[t.Callable[[str], None]] = None
) -> t.Dict[str, Found]:
    """All addresses of each host, in the order in which they are to be tried; a sentence where it has none. With ``source``
    only those of its family."""
    family = ports.family_of(source) if source else socket.AF_UNSPEC
    unique = list(dict.fromkeys(hosts))
    names = [host for host in unique if not is_address(host)]
    if progress is not None and names:
        # A name server that does not answer holds everything up for seconds.
        progress("looking up {0}".format(_text.counted(len(names), "host name")))
    return {host: addresses(host, int(family)) for host in unique}


def is_address(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))
    except (OSError, ValueError):
        return False


def addresses(host: str, family: int) -> Found:
    try:
        found = socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # what can be no host name at all is the second
        return "the host {0} has no address: {1}".format(_errors.shown(host), getattr(error, "strerror", None) or error)
    return tuple(dict.fromkeys((int(entry[0]), with_scope(entry[4])) for entry in found))


def with_scope(place: t.Tuple[t.Any, ...]) -> str:
    """The scope of a link-local address is a number apart from the address; written behind a % it is text again."""
    address = str(place[0]).partition("%")[0]
    return "{0}%{1}".format(address, place[3]) if len(place) == 4 and place[3] else address
