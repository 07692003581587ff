# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variants of a release: more packages in a layer of their own, or fewer privileges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import needs
from tests.support.fleet import FleetError, Host, tree, variants
from tests.support.fleet.fixture import new_fleet


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Host]]:
    """A plain host, one with servers, and one that may do less."""
    with new_fleet(tmp_path_factory.mktemp("variants"), 3, ("bookworm", "servers", "confined")) as fleet:
        yield fleet.hosts


def test_servers_are_installed_in_their_variant_alone_and_do_not_run(three: list[Host]) -> None:
    plain, servers, _confined = three
    installed = "dpkg-query --show --showformat='${db:Status-Status}\n' redis-server"
    assert servers.run(installed).stdout == "installed\n"
    assert plain.run(installed, check=False).returncode == 1
    listening = {host.name: host.run("ss -Htln | wc -l").stdout for host in three}
    assert set(listening.values()) == {"2\n"}, "the ssh server's two, of IPv4 and IPv6"


def test_nothing_was_left_of_the_installation(three: list[Host]) -> None:
    servers = three[1]
    assert servers.run("ls /var/cache/apt/archives/*.deb /usr/sbin/policy-rc.d", check=False).stdout == ""
    assert servers.run("systemctl list-units --failed --quiet").stdout == ""


def test_a_confined_host_has_no_say_over_the_network(three: list[Host]) -> None:
    command = "ip address add 192.0.2.1/32 dev lo && ip address delete 192.0.2.1/32 dev lo"
    assert [host.run(command, check=False).returncode for host in three] == [0, 0, 2]


def test_a_layer_stands_over_its_release_and_is_another_with_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    needs.booted_hosts()
    layer, base = variants.ensure("servers")
    assert base == tree.path_of("bookworm")
    assert layer.parent == base.parent
    assert not (layer / "bin/sh").exists(), "it has only what the packages brought"

    asked: list[Path] = []
    monkeypatch.setitem(variants.VARIANTS, "servers", variants.Variant("bookworm", packages=("nginx",)))
    monkeypatch.setattr(variants, "_build", lambda layer, *_others: asked.append(layer))
    other, _base = variants.ensure("servers")
    assert asked == [other]
    assert other != layer


def test_packages_that_cannot_be_installed_are_told_and_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    needs.booted_hosts()
    monkeypatch.setitem(variants.VARIANTS, "servers", variants.Variant("bookworm", packages=("no-such-package",)))
    complaint = "apt could not install no-such-package: E: Unable to locate package no-such-package"
    with pytest.raises(FleetError, match=complaint) as refused:
        variants.ensure("servers")

    log = Path(str(refused.value).rpartition("all of it: ")[2].rstrip(")"))
    lock = log.with_suffix(".lock")
    assert [path for path in log.parent.iterdir() if log.stem in path.name and path not in (log, lock)] == []
    log.unlink()
    lock.unlink()


def test_an_unknown_variant_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        FleetError, match="unknown release 'woody': choose from bullseye, bookworm, trixie, sid, servers, confined"
    ):
        variants.find("woody")
