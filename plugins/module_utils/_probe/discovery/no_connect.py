# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that a silent client harms: what nobody named by its port is read there without a connection. Pure."""

import fnmatch
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types

ONE_CLIENT = "it serves one client at a time, and whoever needs it would have to wait"
DEBUGGER = "its one client is the debugger, and the program that is debugged stops or ends with it"
ONE_SHOT = "it may serve one connection and end with it"
CLUSTER = "only members of its cluster connect there, and one that says nothing can hold up the others"
ACTIVATED = "{0} holds it for a service that a connection would start"
COUNTED = "it blocks a client after a number of connections that say nothing (max_connect_errors)"
UNKNOWN = "the program that has it is not shown to this user, and a connection may start or harm it"
LOOPBACK = ("127.*", "::1", "0.0.0.0", "::")


class Rule(t.NamedTuple):
    """``process`` is a pattern for the name, of which the kernel keeps 15 characters; no ``ports`` means all of them."""

    process: str
    why: str
    ports: t.Tuple[int, ...] = ()
    on_loopback: bool = True
    """Whether it also matters for a client of the same machine."""


# A port of a cluster or debugger is known by its default alone. An unusual port is no harm beyond one short connection.
RULES = (
    # The system's, a user's, a container's; they are named only where no service holds the socket too.
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
    """What a silent client does to the program that listens there; ``None`` where nothing is known against it.

    A listener at an address that is not of the loopback interface sees the probe come from that address.
    """
    process = listener.process
    if process is None:
        return UNKNOWN
    names = {process.name, process.command.split(" ")[0].rpartition("/")[2]}
    local = any(fnmatch.fnmatchcase(listener.address, pattern) for pattern in LOOPBACK)
    for rule in RULES:
        by_name = any(fnmatch.fnmatchcase(name, rule.process) for name in names)
        by_port = not rule.ports or listener.port in rule.ports
        if by_name and by_port and (rule.on_loopback or not local):
            return rule.why.format(process.name)
    return None
