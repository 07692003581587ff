# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands at the place of the file: links, directories, masks, other files that hide it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

LINE = "net.ipv4.tcp_keepalive_time = {0}\n"


class InTheWay(NamedTuple):
    prepare: str
    sentence: str
    file: str = OUR_FILE


IN_THE_WAY = {
    "a directory": InTheWay(f"mkdir {OUR_FILE}", f"file is '{OUR_FILE}': it is a directory."),
    "a pipe": InTheWay(f"mkfifo {OUR_FILE}", f"file is '{OUR_FILE}': it is not a regular file."),
    "a mask": InTheWay(
        f"ln -s /dev/null {OUR_FILE}",
        f"file is '{OUR_FILE}': it is masked by a link to /dev/null; remove that link or choose another name.",
    ),
    "a link that leaves the folder": InTheWay(
        f"echo 'net.core.somaxconn = 5' > /run/elsewhere; ln -s /run/elsewhere {OUR_FILE}",
        f"file is '{OUR_FILE}': it is a link to /run/elsewhere, in another folder.",
    ),
    "a link that goes up": InTheWay(
        f"ln -s ../sysctl.conf {OUR_FILE}",
        f"file is '{OUR_FILE}': it is a link to /etc/sysctl.conf, in another folder.",
    ),
    "a link to nothing": InTheWay(
        f"ln -s nowhere.conf {OUR_FILE}",
        f"file is '{OUR_FILE}': it is a link to /etc/sysctl.d/nowhere.conf, which does not exist.",
    ),
    "a link to itself": InTheWay(
        f"ln -s 99-tcp-keepalive.conf {OUR_FILE}",
        f"file is '{OUR_FILE}': it is a link to {OUR_FILE}, which does not exist.",
    ),
    "carriage returns inside its lines": InTheWay(
        f"printf '# a\\rnet.core.somaxconn = 5\\n' > {OUR_FILE}",
        f"file is '{OUR_FILE}': it has carriage returns or null bytes inside its lines, which systemd-sysctl and sysctl read differently.",
    ),
    "null bytes": InTheWay(
        f"printf '# a\\0net.core.somaxconn = 5\\n' > {OUR_FILE}",
        f"file is '{OUR_FILE}': it has carriage returns or null bytes inside its lines, "
        "which systemd-sysctl and sysctl read differently.",
    ),
    "a file of the same name in an earlier folder": InTheWay(
        "mkdir -p /run/sysctl.d; echo '# mine' > /etc/sysctl.d/50-a.conf; mount -t tmpfs own /usr/local/lib",
        "file is '/usr/local/lib/sysctl.d/50-a.conf': /etc/sysctl.d/50-a.conf hides it when this host boots; "
        "allowed is a name in /etc/sysctl.d that ends in .conf and does not start with a dot.",
        "/usr/local/lib/sysctl.d/50-a.conf",
    ),
}


@pytest.mark.parametrize("case", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_in_the_way(host: ThrowawayHost, case: InTheWay) -> None:
    host.sh(case.prepare)
    before = host.footprint()
    promised = host.set(check_mode=True, time=60, file=case.file)
    refused = host.set(time=60, file=case.file)
    assert refused["msg"] == promised["msg"] == case.sentence
    assert host.footprint() == before


@pytest.mark.parametrize("case", [IN_THE_WAY[name] for name in ("a directory", "a mask", "a link to nothing")])
def test_absent_finds_nothing_of_ours_there(host: ThrowawayHost, case: InTheWay) -> None:
    host.sh(case.prepare)
    before = host.footprint()
    assert host.set(state="absent")["changed"] is False
    assert host.footprint() == before


def test_a_link_within_the_folder_is_followed_and_stays(host: ThrowawayHost) -> None:
    real = "/etc/sysctl.d/98-real.conf"
    host.write(real, LINE.format(10))
    host.sh(f"ln -s 98-real.conf {OUR_FILE}")
    promised = host.set(check_mode=True, time=60)
    done = host.set(time=60)
    assert promised == done
    assert [item["after_header"] for item in done["diff"]] == ["/proc/sys/net/ipv4/tcp_keepalive_time", real]
    assert host.sh(f"readlink {OUR_FILE}") == "98-real.conf\n"
    assert host.read(real).decode() == LINE.format(60)
    assert host.after_boot() == (60, 75, 9)

    host.set(state="absent")
    assert host.sh(f"readlink {OUR_FILE}; wc -c < {real}") == "98-real.conf\n0\n"
    assert host.after_boot() == host.runtime() == (7200, 75, 9)
    assert host.set(time=60)["changed"] is True


def with_linked_folder(host: ThrowawayHost) -> str:
    """/etc/sysctl.d is a link; the folder that it leads to."""
    host.own_etc()
    folder = f"{host.disk}/shared/sysctl.d"
    host.sh(f"rmdir /etc/sysctl.d; mkdir -p {folder}; ln -s {folder} /etc/sysctl.d")
    return folder


def test_a_folder_that_is_a_link(host: ThrowawayHost) -> None:
    folder = with_linked_folder(host)
    real = f"{folder}/99-tcp-keepalive.conf"
    promised = host.set(check_mode=True, time=60)
    done = host.set(time=60)
    assert promised == done
    assert done["diff"][-1]["after_header"] == real
    assert host.after_boot() == (60, 75, 9)
    assert host.set(time=60)["changed"] is False

    done = host.set(time=70)
    assert done["diff"][-1]["after_header"] == real
    assert host.after_boot() == (70, 75, 9)

    assert host.set(state="absent")["changed"] is True
    assert host.sh(f"ls -A {folder}; readlink /etc/sysctl.d") == f"{folder}\n"
    assert host.runtime() == host.after_boot() == (7200, 75, 9)


def test_take_over_in_a_folder_that_is_a_link(host: ThrowawayHost) -> None:
    with_linked_folder(host)
    later = "/etc/sysctl.d/99-zz.conf"
    host.write(later, LINE.format(300))
    assert host.set(time=60, overridden="take_over")["changed"] is True
    assert host.read(later).decode() == f"# taken over by netops.keepalive.tcp_keepalive: {LINE.format(300)}"
    assert host.after_boot() == (60, 75, 9)


def test_a_link_that_leaves_a_folder_that_is_a_link(host: ThrowawayHost) -> None:
    folder = with_linked_folder(host)
    host.sh(f"echo '# theirs' > {folder}/../elsewhere; ln -s ../elsewhere {OUR_FILE}")
    sentence = f"file is '{OUR_FILE}': it is a link to {host.disk}/shared/elsewhere, in another folder."
    assert host.set(time=60)["msg"] == sentence
    assert host.runtime() == (7200, 75, 9)


def test_sysctl_conf_where_a_link_has_it_read(host: ThrowawayHost) -> None:
    """As Debian 12 and RHEL have it."""
    host.own_etc()
    host.sh("ln -s ../sysctl.conf /etc/sysctl.d/99-sysctl.conf; echo '# mine' > /etc/sysctl.conf")
    promised = host.set(check_mode=True, time=60, file="/etc/sysctl.conf")
    assert host.set(time=60, file="/etc/sysctl.conf") == promised
    assert host.read("/etc/sysctl.conf").decode() == "# mine\n" + LINE.format(60)
    assert host.after_boot("systemd") == host.after_boot("procps") == (60, 75, 9)

    host.write("/etc/sysctl.conf", LINE.format(60))
    assert host.set(state="absent", file="/etc/sysctl.conf")["changed"]
    assert host.read("/etc/sysctl.conf") == b""


VENDOR = "/usr/lib/sysctl.d/50-default.conf"
SAME_NAME = "/etc/sysctl.d/50-default.conf"


def test_a_name_that_would_hide_another_file(host: ThrowawayHost) -> None:
    host.write(VENDOR, "# as shipped\nkernel.sysrq = 16\nnet.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n")
    before = host.footprint()
    promised = host.set(check_mode=True, time=60, file=SAME_NAME)
    assert (
        host.set(time=60, file=SAME_NAME)["msg"]
        == promised["msg"]
        == (
            f"file is '{SAME_NAME}': it would hide {VENDOR} with 3 other settings at boot; choose a name that no other file has."
        )
    )
    assert host.footprint() == before
    assert host.set(time=60, file=SAME_NAME, boot=False)["changed"] is True


def test_a_name_that_would_hide_a_file_that_is_too_large_to_be_read(host: ThrowawayHost) -> None:
    host.write(VENDOR, "kernel.sysrq = 16\n" + "#" * (3 << 20))
    assert host.set(time=60, file=SAME_NAME)["msg"] == (
        f"file is '{SAME_NAME}': it would hide {VENDOR}, which was not read, at boot; choose a name that no other file has."
    )


def test_a_name_that_hides_nothing_but_the_same_values(host: ThrowawayHost) -> None:
    host.write(VENDOR, LINE.format(600))
    assert host.set(time=60, file=SAME_NAME)["changed"] is True
    assert host.after_boot() == (60, 75, 9)
    # Two values in the file that is hidden, and one of them is not named.
    host.sh(f"rm {SAME_NAME}; echo net.ipv4.tcp_keepalive_intvl = 20 >> {VENDOR}")
    assert "with 1 other setting at boot" in host.set(time=60, file=SAME_NAME)["msg"]


def test_a_file_that_hides_another_one_already(host: ThrowawayHost) -> None:
    host.write(VENDOR, "kernel.sysrq = 16\n")
    host.write(SAME_NAME, "kernel.sysrq = 16\n")
    assert host.set(time=60, file=SAME_NAME)["changed"] is True
    assert host.set(state="absent", file=SAME_NAME)["changed"] is True


def test_a_folder_that_is_not_there_is_made(host: ThrowawayHost) -> None:
    host.sh(f"mkdir {host.disk}/lib; mount --bind {host.disk}/lib /usr/local/lib")
    file = "/usr/local/lib/sysctl.d/50-a.conf"
    done = host.set(time=60, file=file, under=["sh", "-c", 'umask 077; exec "$@"', "sh"])
    assert done["boot_source"]["time"] == {"file": file, "line": 2}
    assert host.sh(f"stat -c '%A' /usr/local/lib/sysctl.d {file}") == "drwxr-xr-x\n-rw-r--r--\n"
    assert host.after_boot() == (60, 75, 9)


def test_a_file_in_place_of_the_folder(host: ThrowawayHost) -> None:
    host.own_etc()
    host.sh("rmdir /etc/sysctl.d; : > /etc/sysctl.d")
    promised = host.set(check_mode=True, time=60)
    assert host.set(time=60)["msg"] == promised["msg"] == f"Cannot write {OUR_FILE}: Not a directory."
    assert host.runtime() == (7200, 75, 9)


def test_a_file_that_this_user_may_not_read(host: ThrowawayHost) -> None:
    needs.root()
    host.write(OUR_FILE, LINE.format(10))
    host.sh(f"chmod 600 {OUR_FILE}")
    sentence = f"file is '{OUR_FILE}': this user may not read it; run the task with become: true."
    assert host.as_nobody("tcp_keepalive", time=60)["msg"] == sentence
    assert host.as_nobody("tcp_keepalive", state="absent")["msg"] == sentence
