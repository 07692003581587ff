# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import socket_units
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.types import Holder

SHOWN = """\
Listen=/run/dbus/system_bus_socket (Stream)
Id=dbus.socket
ActiveState=active

Listen=[::]:631 (Stream)
Listen=127.0.0.1:632 (Stream)
Listen=0.0.0.0:633 (Datagram)
Id=cups.socket
ActiveState=active

ListenStream=[::]:634
Id=old.socket
ActiveState=active

Listen=[::]:22 (Stream)
Id=ssh.socket
ActiveState=inactive
"""


def test_the_active_units_by_their_tcp_endpoints() -> None:
    assert socket_units.by_endpoint(SHOWN) == {
        "/run/dbus/system_bus_socket": "dbus.socket",
        "[::]:631": "cups.socket",
        "127.0.0.1:632": "cups.socket",
        "[::]:634": "old.socket",
    }


@pytest.mark.parametrize("shown", ["", "\n\n", "Listen=[::]:631 (Stream)\nActiveState=active\n", "Id=cups.socket\n"])
def test_nothing_is_known_of_an_answer_without_units(shown: str) -> None:
    assert socket_units.by_endpoint(shown) == {}


LISTENER = types.Listener(socket.AF_INET, "127.0.0.1", 632, 1, 1, holders=(Holder(1, 40), Holder(812, 3)))
NOT_HELD = {
    "another process": LISTENER._replace(holders=(Holder(812, 3),)),
    "no process that is seen": LISTENER._replace(holders=()),
    "systemd, for another network namespace": LISTENER._replace(namespace="/proc/812/ns/net"),
}


@pytest.mark.parametrize("listener", NOT_HELD.values(), ids=NOT_HELD)
def test_systemd_is_not_asked_about_a_listener_that_it_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, listener: types.Listener
) -> None:
    monkeypatch.setattr(socket_units, "RUNS_THE_HOST", "/")
    monkeypatch.setattr(socket_units, "shown", lambda: pytest.fail("systemd was asked"))
    assert socket_units.marked([listener]) == [listener]


@pytest.mark.parametrize(
    "command", [("/no/such/program",), ("false",), ("sleep", "60")], ids=["missing", "failing", "hanging"]
)
def test_without_an_answer_no_unit_is_named(monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setattr(socket_units, "RUNS_THE_HOST", "/")
    monkeypatch.setattr(socket_units, "SHOW", command)
    monkeypatch.setattr(socket_units, "LONGEST_WAIT", 0.2)
    assert socket_units.marked([LISTENER]) == [LISTENER]


def test_a_listener_that_systemd_holds_has_its_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_units, "RUNS_THE_HOST", "/")
    monkeypatch.setattr(socket_units, "SHOW", ("echo", SHOWN))
    other = NOT_HELD["another process"]
    assert [one.socket_unit for one in socket_units.marked([LISTENER, other])] == ["cups.socket", None]
