# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that stand in always.conf: a section for the host, and one for each unit. Pure."""

import configparser
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import config
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

CONF = "/etc/netops-keepalive/always.conf"
HOST = "host"
HEADER = """\
# What netops-keepalive-always.service attaches. The Ansible module netops.keepalive.tcp_keepalive_always has written it.
# Times are in seconds; a value that is missing comes from the sysctls of the connection's network namespace.
"""
NUMBERS = ("time", "interval", "probes", "user_timeout")

Sections = t.Mapping[str, config.Config]
"""By unit, or ``HOST``; without the cookie of a network namespace, which each boot tells anew."""


def render(sections: Sections) -> str:
    """The units in the order of their names, so that equal values are equal texts."""
    names = sorted(sections, key=lambda name: (name != HOST, name))
    return HEADER + "".join("\n[{0}]\n{1}".format(name, "".join(lines(sections[name]))) for name in names)


def lines(values: config.Config) -> t.Iterator[str]:
    if values.flags & layout.EXCLUDED:
        yield "excluded = yes\n"
        return
    is_loopback = bool(values.flags & layout.LOOPBACK)
    shown = {config.network_text(one) for one in values.remotes} - set(() if is_loopback else config.LOOPBACK)
    numbers = (values.time, values.interval, values.probes, values.user_timeout // 1000)
    yield "direction = {0}\n".format(config.DIRECTIONS[values.flags & (layout.OUTGOING | layout.INCOMING)])
    for name, number in zip(NUMBERS, numbers):
        if number:
            yield "{0} = {1}\n".format(name, number)
    yield "containers = {0}\n".format("yes" if values.flags & layout.CONTAINERS else "no")
    yield "loopback = {0}\n".format("yes" if is_loopback else "no")
    if values.ports:
        yield "exclude_ports = {0}\n".format(" ".join(map(str, sorted(values.ports))))
    if shown:
        yield "exclude_remotes = {0}\n".format(" ".join(sorted(shown)))


def parse(text: str) -> t.Dict[str, config.Config]:
    """Raises ``InvalidValue``."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    try:
        parser.read_string(text)
        return {name: section(parser[name]) for name in parser.sections()}
    except (configparser.Error, KeyError, ValueError) as error:
        why = " ".join(str(error).split())
        raise _errors.InvalidValue("{0} cannot be understood: {1}.".format(CONF, why)) from error


def section(given: configparser.SectionProxy) -> config.Config:
    """Raises ``KeyError``, ``ValueError``."""
    if given.getboolean("excluded", False):
        return config.Config(flags=layout.EXCLUDED)
    is_loopback, containers = given.getboolean("loopback", False), given.getboolean("containers", False)
    flags = config.FLAGS[given.get("direction", "both")]
    flags |= (layout.LOOPBACK if is_loopback else 0) | (layout.CONTAINERS if containers else 0)
    time, interval, probes, timeout = (int(given.get(name, "0")) for name in NUMBERS)
    ports = frozenset(int(port) for port in given.get("exclude_ports", "").split())
    networks = given.get("exclude_remotes", "").split() + ([] if is_loopback else list(config.LOOPBACK))
    remotes = frozenset(config.remote(network) for network in networks)
    return config.Config(0, flags, time, interval, probes, timeout * 1000, ports, remotes)
