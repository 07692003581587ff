# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that a silent client harms: a listener that was not named by its port gets no connection there. Pure."""

import fnmatch
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import addresses

ONE_CLIENT = "it serves one client at a time, and the probe would block it for others"
DEBUGGER = "its only client is a debugger, and the debugged program stops or ends with that connection"
ONE_SHOT = "it may serve one connection and end with it"
CLUSTER = "only members of its cluster connect there, and a silent one can delay the others"
ACTIVATED = "{0} holds it for a service that a connection would start"
COUNTED = "it blocks a client after a number of silent connections (max_connect_errors)"
UNKNOWN = "its program is not shown to this user, and a connection may start or harm it"


class Rule(t.NamedTuple):
    """``process`` is a pattern for the name (the kernel keeps 15 characters of it); no ``ports`` means all of them."""

    process: str
    why: str
    ports: t.Tuple[int, ...] = ()
    on_loopback: bool = True
    """Whether it also matters for a client of the same machine."""


# A cluster or a debugger is known by its default port. On another port it gets one short connection.
RULES = (
    # The manager of the system, of a user or of a container; it is the process only while no service holds the socket too.
    Rule("systemd", ACTIVATED),
    Rule("init", ACTIVATED),
    Rule("inetd", ACTIVATED),
    Rule("xinetd", ACTIVATED),
    Rule("inetutils-inetd", ACTIVATED),
    Rule("gdbserver", DEBUGGER),
    Rule("lldb-server*", DEBUGGER),
    Rule("dlv", DEBUGGER),
    Rule("java", DEBUGGER, (5005,)),  # JDWP: -agentlib:jdwp=transport=dt_socket,address=*:5005
    Rule("python*", DEBUGGER, (5678,)),  # debugpy
    Rule("qemu-system*", ONE_CLIENT),  # -serial tcp:...,server; -monitor tcp:...; -gdb
    Rule("qemu-kvm", ONE_CLIENT),
    Rule("conserver", ONE_CLIENT),
    Rule("ser2net", ONE_CLIENT),
    Rule("nc", ONE_SHOT),
    Rule("nc.*", ONE_SHOT),
    Rule("ncat", ONE_SHOT),
    Rule("netcat", ONE_SHOT),
    Rule("socat", ONE_SHOT),
    Rule("mysqld", CLUSTER, (4444, 4567, 4568, 33061)),  # Galera, group replication
    Rule("mariadbd", CLUSTER, (4444, 4567, 4568)),
    Rule("mysqld", COUNTED, on_loopback=False),
    Rule("mariadbd", COUNTED, on_loopback=False),
    Rule("etcd", CLUSTER, (2380,)),
    Rule("consul", CLUSTER, (8300, 8301, 8302)),
    Rule(
        "java", CLUSTER, (2888, 3888, 5701, 7000, 7001, 7800, 9300)
    ),  # ZooKeeper, Hazelcast, Cassandra, JGroups, Elasticsearch
    Rule("ceph-*", CLUSTER),
    Rule("glusterfsd", CLUSTER),
    Rule("pacemaker-remot*", CLUSTER),
    Rule("corosync-qnetd", CLUSTER),
)


def why_not_connect(listener: types.Listener) -> t.Optional[str]:
    """The harm that a silent client does to the program that listens there; ``None`` where none is known.

    A listener at an address of another interface than loopback sees the probe come from that address.
    """
    process = listener.process
    if process is None:
        return UNKNOWN
    names = {process.name, process.command.split(" ")[0].rpartition("/")[2]}
    local = listener.address in addresses.WILDCARDS or addresses.is_loopback(listener.address)
    for rule in RULES:
        by_name = any(fnmatch.fnmatchcase(name, rule.process) for name in names)
        by_port = not rule.ports or listener.port in rule.ports
        if by_name and by_port and (rule.on_loopback or not local):
            return rule.why.format(process.name)
    return None
