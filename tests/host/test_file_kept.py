# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a write leaves alone: lines, bytes, mode, owner and labels of the file, and the work of others."""

from __future__ import annotations

import re

from tests.support import needs
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost, result_of

LINE = b"net.ipv4.tcp_keepalive_time = %d\n"


def test_bytes_that_are_not_ours(host: ThrowawayHost) -> None:
    """Bytes that are not UTF-8, blanks that only Python takes for line ends, and the ends of a Windows editor."""
    theirs = b"# \xff\xfe caf\xe9 \xc2\x85 \xe2\x80\xa8\x0c|\r\nnet.core.somaxconn = 5\r\n; no end"
    host.write(OUR_FILE, b"# first\r\n" + LINE % 10 + theirs)
    promised = host.set(check_mode=True, time=60)
    done = host.set(time=60)
    assert promised == done
    assert host.read() == b"# first\r\n" + LINE % 60 + theirs
    assert host.after_boot() == (60, 75, 9)

    assert host.set(state="absent")["changed"]
    assert host.read() == b"# first\r\n" + theirs


def test_an_assignment_with_the_end_of_a_windows_editor(host: ThrowawayHost) -> None:
    host.write(OUR_FILE, b"net.core.somaxconn = 5\r\n" + (LINE % 10).replace(b"\n", b"\r\n"))
    assert host.set(time=60)["changed"]
    assert host.read() == b"net.core.somaxconn = 5\r\n" + (LINE % 60).replace(b"\n", b"\r\n")
    assert host.after_boot("systemd") == host.after_boot("procps") == (60, 75, 9)
    assert host.set(time=60)["changed"] is False


def test_mode_and_extended_attributes(host: ThrowawayHost) -> None:
    needs.program("setfattr", package="attr")
    host.write(OUR_FILE, LINE % 10)
    host.sh(f"chmod 640 {OUR_FILE}; setfattr -n user.ticket -v 4711 {OUR_FILE}")
    assert host.set(time=60)["changed"]
    assert host.read() == LINE % 60
    assert (
        host.sh(f"stat -c %a {OUR_FILE}; getfattr --absolute-names --only-values -n user.ticket {OUR_FILE}")
        == "640\n4711"
    )


def test_owner_and_selinux_label(host: ThrowawayHost) -> None:
    needs.root()
    needs.program("setfattr", package="attr")
    host.write(OUR_FILE, LINE % 10)
    label = "system_u:object_r:system_conf_t:s0"
    host.sh(
        f"chown 65534:7 {OUR_FILE}; chmod 664 {OUR_FILE}; setfattr -n security.selinux -v {label} {OUR_FILE}",
        machine_root=True,
    )
    assert host.set(machine_root=True, time=60)["changed"]
    assert host.read() == LINE % 60
    shown = f"stat -c '%u:%g %a' {OUR_FILE}; getfattr --absolute-names --only-values -n security.selinux {OUR_FILE}"
    assert host.sh(shown, machine_root=True) == f"65534:7 664\n{label}"


def test_a_new_file_is_for_everybody_to_read(host: ThrowawayHost) -> None:
    assert host.set(time=60, under=["sh", "-c", 'umask 077; exec "$@"', "sh"])["changed"]
    assert host.sh(f"stat -c %a {OUR_FILE}") == "644\n"


def test_leftovers_of_runs_that_were_killed_go(host: ThrowawayHost) -> None:
    """Also beside a file that had been taken over; what a run that still lives is writing stays."""
    host.own_etc()
    dead = host.sh("sh -c 'echo $$'").strip()
    host.write(f"/etc/sysctl.d/.99-tcp-keepalive.conf.{dead}.netops-keepalive", "half")
    host.write(f"/etc/.sysctl.conf.{dead}.netops-keepalive", "half")
    host.write("/etc/sysctl.d/.99-tcp-keepalive.conf.1.netops-keepalive", "half")
    host.write("/etc/sysctl.d/.99-tcp-keepalive.conf.swp", "an editor's")
    before = host.footprint()
    host.set(check_mode=True, time=60)
    assert host.footprint() == before
    host.set(time=60)
    assert sorted(host.sh("cd /etc; find . -maxdepth 1 -name '.sysctl.conf*'; find sysctl.d -type f").split()) == [
        "sysctl.d/.99-tcp-keepalive.conf.1.netops-keepalive",
        "sysctl.d/.99-tcp-keepalive.conf.swp",
        "sysctl.d/99-tcp-keepalive.conf",
    ]


def test_runs_at_the_same_time_that_want_the_same(host: ThrowawayHost) -> None:
    results = [result_of(process) for process in [host.begin(time=60, interval=20, probes=3) for _ in range(6)]]
    assert [result.get("msg") for result in results] == [None] * 6
    assert host.runtime() == host.after_boot() == (60, 20, 3)
    assert host.sh("ls -A /etc/sysctl.d") == "99-tcp-keepalive.conf\n"


def test_runs_at_the_same_time_that_want_something_else(host: ThrowawayHost) -> None:
    """Some may have to give up; none leaves anything half written, and the next run sets it right."""
    host.set(time=50)
    results = [result_of(process) for process in [host.begin(time=time) for time in range(51, 57)]]
    gave_up = r"(.* something else (sets it|edits the sysctl files) at the same time\.)?"
    assert [result["msg"] for result in results if not re.fullmatch(gave_up, result.get("msg", ""))] == []
    assert re.fullmatch(rb"# TCP .*\nnet\.ipv4\.tcp_keepalive_time = 5[0-6]\n", host.read())
    assert host.sh("ls -A /etc/sysctl.d") == "99-tcp-keepalive.conf\n"
    assert "failed" not in host.set(time=60)
    assert host.runtime() == host.after_boot() == (60, 75, 9)
