# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing that is installed for the boot keeps or delays a unit, whatever is wrong with it; the error is in the journal."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.support.always.boot_units import SCRIPT, SERVICE, install, programs
from tests.support.fleet import Fleet, Host
from tests.support.fleet.fixture import new_fleet
from tests.support.fleet.tasks import task

ALWAYS = "netops.keepalive.tcp_keepalive_always"
UNIT = "plain.service"
INSTALLED = (
    f"/usr/local/lib/netops-keepalive /etc/netops-keepalive /etc/systemd/system/{UNIT} /etc/systemd/system/{UNIT}.d"
)
AWAY = "/root/away"

FAULTS = {
    "no Python": ("mv /usr/bin/python3 /root/away", "mv /root/away /usr/bin/python3", "failed to run command"),
    "no script": (f"mv {SCRIPT} {AWAY}", f"mv {AWAY} {SCRIPT}", "can't open file"),
    "a broken script": (f"mv {SCRIPT} {AWAY}; echo 'import nothing' > {SCRIPT}", f"mv {AWAY} {SCRIPT}", "No module named 'nothing'"),
    "exit 1": (f"mv {SCRIPT} {AWAY}; echo 'raise SystemExit(\"it ends\")' > {SCRIPT}", f"mv {AWAY} {SCRIPT}", "it ends"),
    "hanging": (f"mv {SCRIPT} {AWAY}; echo 'import time; time.sleep(99)' > {SCRIPT}", f"mv {AWAY} {SCRIPT}", "timeout: sending signal TERM to command"),
    "not executable": ("chmod a-x /usr/bin/timeout", "chmod a+x /usr/bin/timeout", "Permission denied"),
    "no values": (f"mv /etc/netops-keepalive {AWAY}", f"mv {AWAY} /etc/netops-keepalive", "always.conf cannot be read: No such file or directory."),
    "odd values": (
        f"cp /etc/netops-keepalive/always.conf {AWAY}; sed -i 's/^time = .*/time = soon/' /etc/netops-keepalive/always.conf",
        f"mv {AWAY} /etc/netops-keepalive/always.conf", "always.conf cannot be understood: invalid literal for int() with base 10: 'soon'.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def fleet_of_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One that may attach programs, and one where a filter forbids the system call."""
    with new_fleet(tmp_path_factory.mktemp("faults"), 2, ["always", "bookworm"]) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def host(fleet_of_two: Fleet) -> Host:
    host = fleet_of_two.hosts[0]
    install(host)
    task(fleet_of_two, [host], ALWAYS, {"scope": "units", "units": [UNIT], "time": 120, "interval": 30, "probes": 4})
    return host


def restart(host: Host) -> float:
    begun = time.monotonic()
    host.run(f"systemctl restart {UNIT} && systemctl is-active {UNIT}")
    return time.monotonic() - begun


@pytest.mark.parametrize("fault", FAULTS)
def test_a_unit_starts_whatever_is_wrong(host: Host, fault: str) -> None:
    before, after, said = FAULTS[fault]
    restart(host)
    assert len(programs(host, UNIT)) == 1, "without a fault"
    since = host.run("date +@%s.%N").stdout.strip()
    host.run(before)
    try:
        assert restart(host) < (9 if fault == "hanging" else 4)
        assert programs(host, UNIT) == []
        assert said in host.run(f"journalctl --sync; journalctl -q -o cat -u {UNIT} --since {since}").stdout
    finally:
        host.run(after)


def test_where_bpf_is_forbidden_the_boot_goes_on(fleet_of_two: Fleet, host: Host) -> None:
    other = fleet_of_two.hosts[1]
    links = "/etc/systemd/system/sysinit.target.wants"
    files = f"{INSTALLED} /etc/systemd/system/{SERVICE} {links}/{SERVICE}"
    other.run(
        "base64 -d | tar -C / -xf - && systemctl daemon-reload",
        text=host.run(f"tar -C / -cf - {files} | base64").stdout,
    )
    other.reboot()
    other.run(f"systemctl start {UNIT}")
    assert other.run(f"systemctl is-active {UNIT} {SERVICE}", check=False).stdout == "active\nfailed\n"
    journal = other.run(f"journalctl -q -b -p err -o cat -u {SERVICE}").stdout
    assert "netops-keepalive: The program cannot be" in journal
    assert programs(other, UNIT) == []
