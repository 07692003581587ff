# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `file` names another file than in the runs before: what the module wrote to the earlier one moves."""

from __future__ import annotations

import pytest

from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost

NEW_FILE = "/etc/sysctl.d/50-keepalive.conf"
LATER = "/etc/sysctl.d/70-theirs.conf"
HEADER = "# TCP keepalive of this host, set by netops.keepalive.tcp_keepalive.\n"
TIME, INTERVAL, PROBES = (f"net.ipv4.tcp_keepalive_{name} = {{0}}\n" for name in ("time", "intvl", "probes"))


@pytest.mark.parametrize("overridden", ["fail", "warn", "take_over"])
def test_all_that_stood_there_moves(host: ThrowawayHost, overridden: str) -> None:
    host.set(time=120, interval=30, probes=4)
    earlier = host.read().decode()
    before = host.footprint()
    promised = host.set(check_mode=True, time=60, file=NEW_FILE, overridden=overridden)
    assert host.footprint() == before
    done = host.set(time=60, file=NEW_FILE, overridden=overridden)
    assert promised == done
    text = HEADER + TIME.format(60) + INTERVAL.format(30) + PROBES.format(4)
    assert [(item["after_header"], item["before"], item["after"]) for item in done["diff"][1:]] == [
        (NEW_FILE, "", text),
        (f"{OUR_FILE} (absent)", earlier, ""),
    ]
    assert done.get("warnings", []) == done["overridden_by"] == []
    assert host.sh("ls -A /etc/sysctl.d") == "50-keepalive.conf\n"
    assert host.after_boot("systemd") == host.after_boot("procps") == host.runtime() == (60, 30, 4)
    assert host.set(time=60, file=NEW_FILE, overridden=overridden)["changed"] is False


def test_into_a_file_that_holds_more(host: ThrowawayHost) -> None:
    host.set(time=120, interval=30)
    host.write(NEW_FILE, f"# theirs\n{INTERVAL.format(20)}net.core.somaxconn = 5\n")
    host.set(time=60, file=NEW_FILE)
    assert host.read(NEW_FILE).decode() == f"# theirs\n{INTERVAL.format(30)}net.core.somaxconn = 5\n{TIME.format(60)}"
    assert host.after_boot() == (60, 30, 9)


STAYS = {
    "with a line of somebody else": f"{HEADER}{TIME.format(120)}# theirs\n",
    "with another setting": f"{HEADER}{TIME.format(120)}net.core.somaxconn = 5\n",
    "without our first line": TIME.format(120),
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_what_is_not_all_ours_stays(host: ThrowawayHost, text: str) -> None:
    host.write(OUR_FILE, text)
    before = host.footprint()
    assert f"because {OUR_FILE}:" in host.set(time=60, file=NEW_FILE)["msg"]
    assert host.footprint() == before


def test_a_link_stays_and_so_does_its_target(host: ThrowawayHost) -> None:
    host.set(time=120, file="/etc/sysctl.d/98-real.conf")
    host.sh(f"ln -s 98-real.conf {OUR_FILE}")
    before = host.footprint()
    assert f"because {OUR_FILE}:2 sets time to 120" in host.set(time=60, file=NEW_FILE)["msg"]
    assert host.footprint() == before


def test_two_tasks_with_a_file_each(host: ThrowawayHost) -> None:
    """A file that sets other values is not in the way."""
    host.set(time=60)
    assert host.set(probes=3, file=NEW_FILE)["changed"] is True
    assert host.set(time=60)["changed"] is host.set(probes=3, file=NEW_FILE)["changed"] is False
    assert host.after_boot() == (60, 75, 3)


def test_a_value_that_would_lose_in_its_new_place(host: ThrowawayHost) -> None:
    """The interval is not named, so it has to stay: a file between the two would win over it."""
    host.set(time=120, interval=30)
    host.write(LATER, INTERVAL.format(40))
    before = host.footprint()
    refused = host.set(time=60, file=NEW_FILE)
    assert refused["msg"].startswith(
        f"{NEW_FILE} would not decide the values of the next boot, because {LATER}:1 sets interval to 40 (systemd-sysctl);"
    )
    assert host.footprint() == before
    assert host.set(time=60, file=NEW_FILE, overridden="take_over")["changed"] is True
    assert host.after_boot() == (60, 30, 9)


def test_a_value_that_lost_before(host: ThrowawayHost) -> None:
    host.set(time=120, interval=30)
    host.write("/etc/sysctl.d/99-zz.conf", INTERVAL.format(40))
    assert host.set(time=60, file=NEW_FILE)["changed"] is True
    assert host.after_boot() == (60, 40, 9)
