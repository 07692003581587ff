# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Another file wins at the next boot: the three answers to that, for each kind of file."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.support import needs
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost, output_of

LATER = "/etc/sysctl.d/99-zz.conf"
THEIRS = "# by hand\nnet.ipv4.tcp_keepalive_time = 300\nnet.core.somaxconn = 5\n  net/ipv4/tcp_keepalive_time=400\nnet.ipv4.tcp_keepalive_probes = 7\n"
TAKEN = (
    "# by hand\n"
    "# taken over by netops.keepalive.tcp_keepalive: net.ipv4.tcp_keepalive_time = 300\n"
    "net.core.somaxconn = 5\n"
    "# taken over by netops.keepalive.tcp_keepalive:   net/ipv4/tcp_keepalive_time=400\n"
    "net.ipv4.tcp_keepalive_probes = 7\n"
)
BY_LATER = {"parameter": "time", "value": 400, "file": LATER, "line": 4}


def refused(host: ThrowawayHost, **options: Any) -> tuple[str, list[dict[str, Any]]]:
    """What the module says, in check mode as well, and that it touched nothing."""
    before = host.footprint()
    promised = host.set(check_mode=True, **options)
    result = host.set(**options)
    assert result == promised
    assert result["failed"] is True
    assert host.footprint() == before
    return result["msg"], result["overridden_by"]


def test_fail_names_file_and_line(host: ThrowawayHost) -> None:
    host.write(LATER, THEIRS)
    sentence, overridden_by = refused(host, time=60, overridden="fail")
    assert sentence == (
        f"{OUR_FILE} would not decide the values of the next boot, because {LATER}:4 sets time to 400 (systemd-sysctl); "
        "remove that, or pass overridden: take_over (comments it out) or warn (goes on)."
    )
    assert overridden_by == [{**BY_LATER, "reader": "systemd"}]


def test_fail_names_each_value(host: ThrowawayHost) -> None:
    host.write(LATER, THEIRS)
    sentence, overridden_by = refused(host, time=60, interval=20, probes=3)
    assert (
        f"because {LATER}:4 sets time to 400 (systemd-sysctl) and {LATER}:5 sets probes to 7 (systemd-sysctl);"
        in sentence
    )
    assert [item["parameter"] for item in overridden_by] == ["time", "probes"]


def test_a_line_that_the_kernel_refuses(host: ThrowawayHost) -> None:
    """It hides ours, as systemd-sysctl only writes the last line; what stays is the kernel's own value."""
    host.write(LATER, 'net.ipv4.tcp_keepalive_time = "120"\n')
    sentence, overridden_by = refused(host, time=60)
    assert sentence == (
        f"{OUR_FILE} would not decide the values of the next boot, because {LATER}:1 is the last line for time and the kernel refuses its "
        "value, so that no file sets time (systemd-sysctl); remove that, or pass overridden: take_over (comments it out) or warn (goes on)."
    )
    assert overridden_by == [{"parameter": "time", "value": None, "file": LATER, "line": 1, "reader": "systemd"}]
    assert host.set(time=60, overridden="warn")["boot"]["after"]["time"] == host.after_boot()[0] == 7200
    assert host.set(time=60, overridden="take_over")["changed"] is True
    assert host.after_boot() == (60, 75, 9)


def test_fail_does_not_concern_what_is_not_named(host: ThrowawayHost) -> None:
    host.write(LATER, THEIRS)
    assert host.set(interval=20)["changed"] is True
    assert host.after_boot() == (400, 20, 7)


def test_fail_is_about_the_boot_only(host: ThrowawayHost) -> None:
    host.write(LATER, THEIRS)
    assert host.set(time=60, boot=False)["overridden_by"] == []
    assert host.runtime() == (60, 75, 9)


def test_the_same_value_elsewhere_is_no_override(host: ThrowawayHost) -> None:
    host.write(LATER, "net.ipv4.tcp_keepalive_time = 60\n")
    done = host.set(time=60)
    assert done["overridden_by"] == []
    assert done["boot_source"]["time"] == {"file": LATER, "line": 1}


def test_warn_goes_on(host: ThrowawayHost) -> None:
    host.write(LATER, THEIRS)
    promised = host.set(check_mode=True, time=60, overridden="warn")
    done = host.set(time=60, overridden="warn")
    assert promised == done
    assert done["overridden_by"] == [{**BY_LATER, "reader": reader} for reader in ("systemd", "procps")]
    assert done["warnings"] == [
        f"{LATER}:4 sets time to 400 (systemd-sysctl), and wins over {OUR_FILE} at the next boot.",
        f"{LATER}:4 sets time to 400 (sysctl --system), and would win over {OUR_FILE} where that program reads the files.",
    ]
    assert host.read(LATER).decode() == THEIRS
    assert host.runtime() == (60, 75, 9)
    assert host.after_boot() == (done["boot"]["after"]["time"], 75, 7) == (400, 75, 7)
    again = host.set(time=60, overridden="warn")
    assert again["changed"] is False
    assert again["warnings"] == done["warnings"]


def test_take_over_comments_out_our_keys_and_nothing_else(host: ThrowawayHost) -> None:
    host.write(LATER, THEIRS)
    host.sh(f"chmod 640 {LATER}")
    before = host.footprint()
    promised = host.set(check_mode=True, time=60, overridden="take_over")
    assert host.footprint() == before
    done = host.set(time=60, overridden="take_over")
    assert promised == done
    assert done["overridden_by"] == []
    assert [(item["before"], item["after"]) for item in done["diff"] if item["after_header"] == LATER] == [
        (THEIRS, TAKEN)
    ]
    assert host.read(LATER).decode() == TAKEN
    assert host.sh(f"stat -c %a {LATER}") == "640\n"
    assert host.after_boot("systemd") == host.after_boot("procps") == (60, 75, 7)

    settled = host.footprint()
    assert host.set(time=60, overridden="take_over")["changed"] is False
    assert host.footprint() == settled


def test_take_over_from_several_files(host: ThrowawayHost) -> None:
    """The hosts of an ansible.posix.sysctl loop with its defaults: the lines stand in /etc/sysctl.conf, read through a link."""
    host.own_etc()
    lines = "net.ipv4.tcp_keepalive_time={0}\nnet.ipv4.tcp_keepalive_intvl={0}\nnet.ipv4.tcp_keepalive_probes={0}\n"
    host.write("/etc/sysctl.conf", lines.format(11))
    host.sh("ln -s ../sysctl.conf /etc/sysctl.d/99-sysctl.conf")
    host.write("/etc/sysctl.d/99-tuning.conf", lines.format(12))
    host.write("/etc/sysctl.d/10-early.conf", lines.format(13))
    options: dict[str, Any] = {"time": 120, "interval": 30, "probes": 4, "overridden": "take_over"}
    promised = host.set(check_mode=True, **options)
    done = host.set(**options)
    assert promised == done
    assert host.after_boot("systemd") == host.after_boot("procps") == host.runtime() == (120, 30, 4)
    # What loses anyhow stays as it is, and the link a link.
    assert host.read("/etc/sysctl.d/10-early.conf").decode() == lines.format(13)
    assert host.sh("readlink /etc/sysctl.d/99-sysctl.conf") == "../sysctl.conf\n"
    assert host.set(**options)["changed"] is False


def test_take_over_leaves_what_is_not_in_etc(host: ThrowawayHost) -> None:
    vendor = "/usr/lib/sysctl.d/99-zz.conf"
    host.write(vendor, "net.ipv4.tcp_keepalive_time = 300\n")
    sentence, overridden_by = refused(host, time=60, overridden="take_over")
    assert (
        sentence
        == f"{vendor}:1 sets time to 300 (systemd-sysctl), and cannot be taken over: only files in /etc are edited."
    )
    assert [item["file"] for item in overridden_by] == [vendor, vendor]


PACKAGE = "their-defaults"
PACKAGE_STATUS = f"""Package: {PACKAGE}
Status: install ok installed
Maintainer: nobody
Architecture: all
Version: 1
Conffiles:
 {LATER} @
Description: none

"""


def install_package(host: ThrowawayHost, text: str) -> None:
    """A dpkg database in which a package ships LATER with this text."""
    needs.program("dpkg-query", package="dpkg")
    database = f"{host.disk}/dpkg"
    host.write(LATER, text)
    host.write(f"{database}/status.in", PACKAGE_STATUS)
    host.write(f"{database}/info/{PACKAGE}.list", f"/.\n/etc\n/etc/sysctl.d\n{LATER}\n")
    host.sh(
        f"sed s/@/$(md5sum < {LATER} | cut -d ' ' -f 1)/ {database}/status.in > {database}/status; echo 1 > {database}/info/format; "
        f"mount --bind {database} /var/lib/dpkg; dpkg-query --search {LATER}"
    )


FIPS = """openssl_conf = init
[init]
alg_section = algorithms
[algorithms]
default_properties = fips=yes
"""


@pytest.fixture(params=["any", "fips"])
def under(request: pytest.FixtureRequest, host: ThrowawayHost) -> list[str]:
    """What runs the module: nothing, or an OpenSSL that knows no MD5, as on a host in FIPS mode."""
    if request.param == "any":
        return []
    host.write("/run/fips.cnf", FIPS)
    fips = ["env", "OPENSSL_CONF=/run/fips.cnf"]
    digest = "import hashlib, sys\ntry: hashlib.md5()\nexcept ValueError: sys.exit()\nsys.exit('MD5 works')"
    output_of(host.start(*fips, sys.executable, "-c", digest))
    return fips


def test_take_over_leaves_what_a_package_ships(host: ThrowawayHost, under: list[str]) -> None:
    install_package(host, "net.ipv4.tcp_keepalive_time = 300\n")
    sentence, _overridden_by = refused(host, time=60, overridden="take_over", under=under)
    assert sentence == (
        f"{LATER}:1 sets time to 300 (systemd-sysctl), and cannot be taken over: that file belongs to the package {PACKAGE}."
    )


def test_take_over_leaves_what_a_package_ships_into_a_folder_that_is_a_link(host: ThrowawayHost) -> None:
    """dpkg knows the file by the name that goes through the link."""
    host.own_etc()
    host.sh(f"rmdir /etc/sysctl.d; mkdir {host.disk}/sysctl.d; ln -s {host.disk}/sysctl.d /etc/sysctl.d")
    install_package(host, "net.ipv4.tcp_keepalive_time = 300\n")
    sentence, _overridden_by = refused(host, time=60, overridden="take_over")
    assert sentence.endswith(f"that file belongs to the package {PACKAGE}.")


def test_take_over_of_a_package_file_that_somebody_edited(host: ThrowawayHost, under: list[str]) -> None:
    install_package(host, "# as shipped\n")
    host.write(LATER, THEIRS)
    promised = host.set(check_mode=True, time=60, overridden="take_over", under=under)
    assert host.set(time=60, overridden="take_over", under=under) == promised
    assert host.read(LATER).decode() == TAKEN


DIVERSIONS = {
    "local": ("--local", None),
    "by a package": ("--package others", "that file belongs to the package others"),
}


@pytest.mark.parametrize(("whose", "why_not"), DIVERSIONS.values(), ids=DIVERSIONS)
def test_take_over_where_the_file_of_a_package_is_diverted(
    host: ThrowawayHost, whose: str, why_not: str | None
) -> None:
    """dpkg then installs the package's file under the other name, and this file belongs to the administrator or package that diverted it."""
    install_package(host, THEIRS)
    host.sh(f"dpkg-divert {whose} --divert {LATER}.distrib --no-rename --add {LATER}")
    if why_not is None:
        assert host.set(time=60, overridden="take_over")["changed"] is True
        assert host.read(LATER).decode() == TAKEN
    else:
        assert refused(host, time=60, overridden="take_over")[0].endswith(f"cannot be taken over: {why_not}.")


def test_our_own_file_may_be_a_packages(host: ThrowawayHost) -> None:
    """Naming it is consent."""
    install_package(host, "net.ipv4.tcp_keepalive_time = 300\n")
    assert host.set(time=60, file=LATER, overridden="take_over")["changed"] is True
    assert host.after_boot() == (60, 75, 9)


@pytest.mark.parametrize("overridden", ["fail", "warn"])
def test_only_the_other_program_reads_it(host: ThrowawayHost, overridden: str) -> None:
    """systemd-sysctl does not read /etc/sysctl.conf by itself, `sysctl --system` does and reads it last."""
    host.own_etc()
    host.write("/etc/sysctl.conf", "net.ipv4.tcp_keepalive_time = 300\n")
    done = host.set(time=60, overridden=overridden)
    (warning,) = done["warnings"]
    assert warning == (
        "/etc/sysctl.conf:1 sets time to 300 (sysctl --system), "
        f"and would win over {OUR_FILE} where that program reads the files."
    )
    assert done["overridden_by"] == [
        {"parameter": "time", "value": 300, "file": "/etc/sysctl.conf", "line": 1, "reader": "procps"}
    ]
    assert done["boot"]["after"]["time"] == 60
    assert (host.after_boot("systemd"), host.after_boot("procps")) == ((60, 75, 9), (300, 75, 9))


def test_take_over_from_the_other_program_too(host: ThrowawayHost) -> None:
    host.own_etc()
    host.write("/etc/sysctl.conf", "net.ipv4.tcp_keepalive_time = 300\n")
    done = host.set(time=60, overridden="take_over")
    assert done.get("warnings", []) == done["overridden_by"] == []
    assert host.after_boot("systemd") == host.after_boot("procps") == (60, 75, 9)
