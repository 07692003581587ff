# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import NamedTuple

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedies import remedy

from tests.support.remedies.listeners import cure, entry

HOST_TASK = "netops.keepalive.tcp_keepalive: {time: 60, interval: 10, probes: 6}"
LINUX = {"time": 7200, "interval": 75, "probes": 9, "drop_after": 7875, "user_timeout": 0}
SOCKET_UNIT = ["[Socket]", "KeepAlive=true", "KeepAliveTimeSec=60", "KeepAliveIntervalSec=10", "KeepAliveProbes=6"]


class Case(NamedTuple):
    process: str
    group: str
    lines: list[str]
    port: int = 8080


# What an application is told that leaves keepalive off, or sets values of its own that are too long.
CONFIGURED = {
    "Redis": Case("redis-server", "own_timings", ["tcp-keepalive 60"]),
    "Valkey": Case("valkey-server", "own_timings", ["tcp-keepalive 60"]),
    "PostgreSQL": Case(
        "postgres",
        "os_timings",
        ["tcp_keepalives_idle = 60", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 6"],
    ),
    "PgBouncer": Case(
        "pgbouncer", "os_timings", ["tcp_keepalive = 1", "tcp_keepidle = 60", "tcp_keepintvl = 10", "tcp_keepcnt = 6"]
    ),
    "MariaDB": Case(
        "mariadbd",
        "os_timings",
        ["tcp_keepalive_time = 60", "tcp_keepalive_interval = 10", "tcp_keepalive_probes = 6"],
    ),
    "nginx": Case("nginx", "off_by_default", ["listen 8080 so_keepalive=60s:10s:6;"]),
    "HAProxy": Case(
        "haproxy",
        "off_by_default",
        ["option clitcpka", "clitcpka-idle 60s", "clitcpka-intvl 10s", "clitcpka-cnt 6"],
    ),
    "Squid": Case("squid", "off_by_default", ["http_port 8080 tcpkeepalive=60,10,60"]),
    "Redis Sentinel": Case("redis-sentinel", "own_timings", ["tcp-keepalive 60"]),
    "Node.js": Case(
        "node", "off_by_default", ["http.createServer({keepAlive: true, keepAliveInitialDelay: 60000}, ...)"]
    ),
    "Tomcat": Case(
        "java in tomcat10.service",
        "off_by_default",
        ['<Connector port="8080" socket.soKeepAlive="true" ... />'],
    ),
    "ZooKeeper": Case("java in zookeeper.service", "off_by_default", ["clientTcpKeepAlive=true"], 2181),
    "ZooKeeper between members": Case("java in zookeeper.service", "off_by_default", ["tcpKeepAlive=true"], 3888),
    "Elasticsearch": Case(
        "java in elasticsearch.service",
        "os_timings",
        [
            "network.tcp.keep_alive: true",
            "network.tcp.keep_idle: 60",
            "network.tcp.keep_interval: 10",
            "network.tcp.keep_count: 6",
        ],
    ),
    "RabbitMQ": Case(
        "beam.smp in rabbitmq-server.service", "off_by_default", ["tcp_listen_options.keepalive = true"], 5672
    ),
    "RabbitMQ between nodes": Case(
        "beam.smp in rabbitmq-server.service",
        "off_by_default",
        ["[{kernel, [{inet_dist_listen_options, [{keepalive, true}]}]}]."],
        25672,
    ),
    "sslh": Case("sslh", "off_by_default", ["keepalive: true;"]),
    "OpenSSH": Case("sshd", "os_timings", ["TCPKeepAlive yes"]),
    "Samba": Case(
        "smbd",
        "os_timings",
        ["socket options = TCP_NODELAY SO_KEEPALIVE TCP_KEEPIDLE=60 TCP_KEEPINTVL=10 TCP_KEEPCNT=6"],
    ),
    "rsyslog": Case(
        "rsyslogd",
        "off_by_default",
        ['module(load="imtcp" keepAlive="on" keepAlive.time="60" keepAlive.interval="10" keepAlive.probes="6")'],
    ),
    "Oracle Database": Case("tnslsnr", "own_timings", ["SQLNET.EXPIRE_TIME = 1"]),
    "Microsoft SQL Server": Case("sqlservr", "own_timings", ["Keep Alive = 60000"]),
    "IBM MQ": Case("runmqlsr", "off_by_default", ["KeepAlive=YES"]),
    "a systemd socket": Case("systemd", "off_by_default", SOCKET_UNIT[1:]),
    "a Java program": Case(
        "java in shop.service",
        "off_by_default",
        [
            "socket.setKeepAlive(true);  // each socket that a java.net.ServerSocket accepts",
            "bootstrap.childOption(ChannelOption.SO_KEEPALIVE, true);  // Netty",
            'connector.setProperty("socket.soKeepAlive", "true");  // Spring Boot with Tomcat',
        ],
    ),
}


@pytest.mark.parametrize(("name", "case"), CONFIGURED.items(), ids=list(CONFIGURED))
def test_an_application_gets_its_own_line_with_the_numbers_of_the_policy(name: str, case: Case) -> None:
    found = cure("keepalive_off", case.process, port=case.port)
    assert (found["application"], found["group"], found["lines"]) == (name, case.group, case.lines)
    assert found["host_values_help"] is False
    assert found["text"].endswith(":")
    assert "Turn it on in " in found["text"]
    assert found["source"]


WITHOUT_SETTING = {
    "MySQL": "mysqld",
    "Apache httpd": "apache2",
    "Kafka": "java in kafka.service",
    "MongoDB": "mongod",
    "Memcached": "memcached",
    "Dovecot": "imap-login",
    "Cassandra": "java in cassandra.service",
    "websockify": "websockify",
    "OpenSSH": "sshd",
}


@pytest.mark.parametrize(("name", "process"), WITHOUT_SETTING.items(), ids=list(WITHOUT_SETTING))
def test_the_host_decides_for_an_application_that_leaves_the_values_to_it(name: str, process: str) -> None:
    found = cure("time_too_long", process, set_by="host", settings=LINUX)
    assert (found["application"], found["group"], found["host_values_help"]) == (name, "os_timings", True)
    assert found["lines"] == [HOST_TASK]
    assert found["text"].startswith(f"{name} leaves the values to the host. ")
    assert found["text"].endswith("Set those:")


def test_an_application_that_could_have_values_of_its_own_is_told_both_ways() -> None:
    found = cure("drops_too_late", "postgres", set_by="host", settings=LINUX)
    assert found["host_values_help"] is True
    assert found["lines"][0] == "tcp_keepalives_idle = 60"
    assert "leaves the values to the host: set the host's values with" in found["text"]
    assert found["text"].endswith(
        "Or for this application alone, in postgresql.conf, and reload it; new sessions have them:"
    )


def test_values_that_the_application_sets_are_changed_there() -> None:
    found = cure("time_too_long", "postgres", set_by="application", settings={**LINUX, "time": 600})
    assert (found["host_values_help"], found["lines"][0]) == (False, "tcp_keepalives_idle = 60")
    assert "Change it in postgresql.conf" in found["text"]


@pytest.mark.parametrize("process", ["traefik", "etcd", "consul", "kube-apiserver", "kube-controller"])
def test_nothing_helps_against_values_in_the_code(process: str) -> None:
    found = cure("drops_too_late", process, set_by="application")
    assert (found["group"], found["host_values_help"], found["lines"]) == ("own_timings", False, [])
    assert found["text"].endswith(
        "Neither its configuration nor the host's values help: give it a policy of its own, or exempt it with a reason."
    )


def test_a_program_that_is_not_known_and_has_values_of_its_own_is_not_sent_to_a_socket_unit() -> None:
    found = cure("time_too_long", "frobnicator", set_by="application")
    assert (found["host_values_help"], found["lines"]) == (False, [])
    assert "so neither the host nor a socket unit can change them" in found["text"]


@pytest.mark.parametrize("process", ["systemd", "frobnicator"])
@pytest.mark.parametrize(
    "seen",
    [("keepalive_off", None, "Turn it on"), ("time_too_long", "application", "Change it")],
    ids=["off", "values of its unit"],
)
def test_a_socket_that_systemd_holds_is_cured_in_its_unit(process: str, seen: tuple[str, str | None, str]) -> None:
    verdict, set_by, verb = seen
    found = cure(verdict, process, set_by=set_by, socket_unit="cups.socket")
    assert (found["application"], found["lines"]) == ("a systemd socket", SOCKET_UNIT[1:])
    assert found["text"].endswith(
        f"{verb} in a drop-in of cups.socket, section [Socket], and systemctl daemon-reload, and restart cups.socket:"
    )


def test_behind_a_socket_unit_both_causes_of_values_are_said() -> None:
    said = "If the values stay after that, frobnicator sets them itself: look in its configuration."
    assert said in cure("time_too_long", "frobnicator", set_by="application", socket_unit="f.socket")["text"]
    assert said not in cure("keepalive_off", "frobnicator", socket_unit="f.socket")["text"]


@pytest.mark.parametrize(
    ("process", "port", "setting"),
    [
        ("beam.smp in rabbitmq-server.service", 5673, "If this port speaks AMQP, it has a setting"),
        ("java in zookeeper.service", 2182, "If this is a client port, it has a setting"),
        ("java in zookeeper.service", 3889, "a port between members has tcpKeepAlive=true"),
    ],
)
def test_a_port_that_the_operator_chose_is_told_of_the_setting(process: str, port: int, setting: str) -> None:
    assert setting in cure("keepalive_off", process, port=port)["text"]


def test_what_nobody_knows_and_has_the_hosts_values_is_cured_by_the_host() -> None:
    found = cure("time_too_long", "frobnicator", set_by="host", settings=LINUX)
    assert (found["host_values_help"], found["lines"]) == (True, [HOST_TASK])


def test_what_is_turned_on_without_values_has_the_hosts_then() -> None:
    assert (
        "; then set the host's values with netops.keepalive.tcp_keepalive (time 60, interval 10, probes 6):"
        in (cure("keepalive_off", "beam.smp in rabbitmq-server.service", port=5672)["text"])
    )
    found = cure("time_too_long", "beam.smp in rabbitmq-server.service", port=5672, set_by="host", settings=LINUX)
    assert (found["host_values_help"], found["lines"]) == (True, [HOST_TASK])


def test_the_hosts_values_do_not_reach_into_a_container() -> None:
    process = {"name": "apache2", "command": "/usr/sbin/apache2", "unit": None, "container": "4a5b6c"}
    found = cure("time_too_long", set_by="host", settings=LINUX, process=process)
    assert found["host_values_help"] is False
    assert found["lines"] == [
        "net.ipv4.tcp_keepalive_time = 60",
        "net.ipv4.tcp_keepalive_intvl = 10",
        "net.ipv4.tcp_keepalive_probes = 6",
    ]


def test_who_answers_for_another_is_not_what_is_cured() -> None:
    found = cure("keepalive_off", "docker-proxy", forwarder="docker-proxy")
    assert (found["group"], found["lines"]) == ("unknown", [])
    assert found["text"].startswith("docker-proxy answers here for another program")


def test_a_user_timeout_outweighs_the_probes_and_is_named() -> None:
    settings = {**LINUX, "time": 60, "user_timeout": 300.5}
    found = cure("drops_too_late", "postgres", set_by="application", settings=settings)
    assert "Its TCP_USER_TIMEOUT of 300.5 s decides when it drops a dead peer: lower that too." in found["text"]


# From outside no process is seen: the name that the inventory gives is all there is.

NAMED = {"redis": "Redis", "MSSQL": "Microsoft SQL Server", "Nginx": "nginx", "kestrel": "Kestrel", "mq": "IBM MQ"}


@pytest.mark.parametrize(("name", "application"), NAMED.items(), ids=list(NAMED))
def test_a_name_is_recognised_where_no_process_is_seen(name: str, application: str) -> None:
    assert cure("not_seen", name=name)["application"] == application


def test_what_is_seen_goes_before_the_name_but_a_mere_runtime_does_not() -> None:
    assert cure("keepalive_off", "nginx", name="redis")["application"] == "nginx"
    assert cure("keepalive_off", "java in shop.service", name="Kafka")["application"] == "Kafka"


def test_silence_from_an_application_with_the_hosts_values_is_theirs() -> None:
    assert cure("not_seen", name="apache")["lines"] == [HOST_TASK]
    assert cure("not_seen", name="nginx")["lines"] == ["listen 8080 so_keepalive=60s:10s:6;"]


def test_a_longer_name_than_the_kernel_keeps_is_recognised() -> None:
    process = {"name": "kube-controller", "command": "", "unit": None, "container": None}
    assert cure("drops_too_late", process=process)["application"] == "a Go server"


@pytest.mark.parametrize(
    "verdict", [None, "exempt", "compliant", "masked", "reset", "inconclusive", "unreadable"], ids=str
)
def test_where_nothing_is_wrong_nothing_is_cured(verdict: str | None) -> None:
    assert remedy(entry(verdict, "nginx")) is None


@pytest.mark.parametrize("verdict", ["refused", "unreachable", "not_accepted"])
def test_who_cannot_be_reached_is_helped_where_it_was_named(verdict: str) -> None:
    assert cure(verdict)["text"]
    assert remedy(entry(verdict, named=False)) is None


def test_what_the_policy_leaves_open_stays_as_it_is() -> None:
    found = cure(
        "time_too_long", "haproxy", policy={"time": 60}, settings={**LINUX, "interval": 20}, set_by="application"
    )
    assert found["lines"][1:] == ["clitcpka-idle 60s", "clitcpka-intvl 20s", "clitcpka-cnt 9"]


def test_another_policy_replaces_that_of_the_listener() -> None:
    found = remedy(entry("keepalive_off", "nginx"), Settings(30, 5, 3))
    assert found is not None
    assert found["lines"] == ["listen 8080 so_keepalive=30s:5s:3;"]


def test_an_application_with_a_way_of_its_own_is_not_told_to_turn_keepalive_on() -> None:
    found = cure("keepalive_off", "nats-server")
    assert found["lines"] == ['ping_interval: "40s"', "ping_max: 2"]
    assert "Keepalive has no setting. Let it find dead peers in its own way in nats-server.conf" in found["text"]
    assert "Turn it on" not in found["text"]


def test_the_version_that_the_lines_need_is_said() -> None:
    found = cure("keepalive_off", "java in zookeeper.service", port=2181)
    assert "It needs version 3.6.1 or newer." in found["text"]
