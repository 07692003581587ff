# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that attach the program at boot and at a unit's start: where they are, and what stands in them. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import held, values

SCRIPT = "/usr/local/lib/netops-keepalive/always.py"
UNITS = "/etc/systemd/system/"
NAME = "netops-keepalive-always"
SERVICE, TEMPLATE = UNITS + NAME + ".service", UNITS + NAME + "@.service"
LINK = UNITS + "sysinit.target.wants/" + NAME + ".service"
DROP_INS, COMPANIONS = UNITS + "*.d/50-netops-keepalive.conf", UNITS + "*.wants/" + NAME + "@*.service"
MARK = (
    "# Written by the Ansible module netops.keepalive.tcp_keepalive_always; its task with state: absent removes it.\n"
)

SERVICE_TEXT = (
    MARK
    + """\
[Unit]
Description=TCP keepalive for connections whose application leaves it off
DefaultDependencies=no
RequiresMountsFor=/usr/local/lib/netops-keepalive
ConditionPathExists=!{disabled}
ConditionKernelCommandLine=!{word}
Wants=network-pre.target
Before=sysinit.target network-pre.target sockets.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={python} -IS {script} attach
ExecStop={python} -IS {script} off
TimeoutStartSec=10
TimeoutStopSec=10
CapabilityBoundingSet=CAP_BPF CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_SYS_RESOURCE CAP_DAC_OVERRIDE
NoNewPrivileges=yes
ProtectSystem=full
ProtectHome=yes
ProtectKernelModules=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=sysinit.target
"""
)
TEMPLATE_TEXT = (
    MARK
    + """\
[Unit]
Description=TCP keepalive for connections of %i whose application leaves it off
DefaultDependencies=no
BindsTo=%i
After=%i

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={python} -IS {script} unit %i
TimeoutStartSec=10
"""
)
DROP_IN_TEXT = (
    MARK
    + """\
[{section}]
ExecStartPre=-+/usr/bin/timeout --verbose 5 {python} -IS {script} unit %n
"""
)


def drop_in(unit: str) -> str:
    return "{0}{1}.d/50-netops-keepalive.conf".format(UNITS, unit)


def companion(unit: str) -> str:
    return "{0}{1}.wants/{2}@{1}.service".format(UNITS, unit, NAME)


def is_link(path: str) -> bool:
    """The text of a link is the path that it leads to."""
    return path.rpartition("/")[0].endswith(".wants")


def needs_companion(unit: str, has_root: bool) -> bool:
    """A slice starts no command, and a unit with a root folder of its own would start it in there."""
    return unit.endswith(".slice") or has_root


def attaching(name: str, is_there: t.Callable[[str], bool]) -> t.Set[str]:
    """The files that attach to this unit, or to ``HOST``; none where one that it takes is missing."""
    own = {path for path in (drop_in(name), companion(name)) if name != values.HOST and is_there(path)}
    if not (own or name == values.HOST) or not all(map(is_there, (SCRIPT, SERVICE, LINK))):
        return set()
    return {SCRIPT, SERVICE, LINK} | own


def render(sections: values.Sections, with_companion: t.Container[str], script: str, python: str) -> t.Dict[str, str]:
    """By path, in the order in which they are written: what starts something comes last."""
    if not sections:
        return {}
    known = {"python": python, "script": SCRIPT, "disabled": held.DISABLED, "word": held.WORD}
    found = {SCRIPT: script, values.CONF: values.render(sections), SERVICE: SERVICE_TEXT.format(**known)}
    units = sorted(set(sections) - {values.HOST})
    if any(unit in with_companion for unit in units):
        found[TEMPLATE] = TEMPLATE_TEXT.format(**known)
    for unit in units:
        if unit in with_companion:
            found[companion(unit)] = TEMPLATE
        else:
            section = "Socket" if unit.endswith(".socket") else "Service"
            found[drop_in(unit)] = DROP_IN_TEXT.format(section=section, **known)
    found[LINK] = SERVICE
    return found
