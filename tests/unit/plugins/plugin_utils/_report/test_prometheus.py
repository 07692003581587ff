# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.plugin_utils._report.prometheus import prometheus

from tests.support.report_samples import ENDLESS, ENTRIES, entry, host, reported


def lines(*hosts: dict[str, Any], starting: str = "") -> list[str]:
    text = prometheus(reported(*hosts))
    return [line for line in text.splitlines() if line.startswith(starting) and not line.startswith("#")]


def test_the_moment() -> None:
    assert prometheus(reported()) == (
        "# HELP keepalive_report_timestamp_seconds When the report was made.\n"
        "# TYPE keepalive_report_timestamp_seconds gauge\n"
        "keepalive_report_timestamp_seconds 1795516200\n"
    )


def test_hosts() -> None:
    hosts = [host("a"), host("b", status="failed"), host("c", status="unreachable")]
    assert lines(*hosts, starting="keepalive_host") == [
        'keepalive_host_reachable{host="a"} 1',
        'keepalive_host_reachable{host="b"} 1',
        'keepalive_host_reachable{host="c"} 0',
        'keepalive_host_validated{host="a"} 1',
        'keepalive_host_validated{host="b"} 0',
        'keepalive_host_validated{host="c"} 0',
        'keepalive_host_fails{host="a"} 0',
        'keepalive_host_fails{host="b"} 1',
        'keepalive_host_fails{host="c"} 1',
    ]


def test_a_listener() -> None:
    labels = 'host="a",address="127.0.0.1",port="6379",process="redis-server",name="redis",worker="0"'
    assert lines(host("a", ENTRIES[0]), starting="keepalive_listener") == [
        f'keepalive_listener_verdict{{{labels},verdict="compliant"}} 1',
        f"keepalive_listener_offends{{{labels}}} 0",
        f"keepalive_listener_enabled{{{labels}}} 1",
        f"keepalive_listener_time_seconds{{{labels}}} 60",
        f"keepalive_listener_drop_after_seconds{{{labels}}} 120",
        f"keepalive_listener_policy_drop_after_seconds{{{labels}}} 120",
        f"keepalive_listener_measured_first_probe_seconds{{{labels}}} 61.2",
        f"keepalive_listener_measured_drop_seconds{{{labels}}} 122.4",
        f"keepalive_listener_connections{{{labels}}} 3",
        f"keepalive_listener_connections_with_keepalive{{{labels}}} 3",
    ]


def test_what_is_not_known_has_no_sample() -> None:
    found = lines(host("a", ENTRIES[5]), starting="keepalive_listener")
    assert [line.partition("{")[0] for line in found] == [
        "keepalive_listener_verdict",
        "keepalive_listener_offends",
        "keepalive_listener_policy_drop_after_seconds",
    ]


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"keepalive": False}, {"keepalive_listener_time_seconds", "keepalive_listener_drop_after_seconds"}),
        (
            {"accelerated": True},
            {"keepalive_listener_measured_first_probe_seconds", "keepalive_listener_measured_drop_seconds"},
        ),
    ],
)
def test_what_an_alert_would_take_for_true_has_no_sample(change: dict[str, Any], gone: set[str]) -> None:
    def names(found: dict[str, Any]) -> set[str]:
        return {line.partition("{")[0] for line in lines(host("a", found), starting="keepalive_listener")}

    assert names(ENTRIES[0]) - names({**ENTRIES[0], **change}) == gone


def test_workers_that_share_an_address_are_told_apart() -> None:
    worker = entry("worker", 7000, "compliant", "")
    found = lines(host("a", worker, worker), starting="keepalive_listener_verdict")
    assert ['worker="0"' in found[0], 'worker="1"' in found[1]] == [True, True]


def test_a_range_without_a_listener_is_one_sample() -> None:
    gone = entry(None, 8000, "refused", "nothing listens", last_port=8100, address="", process=None)
    (found,) = lines(host("a", gone), starting="keepalive_listener_offends")
    assert found == 'keepalive_listener_offends{host="a",address="",port="8000-8100",process="",name="",worker="0"} 1'


def test_a_network_namespace_is_a_label_only_where_it_is_not_the_hosts_own() -> None:
    redis = entry("redis", 6379, "compliant", "")
    found = lines(host("a", redis, {**redis, "namespace": "blue"}), starting="keepalive_listener_offends")
    labels = 'host="a",address="0.0.0.0",port="6379",process="redis",name="redis"'
    assert found == [
        f'keepalive_listener_offends{{{labels},worker="0"}} 0',
        f'keepalive_listener_offends{{{labels},namespace="blue",worker="0"}} 0',
    ]


def test_a_process_that_starts_anew_keeps_its_series() -> None:
    assert not any("pid" in line for line in lines(host("a", *ENTRIES)))


LABELS = [
    ('say "hi"', 'say \\"hi\\"'),
    ("C:\\x", "C:\\\\x"),
    ("a\nb", "a\\\\nb"),
    ("\x00", "\\\\x00"),
    (ENDLESS, ENDLESS[:119] + "…"),
]


@pytest.mark.parametrize(("name", "written"), LABELS)
def test_labels(name: str, written: str) -> None:
    (line,) = lines(host("a", entry(name, 1, "compliant", "", process=None)), starting="keepalive_listener_verdict")
    assert f'name="{written}",' in line
