# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What else decides how a host comes up: where /etc lies, a masked service, the kernel's command line, tuned."""

from __future__ import annotations

import pytest

from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

LAYERS = "mkdir -p {0}/upper {0}/work; mount -t overlay -o lowerdir=/etc/sysctl.d,upperdir={0}/upper,workdir={0}/work none /etc/sysctl.d"
MASKED = f"systemd-sysctl.service is masked, so {OUR_FILE} has no effect at boot; unmask it, or pass boot: false."


def test_a_folder_in_memory(host: ThrowawayHost) -> None:
    host.sh("mount -t tmpfs none /etc/sysctl.d")
    assert_short_lived(host, "/etc/sysctl.d is a tmpfs")


def test_an_overlay_whose_upper_layer_is_in_memory(host: ThrowawayHost) -> None:
    host.sh(LAYERS.format("/run/layers"))
    assert_short_lived(host, "/etc/sysctl.d is an overlay whose upper layer is on a tmpfs")


def test_an_overlay_on_a_disk_lasts(host: ThrowawayHost) -> None:
    host.sh(LAYERS.format(host.disk))
    done = host.set(time=60)
    assert done.get("warnings", []) == done["limits"] == []


def assert_short_lived(host: ThrowawayHost, why: str) -> None:
    promised = host.set(check_mode=True, time=60)
    done = host.set(time=60)
    assert promised == done
    assert done["warnings"] == [f"{why}: {OUR_FILE} does not last until the next boot."]
    assert (
        done["limits"]
        == host.info()["limits"]
        == [f"{why}, so the files in /etc/sysctl.d do not last until the next boot."]
    )
    assert host.runtime() == (60, 75, 9)
    assert "warnings" not in host.set(time=70, boot=False)


@pytest.mark.parametrize("overridden", ["fail", "take_over"])
def test_a_masked_service(host: ThrowawayHost, overridden: str) -> None:
    host.own_etc()
    host.sh("ln -s /dev/null /etc/systemd/system/systemd-sysctl.service")
    before = host.footprint()
    assert host.set(time=60, overridden=overridden)["msg"] == MASKED
    assert host.footprint() == before
    done = host.set(time=60, boot=False)
    assert done["boot"]["after"]["time"] == 7200
    assert done["limits"] == ["systemd-sysctl.service is masked: no sysctl file has an effect at boot."]


def test_a_masked_service_and_warn(host: ThrowawayHost) -> None:
    host.own_etc()
    host.sh("ln -s /dev/null /etc/systemd/system/systemd-sysctl.service")
    done = host.set(time=60, overridden="warn")
    assert done["boot"]["after"]["time"] == 7200
    assert done["warnings"] == [f"systemd-sysctl.service is masked, so {OUR_FILE} has no effect at boot."]
    assert b"= 60" in host.read()


def with_command_line(host: ThrowawayHost, words: str) -> None:
    host.write("/run/cmdline", words + "\n")
    host.sh("mount --bind /run/cmdline /proc/cmdline")


def test_a_service_masked_by_the_command_line(host: ThrowawayHost) -> None:
    with_command_line(host, "root=/dev/sda systemd.mask=systemd-sysctl.service quiet")
    assert host.set(time=60)["msg"] == MASKED


def test_values_of_the_command_line(host: ThrowawayHost) -> None:
    """The kernel takes them before anything reads a file, so a file wins."""
    with_command_line(host, "quiet sysctl.net.ipv4.tcp_keepalive_time=77 sysctl.net/ipv4/tcp_keepalive_probes=5")
    info = host.info()
    assert info["boot"] == {"time": 77, "interval": 75, "probes": 5, "drop_after": 452}
    assert info["boot_source"]["time"] == {"file": "/proc/cmdline", "line": 1}
    done = host.set(time=60)
    assert done["boot"]["after"] == {"time": 60, "interval": 75, "probes": 5, "drop_after": 435}
    # Back to what then decides the boot.
    host.set(state="absent")
    assert host.runtime() == (77, 75, 5)


def test_the_command_line_does_not_concern_a_container(host: ThrowawayHost) -> None:
    with_command_line(host, "sysctl.net.ipv4.tcp_keepalive_time=77")
    host.write("/run/systemd/container", "lxc\n")
    assert host.info()["boot"]["time"] == 7200


PROFILE = "/etc/tuned/throughput-keepalive/tuned.conf"
VENDOR_FILE = "/usr/lib/sysctl.d/60-vendor.conf"


def with_tuned(host: ThrowawayHost, *, reapply: int) -> None:
    host.own_etc()
    host.write("/etc/tuned/active_profile", "throughput-keepalive\n")
    host.write("/etc/tuned/tuned-main.conf", f"daemon = 1\nreapply_sysctl = {reapply}\n")
    host.write(PROFILE, "[main]\nsummary=x\n\n[sysctl]\nnet.ipv4.tcp_keepalive_time=300\n")
    host.write("/run/tuned/tuned.pid", "1\n")


def test_tuned_that_reads_the_files_again(host: ThrowawayHost) -> None:
    with_tuned(host, reapply=1)
    done = host.set(time=60)
    assert done["boot"]["after"]["time"] == 60
    assert done["overridden_by"] == []
    assert done["limits"] == [
        "tuned sets time 300 by its profile throughput-keepalive, then reads the sysctl files of /etc again."
    ]


def test_tuned_wins_over_the_folders_that_it_does_not_read_again(host: ThrowawayHost) -> None:
    with_tuned(host, reapply=1)
    host.write(VENDOR_FILE, "net.ipv4.tcp_keepalive_time = 500\n")
    assert host.info()["boot_source"]["time"] == {"file": PROFILE, "line": 5}
    assert host.info()["boot"]["time"] == 300


def test_tuned_that_has_the_last_word(host: ThrowawayHost) -> None:
    with_tuned(host, reapply=0)
    before = host.footprint()
    refused = host.set(time=60)
    assert refused["msg"] == (
        f"{OUR_FILE} would not decide the values of the next boot, because {PROFILE}:5 sets time to 300 (tuned); "
        "remove that, or pass overridden: take_over (comments it out) or warn (goes on)."
    )
    assert refused["overridden_by"] == [
        {"parameter": "time", "value": 300, "file": PROFILE, "line": 5, "reader": "tuned"}
    ]
    refused = host.set(time=60, overridden="take_over")
    assert refused["msg"] == (
        f"{PROFILE}:5 sets time to 300 (tuned), and cannot be taken over: change the tuned profile, or reapply_sysctl of tuned."
    )
    assert host.footprint() == before

    done = host.set(time=60, overridden="warn")
    assert done["warnings"] == [f"{PROFILE}:5 sets time to 300 (tuned), and wins over {OUR_FILE} at the next boot."]
    assert done["boot"]["after"]["time"] == 300


def test_tuned_that_does_not_run(host: ThrowawayHost) -> None:
    with_tuned(host, reapply=0)
    host.sh("rm /run/tuned/tuned.pid")
    assert host.set(time=60)["boot"]["after"]["time"] == 60
