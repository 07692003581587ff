# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Units of many kinds on a booted host that only run, and what is attached to their cgroups, as the outer machine sees it."""

from __future__ import annotations

from tests.support.always.scene import attached, outer_mount
from tests.support.fleet import Host

SERVICE, SCRIPT = "netops-keepalive-always.service", "/usr/local/lib/netops-keepalive/always.py"
FILES = "find / -xdev -name '*netops-keepalive*' -not -path '/proc/*' -not -path '/run/*'"
SLEEP = "ExecStart=/usr/bin/sleep infinity\n"
UNITS = {
    "plain.service": f"[Unit]\nStartLimitIntervalSec=0\n[Service]\n{SLEEP}",
    "oneshot.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/setsid -f /usr/bin/sleep infinity\n",
    "strict.service": (
        f"[Service]\n{SLEEP}DynamicUser=yes\nProtectSystem=strict\nProtectControlGroups=yes\nPrivateUsers=yes\nPrivateNetwork=yes\n"
        "CapabilityBoundingSet=\nSystemCallFilter=~bpf\nNoNewPrivileges=yes\n"
    ),
    "each@.service": f"[Service]\n{SLEEP}",
    "rooted.service": f"[Service]\nRootDirectory=/srv/root\nMountAPIVFS=yes\nBindReadOnlyPaths=/usr /lib /lib64 /bin\n{SLEEP}",
    "activated.socket": "[Socket]\nListenStream=7555\n",
    "activated.service": f"[Service]\n{SLEEP}",
    "member.service": f"[Service]\nSlice=shop.slice\n{SLEEP}",
    "shop.slice": "[Slice]\n",
}
WITH_DROP_IN = (
    "plain.service", "oneshot.service", "strict.service", "each@one.service", "activated.socket", "activated.service",
)  # fmt: skip
"""The socket first: it does not start while its service runs."""
ROOTED = ("rooted.service", "shop.slice")
"""They take a unit of their own that attaches."""


def install(host: Host) -> None:
    for name, text in UNITS.items():
        host.run(f"cat > /etc/systemd/system/{name}", text=text)
    host.run("mkdir -p /srv/root/usr /srv/root/lib /srv/root/lib64 /srv/root/bin; systemctl daemon-reload")
    host.run("systemctl start member.service " + " ".join((*WITH_DROP_IN, *ROOTED)))


def programs(host: Host, unit: str | None = None) -> list[int]:
    """The ids of what is attached to the cgroup of the unit, or of the host."""
    below = "" if unit is None else host.run(f"systemctl show -P ControlGroup {unit}").stdout.strip().lstrip("/")
    if unit is not None and not below:
        return []
    return [one["id"] for one in attached(outer_mount() / host.machine.name / "payload" / below)]


def status(host: Host) -> tuple[int, str]:
    done = host.run(f"python3 -IS {SCRIPT} status", check=False)
    return done.returncode, done.stdout
