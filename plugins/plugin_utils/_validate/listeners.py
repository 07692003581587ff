# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a listener is called, whether its verdict fails the host, and whether a host's listeners prove anything. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _text
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text

Entry = t.Mapping[str, t.Any]

OFFENCES = ("keepalive_off", "time_too_long", "drops_too_late", "not_seen")
# A listener that no target names may come and go: an unreachable port fails only where it was named.
OFFENCES_WHERE_NAMED = ("refused", "unreachable", "not_accepted")
# Verdicts that neither prove a listener nor accuse it.
UNDECIDED = ("masked", "reset", "inconclusive", "unreadable", *OFFENCES_WHERE_NAMED)
UNPROVEN = ("unreadable", "inconclusive")
# Why a host's listeners prove nothing.
NO_PRIVILEGE, KERNEL = "no_privilege", "kernel"
FAIL_ON = (*OFFENCES, *OFFENCES_WHERE_NAMED, NO_PRIVILEGE)
LONGEST_NAME = 80
# No path can forget such a connection, and the kernel tells of a process that ends on the same host at once.
LOCAL = "reached from this host only"


def offends(entry: Entry, fail_on: t.Collection[str] = FAIL_ON) -> bool:
    return entry["verdict"] in fail_on and (entry["named"] or entry["verdict"] not in OFFENCES_WHERE_NAMED)


def is_local(entry: Entry) -> bool:
    """Whether only this host reaches it, and no target names it. It needs a verdict, that is, a policy."""
    loopback = addresses.is_loopback(entry["address"] or "")
    return entry["verdict"] is not None and loopback and not entry["named"] and not entry["host"]


def unproven(entries: t.Iterable[Entry], lacks: str | None) -> list[Entry]:
    """The listeners without proof, if there is none for any listener, or privilege was missing; otherwise none.

    A listener counts if it has a verdict and is not exempt, and on a loopback address only if it was named.
    """
    to_judge = [entry for entry in entries if entry["verdict"] not in (None, "exempt")]
    to_judge = [entry for entry in to_judge if entry["named"] or not addresses.is_loopback(entry["address"] or "")]
    found = [entry for entry in to_judge if entry["verdict"] in UNPROVEN]
    return found if len(found) == len(to_judge) or lacks == NO_PRIVILEGE else []


def program(entry: Entry) -> str:
    """The name of the application, else of its process; empty where neither is known."""
    found = entry["name"] or (entry["process"] or {}).get("name") or ""
    return returned_text.clipped(returned_text.one_line(found), LONGEST_NAME)


def where(entry: Entry) -> str:
    return _text.endpoint(entry["host"] or entry["address"], ports(entry), entry["namespace"])


def ports(entry: Entry) -> int | str | None:
    """``8000``, or ``8000-8100`` for a range that has no listener."""
    port: int | None = entry["port"]
    return port if entry["last_port"] is None else "{0}-{1}".format(port, entry["last_port"])


def title(entry: Entry) -> str:
    """``redis 127.0.0.1:6379``."""
    return " ".join(filter(None, (program(entry), where(entry))))
