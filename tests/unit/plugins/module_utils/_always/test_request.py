# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of tcp_keepalive_always: what they become, and the sentence for what is not allowed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._always import config, request
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings

OPTIONS: dict[str, Any] = {
    "scope": "units",
    "units": ["shop.service"],
    "exclude_units": [],
    "exclude_ports": [],
    "exclude_remotes": [],
    "direction": "both",
    "time": None,
    "interval": None,
    "probes": None,
    "user_timeout": None,
    "containers": None,
    "loopback": False,
    "exclusive": True,
    "short_drop": False,
    "runtime": True,
    "boot": True,
    "connections": False,
    "spread": None,
    "method": "program",
    "state": "present",
}
HOST: dict[str, Any] = {"scope": "host", "units": []}
KERNEL = Settings(7200, 75, 9)


def parsed(**options: Any) -> request.Request:
    return request.parse({**OPTIONS, **options})


def test_the_values_of_a_task() -> None:
    found = parsed(time=120, probes="4", user_timeout=30, direction="incoming", exclude_ports=[22, "25"]).config
    assert (found.time, found.interval, found.probes, found.user_timeout) == (120, 0, 4, 30000)
    assert (found.flags, found.ports) == (layout.INCOMING, {22, 25})


@pytest.mark.parametrize(("method", "expected"), [("program", True), ("sockets", False)])
def test_the_default_of_boot_follows_the_method(method: str, expected: bool) -> None:
    assert parsed(method=method, boot=None).boot is expected


def test_loopback_is_left_alone_unless_the_task_says_otherwise() -> None:
    assert parsed().config.remotes == {config.remote(network) for network in config.LOOPBACK}
    found = parsed(loopback=True).config
    assert (found.remotes, found.flags & layout.LOOPBACK) == (frozenset(), layout.LOOPBACK)


@pytest.mark.parametrize("network", ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32", "::/0", "0.0.0.0/0"])
def test_a_network_is_shown_as_it_was_given(network: str) -> None:
    assert config.network_text(config.remote(network)) == network


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a value": ({"time": 0}, "time is 0: allowed is a whole number of seconds from 1 to 32767."),
    "a user timeout": ({"user_timeout": 0}, "user_timeout is 0: allowed is a whole number of seconds from 1 to 86400."),
    "a port": ({"exclude_ports": ["ssh"]}, "exclude_ports has 'ssh': allowed is a whole number from 1 to 65535."),
    "true": ({"exclude_ports": [True]}, "exclude_ports has True: allowed is a whole number from 1 to 65535."),
    "a long port": (
        {"exclude_ports": ["9" * 9]},
        "exclude_ports has '999999999': allowed is a whole number from 1 to 65535.",
    ),
    "a host name": (
        {"exclude_remotes": ["db.example"]},
        "exclude_remotes has 'db.example': allowed is an address or a network, such as 10.0.0.0/8 or 2001:db8::/32.",
    ),
    "bits of a host": (
        {"exclude_remotes": ["10.0.0.1/8"]},
        "exclude_remotes has '10.0.0.1/8': allowed is an address or a network, such as 10.0.0.0/8 or 2001:db8::/32.",
    ),
    "many ports": ({"exclude_ports": list(range(1, 300))}, "exclude_ports has 299 entries: allowed are 256."),
    "no unit": ({"units": []}, "units is empty: scope units takes one unit at least."),
    "units of the host": ({"scope": "host"}, "units is given: that takes scope: units."),
    "a value to remove": ({"state": "absent", "time": 60}, "state is absent: time cannot be set with it; remove it."),
    "no spread": (
        {"connections": True, "spread": 0},
        "spread is 0: allowed is a whole number of seconds from 1 to 86400.",
    ),
    "a spread of nothing": ({"spread": 60}, "spread is 60: that takes connections: true."),
    "a spread to remove": (
        {"state": "absent", "connections": True, "spread": 60},
        "state is absent: spread cannot be set with it; remove it.",
    ),
    "connections at boot": ({"connections": True, "runtime": False}, "connections is true: that takes runtime: true."),
    "a user timeout for all": (
        {**HOST, "user_timeout": 60},
        "user_timeout is 60: it is allowed with scope: units only, because it also ends connections whose data is not acknowledged.",
    ),
    "sockets of the host": ({**HOST, "method": "sockets", "boot": None}, "method is sockets: that takes scope: units."),
    "sockets at boot": (
        {"method": "sockets"},
        "boot is true: what method: sockets switches on ends when the unit restarts; say boot: false and run the task again then, or "
        "use method: program.",
    ),
    "sockets to remove": (
        {"method": "sockets", "state": "absent"},
        "method is sockets: that takes state: present, because nothing tells afterwards what it has switched on; it ends when the unit "
        "restarts.",
    ),
    "no sockets now": (
        {"method": "sockets", "boot": None, "runtime": False},
        "runtime: false together with boot: false leaves nothing to do; allow one of them.",
    ),
    "sockets and peers": (
        {"method": "sockets", "boot": None, "exclude_remotes": ["192.0.2.1"]},
        "exclude_remotes is given: a listening socket cannot tell peers apart; use method: program, or direction: outgoing.",
    ),
    "no socket": (
        {"method": "sockets", "boot": None, "direction": "outgoing"},
        "direction is outgoing: with method: sockets that takes connections: true.",
    ),
    "containers without time": (
        {"containers": True},
        "containers is true: that takes time, because a network namespace of its own starts at 7200 seconds.",
    ),
}


@pytest.mark.parametrize(("options", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_not_allowed_is_refused_in_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(sentence)}$"):
        parsed(**options)


SHORT: dict[str, tuple[dict[str, Any], str]] = {
    "59 seconds": ({"time": 29, "interval": 10, "probes": 3}, "after 59 seconds and 3 unanswered probes"),
    "two probes": ({"time": 600, "probes": 2}, "after 750 seconds and 2 unanswered probes"),
    "a user timeout": ({"time": 60, "interval": 20, "user_timeout": 70}, "unanswered probes, and a failover"),
}


@pytest.mark.parametrize(("options", "said"), SHORT.values(), ids=list(SHORT))
def test_a_drop_that_a_failover_outlasts_has_to_be_asked_for(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(said)):
        request.check_drop(parsed(**options), KERNEL)
    request.check_drop(parsed(**options, short_drop=True), KERNEL)


def test_a_drop_after_a_minute_is_allowed() -> None:
    request.check_drop(parsed(time=30, interval=10, probes=3), KERNEL)
    request.check_drop(parsed(), KERNEL)
