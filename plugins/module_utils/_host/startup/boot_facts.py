# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How this host boots, as far as sysctl files are concerned: the program that reads them, and what keeps it from that."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import unit_files
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

# The version stands in the program itself, so it need not run. The name may also lead to busybox.
SYSCTL_PROGRAMS = ("/usr/sbin/sysctl", "/sbin/sysctl", "/usr/bin/sysctl", "/bin/sysctl")
PROCPS_VERSION = re.compile(rb"procps-ng ([0-9]+)\.([0-9]+)\.([0-9]+)")
FIRST_WITH_ETC_FIRST = (3, 3, 17)
# What is told apart.
PROCPS_VERSIONS = (((4, 0, 5), "4.0.5"), ((4,), "4"), ((0,), "3.3"))
SYSTEMD_SYSCTL = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
UNIT = "systemd-sysctl.service"
CONTAINER = "/run/systemd/container"
# The kernel shows it only in the network namespace that it makes when it starts (net/ipv4/sysctl_net_ipv4.c of Linux).
OF_FIRST_NAMESPACE = "/proc/sys/net/ipv4/tcp_max_orphans"
# It has no option for sysctls, so that its network namespaces start with the kernel's defaults.
SETS_NO_START_VALUES = "systemd-nspawn"
FIXED = sysctl_types.Obstacle(
    "/proc/sys/net is mounted read-only",
    "set the values where the network namespace is made (sysctls of the pod or container)",
)


def read_boot_facts(fixed: t.Optional[_settings.Settings], host: _local_host.LocalHost) -> sysctl_types.BootFacts:
    """``fixed`` are the values in force where no program that starts this host can set others."""
    systemd_boots = host.isdir("/run/systemd/system")
    kind = container(systemd_boots, host)
    command_line = "" if kind else host.text("/proc/cmdline")
    version, run_first = procps_version(host)
    has_systemd = systemd_boots or any(host.exists(path) for path in SYSTEMD_SYSCTL)
    has_procps = not systemd_boots or version is not None
    facts = sysctl_types.BootFacts(
        reader="systemd" if systemd_boots else "procps",
        installed=("systemd",) * has_systemd + ("procps",) * has_procps,
        procps=version,
        procps_run_first=run_first,
        command_line=command_line,
        start_is_known=kind in ("", SETS_NO_START_VALUES),
    )
    if fixed is not None:
        start = fixed if None not in fixed else facts.start
        return facts._replace(obstacles={"systemd": FIXED, "procps": FIXED}, start=start, start_is_known=True)
    if systemd_boots and not is_as_shipped(command_line, host):
        # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
        from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import systemd_sysctl

        service = systemd_sysctl.read_service(command_line, host)
        return facts._replace(
            obstacles={"systemd": service.obstacle} if service.obstacle else {}, doubts=facts.doubts + service.doubts
        )
    if not systemd_boots:
        from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import other_inits

        return facts._replace(doubts=facts.doubts + other_inits.doubts(version is not None, host))
    return facts


def container(systemd_boots: bool, host: _local_host.LocalHost) -> str:
    """What kind of container this is, in systemd's words; empty where the kernel's start is that of this host, as in WSL."""
    kind = host.text(CONTAINER).strip()
    if not kind and not systemd_boots and not host.exists(OF_FIRST_NAMESPACE):
        return "container-other"
    return "" if kind == "wsl" else kind


def is_as_shipped(command_line: str, host: _local_host.LocalHost) -> bool:
    """Whether the service that reads the files is the one that systemd ships, started at boot and not changed."""
    vendor = unit_files.LASTING_FOLDERS[-2:]
    changes = [folder + "/" + UNIT for folder in unit_files.LASTING_FOLDERS if folder not in vendor]
    return (
        "systemd.mask=" not in command_line
        and any(host.lexists(folder + "/sysinit.target.wants/" + UNIT) for folder in vendor)
        and not any(host.lexists(path) for path in changes + unit_files.drop_in_folders(UNIT))
    )


def procps_version(host: _local_host.LocalHost) -> t.Tuple[t.Optional[str], bool]:
    """The version as in ``BootFacts``, ``None`` where no procps is found, and whether it reads /run before /etc."""
    for path in SYSCTL_PROGRAMS:
        try:
            found = PROCPS_VERSION.search(host.read(path))
        except OSError:
            continue
        if found:
            version = tuple(int(part) for part in found.groups())
            return next(name for first, name in PROCPS_VERSIONS if version >= first), version < FIRST_WITH_ETC_FIRST
    return None, False
