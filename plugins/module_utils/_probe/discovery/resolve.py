# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of other hosts. A name with many ports is looked up once in a run."""

import socket
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses

# A family, and an address that may have a scope.
Address = t.Tuple[int, str]
Found = t.Union[t.Tuple[Address, ...], str]


def look_up(
    hosts: t.Iterable[str], source: t.Optional[str], progress: t.Optional[t.Callable[[str], None]] = None
) -> t.Dict[str, Found]:
    """All addresses of each host, in the order in which they are tried; with ``source`` only those of its family. A sentence
    where there is none."""
    family = addresses.family_of(source) if source else socket.AF_UNSPEC
    unique = list(dict.fromkeys(hosts))
    names = [host for host in unique if not is_address(host)]
    if progress is not None and names:
        # A name server that does not answer delays the run for seconds.
        progress("looking up {0}".format(_text.counted(len(names), "host name")))
    return {host: addresses_of(host, int(family)) for host in unique}


def is_address(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))
    except (OSError, ValueError):
        return False


def addresses_of(host: str, family: int) -> Found:
    try:
        found = socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # text that cannot be a host name is a ValueError
        return "the host {0} has no address: {1}".format(_errors.shown(host), _text.why(error))
    return tuple(dict.fromkeys((int(entry[0]), with_scope(entry[4])) for entry in found))


def with_scope(sockaddr: t.Tuple[t.Any, ...]) -> str:
    """A link-local address with its scope behind a %: the system gives the scope as a number of its own."""
    address = str(sockaddr[0]).partition("%")[0]
    return "{0}%{1}".format(address, sockaddr[3]) if len(sockaddr) == 4 and sockaddr[3] else address
