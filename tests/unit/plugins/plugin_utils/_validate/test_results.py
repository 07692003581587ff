# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.results import (
    failure,
    outcome,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.shared_calls import shares

REFUSED = "the connection was refused"


def job(prober: str | None, *ports: int, **options: Any) -> dict[str, Any]:
    return {"prober": prober, "targets": [{"port": port} for port in ports], "options": options}


def listener(port: int, verdict: str | None = "compliant", target: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "target": target,
        "name": None,
        "host": None,
        "address": "127.0.0.1",
        "port": port,
        "process": {"name": "nginx", "command": "/usr/sbin/nginx", "unit": None, "container": None},
        "verdict": verdict,
        "reason": "Keepalive is off.",
        "policy": {"time": 60, "interval": 10, "probes": 6, "drop_after": 120},
        "settings": None,
        "set_by": None,
        "forwarder": None,
        "limits": [],
        **more,
    }


# Who makes the call.


def test_hosts_of_one_prober_share_a_call_and_each_has_its_part() -> None:
    found = shares({"a": job("jump", 1, 2), "b": job("jump", 3), "c": job("jump", 4, 5)})
    assert [target["port"] for target in found["a"].targets] == [1, 2, 3, 4, 5]
    assert {host: (share.leader, share.first, share.size) for host, share in found.items()} == {
        "a": ("a", 0, 2),
        "b": ("a", 2, 1),
        "c": ("a", 3, 2),
    }
    assert found["b"].targets == found["c"].targets == []


def test_every_prober_is_called_once_and_every_host_without_one_by_itself() -> None:
    jobs = {"a": job(None, 1), "b": job("jump", 2), "c": job("other", 3), "d": job(None, 4), "e": job("other", 5)}
    found = shares(jobs)
    assert {host: share.leader for host, share in found.items()} == {"a": "a", "b": "b", "c": "c", "d": "d", "e": "c"}


def test_hosts_that_ask_for_something_else_do_not_share() -> None:
    found = shares({"a": job("jump", 1, rate=5), "b": job("jump", 2, rate=0), "c": job("jump", 3, rate=5)})
    assert [found[host].leader for host in "abc"] == ["a", "b", "a"]


def test_hosts_that_failed_before_have_no_part() -> None:
    found = shares({"a": {}, "b": None, "c": job("jump", 1), "d": {"failure": {"failed": True, "msg": "no"}}})
    assert list(found) == ["c"]
    assert found["c"].leader == "c"


# What came of it.


def test_a_host_takes_its_part_of_a_shared_call() -> None:
    entries = [listener(1, target=0), listener(2, target=1), listener(2, target=1), listener(3, target=2)]
    found = outcome({"listeners": entries}, {"prober": "jump", "targets": [{}]}, {"first": 1, "size": 1})
    assert [(entry["port"], entry["target"]) for entry in found["listeners"]] == [(2, 0), (2, 0)]
    assert found["message"] == "2 listeners: 2 compliant"


LOOPBACK: dict[str, tuple[dict[str, Any], str | None]] = {
    "unnamed": ({}, "exempt"),
    "of IPv6": ({"address": "::1"}, "exempt"),
    "of a network namespace": ({"namespace": "blue"}, "exempt"),
    "named": ({"named": True}, "keepalive_off"),
    "on all addresses": ({"address": "0.0.0.0"}, "keepalive_off"),
    "of another host": ({"host": "db1"}, "keepalive_off"),
    "without a policy": ({"verdict": None}, None),
}


@pytest.mark.parametrize(("more", "verdict"), LOOPBACK.values(), ids=list(LOOPBACK))
def test_a_listener_that_only_its_host_reaches_is_exempt_unless_it_is_named(
    more: dict[str, Any], verdict: str | None
) -> None:
    found = {"listeners": [listener(**{"port": 80, "verdict": "keepalive_off", **more})]}
    (entry,) = outcome(found, {"loopback": False})["listeners"]
    assert (entry["verdict"], entry["fails"]) == (verdict, verdict == "keepalive_off")
    if verdict == "exempt":
        assert (entry["exempt"], entry["remedy"]) == ("reached from this host only", None)
    (entry,) = outcome(found, {"loopback": True})["listeners"]
    assert entry["verdict"] == more.get("verdict", None if "verdict" in more else "keepalive_off")


def test_what_was_discovered_is_the_hosts_own() -> None:
    found = outcome({"listeners": [listener(1), listener(2, "inconclusive")]})
    assert (found["status"], found["message"]) == ("ok", "2 listeners: 1 compliant, 1 inconclusive")
    assert [entry["remedy"] for entry in found["listeners"]] == [None, None]


def test_an_offender_is_named_with_its_verdict_and_its_remedy() -> None:
    found = outcome(
        {"listeners": [listener(80, "keepalive_off"), listener(81), listener(443, "keepalive_off", name="web")]}
    )
    first, second = found["message"].split("\n")
    assert first == (
        "nginx (127.0.0.1:80): keepalive_off: Keepalive is off. Remedy: As installed, nginx has keepalive off. The parameter goes into the listen directive that is "
        "there, once for each address and port, in http, stream or mail; not with quic. Its keepalive_timeout is for HTTP. Turn it on in "
        "nginx.conf, and reload it: `listen 80 so_keepalive=60s:10s:6;`"
    )
    assert second.startswith("web (127.0.0.1:443): keepalive_off: ")


def test_an_exemption_that_ended_is_named() -> None:
    ended = {"0": "It was exempt until 2026-11-23: replaced in spring."}
    entries = [listener(80, "keepalive_off", target=4)]
    found = outcome({"listeners": entries}, {"targets": [{}], "ended": ended}, {"first": 4, "size": 1})
    assert found["listeners"][0]["limits"] == [ended["0"]]
    assert "Keepalive is off. It was exempt until 2026-11-23: replaced in spring. Remedy:" in found["message"]


NAMES: dict[str, tuple[dict[str, Any], str]] = {
    "another host": ({"host": "db1", "name": "db"}, "db (db1:80): "),
    "IPv6": ({"address": "::1"}, "nginx ([::1]:80): "),
    "nobody there": ({"process": None, "address": ""}, "port 80: "),
    "nobody there, with a name": ({"process": None, "address": "", "name": "db"}, "db (port 80): "),
    "nobody seen": ({"process": None}, "127.0.0.1:80: "),
    "another network namespace": ({"namespace": "blue"}, "nginx (127.0.0.1:80 in netns blue): "),
    "a hostile one": (
        {"process": {"name": "a\x1b[31m\nb" + 4096 * "x"}},
        "a\\x1b[31m\\nb" + 67 * "x" + "… (127.0.0.1:80): ",
    ),
}


@pytest.mark.parametrize(("more", "beginning"), NAMES.values(), ids=list(NAMES))
def test_how_an_offender_is_called(more: dict[str, Any], beginning: str) -> None:
    assert outcome({"listeners": [listener(80, "keepalive_off", **more)]})["message"].startswith(beginning)


WITHOUT: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    "unreachable": ({"unreachable": True, "msg": "no\nroute"}, {}, "unreachable", "no route"),
    "failed": ({"failed": True, "msg": "Task failed: Module failed: bad"}, {}, "failed", "bad"),
    "failed elsewhere": ({"failed": True, "msg": "bad"}, {"prober": "jump"}, "failed", "from jump: bad"),
    "without a word": ({"failed": True}, {}, "failed", "failed"),
    "never run": ({}, {}, "failed", "the host was not validated"),
    "skipped": ({"skipped": True, "changed": False}, {}, "failed", "the host was not validated"),
}


@pytest.mark.parametrize(("found", "more", "status", "message"), WITHOUT.values(), ids=list(WITHOUT))
def test_a_host_that_could_not_be_validated(found: Any, more: dict[str, Any], status: str, message: str) -> None:
    assert outcome(found, more) == {"status": status, "cause": None, "fails": True, "message": message, "listeners": []}


def test_a_host_without_listeners() -> None:
    found = outcome({"listeners": []})
    assert (found["status"], found["fails"], found["message"]) == ("ok", False, "nothing listens")


# Hosts whose listeners prove nothing.

ANYWHERE = {"address": "0.0.0.0"}
UNREADABLE = listener(22, "unreadable", **ANYWHERE)
INCONCLUSIVE = listener(80, "inconclusive", **ANYWHERE)
EXEMPT = listener(9000, "exempt", **ANYWHERE)
LOCAL = listener(6379, "unreadable")
PROOF: dict[str, tuple[list[dict[str, Any]], str | None, tuple[str, str | None, bool]]] = {
    "none, without privilege": ([UNREADABLE, INCONCLUSIVE], "no_privilege", ("unproven", "no_privilege", True)),
    "none, on an old kernel": ([UNREADABLE, EXEMPT], "kernel", ("unproven", "kernel", False)),
    "none, for reasons of their own": ([INCONCLUSIVE], None, ("unproven", None, False)),
    "one, and privilege missing for another": ([UNREADABLE, listener(1, **ANYWHERE)], "no_privilege", ("unproven", "no_privilege", True)),
    "one, on an old kernel": ([UNREADABLE, listener(1, **ANYWHERE)], "kernel", ("ok", None, False)),
    "all, without privilege": ([listener(1, **ANYWHERE)], "no_privilege", ("ok", None, False)),
    "exempt ones only": ([EXEMPT], "no_privilege", ("ok", None, False)),
    "loopback ones only": ([LOCAL], "no_privilege", ("ok", None, False)),
    "a loopback one that was named": ([{**LOCAL, "named": True}], "no_privilege", ("unproven", "no_privilege", True)),
    "without a policy": ([listener(22, None, **ANYWHERE)], "no_privilege", ("ok", None, False)),
    "no listeners": ([], "no_privilege", ("ok", None, False)),
    "an offender": ([UNREADABLE, listener(80, "keepalive_off", **ANYWHERE)], "kernel", ("ok", None, True)),
}  # fmt: skip


@pytest.mark.parametrize(("listeners", "lacks", "expected"), PROOF.values(), ids=list(PROOF))
def test_whether_a_host_is_proven(
    listeners: list[dict[str, Any]], lacks: str | None, expected: tuple[str, str | None, bool]
) -> None:
    found = outcome({"listeners": listeners, "lacks": lacks})
    assert (found["status"], found["cause"], found["fails"]) == expected


def test_a_host_without_proof_is_told_the_cure_after_its_offenders() -> None:
    listeners = [UNREADABLE, listener(80, "keepalive_off", **ANYWHERE)]
    found = outcome({"listeners": listeners, "lacks": "no_privilege"})
    first, second = found["message"].split("\n")
    assert first.startswith("nginx (0.0.0.0:80): keepalive_off: ")
    assert second == "unproven (no_privilege): 1 of 2 listeners; run the probe as root (become: true)"
    assert failure(found, True) == f"{first} | {second}"
    assert (
        failure(found, True, brief=True) == f"1 of 2 listeners does not keep to the policy: 1 keepalive_off | {second}"
    )


def test_the_words_that_fail_a_host_can_be_chosen() -> None:
    found = {"listeners": [INCONCLUSIVE, listener(81, "keepalive_off", **ANYWHERE)], "lacks": "kernel"}
    chosen = outcome(found, {"fail_on": ["inconclusive"]})
    assert [entry["fails"] for entry in chosen["listeners"]] == [True, False]
    assert outcome({"listeners": [UNREADABLE], "lacks": "kernel"}, {"fail_on": ["kernel"]})["fails"]
    assert not outcome({"listeners": [UNREADABLE], "lacks": "no_privilege"}, {"fail_on": []})["fails"]


# Fleets.

GOOD = outcome({"listeners": [listener(1)]})
BAD = outcome({"listeners": [listener(80, "keepalive_off"), listener(81)]})
GONE = outcome({"unreachable": True, "msg": "no route"})


def test_who_fails() -> None:
    assert failure(GOOD, True) == failure(GOOD, False) == ""
    assert failure(BAD, True) == BAD["message"]
    assert failure(BAD, False) == ""
    assert failure(GONE, True) == failure(GONE, False) == "unreachable: no route"
    assert failure({}, False) == failure(None, True) == "failed: the host was not validated"
    assert "\n" not in failure(BAD, True)


def test_a_host_fails_in_one_line_that_tells_each_remedy_once() -> None:
    ports = [listener(port, "keepalive_off", **ANYWHERE) for port in (80, 443)]
    found = outcome({"listeners": [*ports, listener(80, "keepalive_off", address="::"), listener(81)]})
    line = failure(found, True)
    assert line.startswith(
        "nginx (*:80, 0.0.0.0:443): keepalive_off: Keepalive is off. Remedy: As installed, nginx has "
    )
    assert (line.count("Remedy:"), line.count("\n"), found["message"].count("\n")) == (1, 0, 2)


def test_where_the_findings_follow_a_host_fails_with_counts_alone() -> None:
    assert failure(BAD, True, brief=True) == "1 of 2 listeners does not keep to the policy: 1 keepalive_off"
    assert failure(GONE, True, brief=True) == "unreachable: no route"


def test_a_host_with_many_causes_fails_in_one_line_all_the_same() -> None:
    programs = [listener(port, "keepalive_off", process={"name": f"{chr(port)}d"}) for port in range(65, 85)]
    line = failure(outcome({"listeners": programs}), True)
    assert line.endswith(" | and 15 other listeners, see validate_result")
    assert line.count(" | ") == 5
