# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners of programs that only pass connections on to the program that serves them. Pure."""

import fnmatch
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._probe import types

# Patterns for the name of a process (the kernel keeps 15 characters of it), and the program's full name.
FORWARDERS = (
    ("docker-proxy", "docker-proxy"),
    ("rootlesskit", "rootlesskit"),
    ("rootlessport", "rootlessport"),
    ("pasta*", "pasta"),
    ("passt*", "passt"),
    ("slirp4netns", "slirp4netns"),
    ("conmon", "conmon"),
    ("kube-proxy", "kube-proxy"),
    ("systemd-socket-*", "systemd-socket-proxyd"),
    ("ssh", "ssh"),
    ("sshd-session", "sshd"),
    ("socat*", "socat"),
)
# The proxy of a service mesh takes all connections of a network namespace: they are redirected to these ports of its own.
MESH_PROXIES = (("envoy", "envoy", (15001, 15006)), ("linkerd*proxy*", "linkerd-proxy", (4140, 4143)))
MESH_PORTS = {port for _pattern, _name, ports in MESH_PROXIES for port in ports}

Listeners = t.Sequence[types.Listener]
Meshes = t.Dict[t.Optional[str], str]


def marked(listeners: Listeners) -> t.List[types.Listener]:
    """The same listeners, with the name of the forwarder where one answers."""
    meshes = mesh_proxies(listeners)
    names = {name: by_name(name) for name in {name_of(listener) for listener in listeners}}
    if not meshes and not any(names.values()):
        return list(listeners)
    return [
        listener._replace(forwarder=names[name_of(listener)] or meshes.get(listener.namespace))
        for listener in listeners
    ]


def mesh_proxies(listeners: Listeners) -> Meshes:
    """The mesh proxy of each network namespace that has one. An envoy that no connection is redirected to is a server."""
    return {
        listener.namespace: name
        for listener in listeners
        if listener.port in MESH_PORTS
        for pattern, name, ports in MESH_PROXIES
        if listener.port in ports and fnmatch.fnmatchcase(name_of(listener), pattern)
    }


def by_name(process: str) -> t.Optional[str]:
    return next((name for pattern, name in FORWARDERS if fnmatch.fnmatchcase(process, pattern)), None)


def name_of(listener: types.Listener) -> str:
    return listener.process.name if listener.process else ""
