# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of a fleet as it is: hosts alike in what runs, each with pids, addresses, units, counts and a few values of its own."""

from __future__ import annotations

import functools
import json
import random
from typing import Any, NamedTuple

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import listeners, remedies, results

from tests.support.report_samples import CREATED, KERNEL, POLICY, listener

ENOUGH = 7
# Every key that a listener has.
BASE = listener({})


class Program(NamedTuple):
    name: str
    port: int
    verdict: str
    unit: str = ""
    set_by: str | None = None
    values: tuple[int, int, int] | None = None
    """Keepalive is off without them."""


PROGRAMS = (
    Program("sshd", 22, "drops_too_late", "ssh.service", "host", (7200, 75, 9)),
    Program("nginx", 80, "keepalive_off", "nginx.service"),
    Program("nginx", 443, "keepalive_off", "nginx.service"),
    Program("redis-server", 6379, "time_too_long", "redis-server@{instance}.service", "application", (300, 100, 3)),
    Program("postgres", 5432, "drops_too_late", "postgresql@15-main.service", "host", (7200, 75, 9)),
    Program("mariadbd", 3306, "time_too_long", "mariadb.service", "host", (7200, 75, 9)),
    Program("node_exporter", 9100, "exempt", "node-exporter.service"),
    Program("java", 8080, "keepalive_off", "billing-{instance}.service"),
    Program("java", 9092, "compliant", "kafka.service", "application", (60, 20, 3)),
    Program("haproxy", 8404, "keepalive_off", "haproxy.service"),
    Program("python3", 8000, "keepalive_off", "gunicorn-{instance}.service"),
    Program("beam.smp", 5672, "compliant", "rabbitmq-server.service", "application", (60, 20, 3)),
    Program("master", 25, "inconclusive", "postfix@-.service"),
    Program("kubelet", 10250, "compliant", "kubelet.service", "application", (15, 15, 9)),
    Program("containerd", 41000, "keepalive_off", "containerd.service"),
    Program("systemd", 631, "keepalive_off", "init.scope"),
)


def fleet(hosts: int = 1000, each: int = 30, seed: int = 7) -> dict[str, Any]:
    """What the report is made from."""
    chance = random.Random(seed)
    return {"created": CREATED, "hosts": dict(host(chance, number, each) for number in range(hosts))}


def host(chance: random.Random, number: int, each: int) -> tuple[str, dict[str, Any]]:
    name = (
        f"{chance.choice(('web', 'db', 'app', 'cache'))}{number:04}.{chance.choice(('fra', 'iad', 'sin'))}.example.com"
    )
    fate = chance.random()
    if fate < 0.02:
        return name, results.outcome({"unreachable": True, "msg": unreachable(chance, name)})
    if fate < 0.03:
        return name, results.outcome({"failed": True, "msg": "sudo: a password is required"})
    if fate < 0.05:
        return name, blind(chance, each)
    own = f"10.{number // 250}.{number % 250}.{chance.randint(2, 250)}"
    entries: list[dict[str, Any]] = []
    while len(entries) < each:
        entries += sockets(chance, chance.choice(PROGRAMS), own)
    return name, results.proven(entries[:each], None, ("keepalive_off",))


def blind(chance: random.Random, each: int) -> dict[str, Any]:
    """A host on an old kernel, which cannot show the sockets of its programs."""
    program = Program("sshd", 22, "unreadable", "ssh.service")
    entries = [one for _socket in range(each) for one in sockets(chance, program, "10.9.9.9")]
    return results.proven(entries[:each], "kernel", listeners.FAIL_ON)


def unreachable(chance: random.Random, name: str) -> str:
    why = chance.choice(("No route to host", "Connection timed out", "Connection refused"))
    return f"Failed to connect to the host via ssh: ssh: connect to host {name} port 22: {why}"


def sockets(chance: random.Random, program: Program, own: str) -> list[dict[str, Any]]:
    """One listener, or IPv4 and IPv6 of the same."""
    port = program.port if chance.random() < 0.6 else 20000 + chance.randint(0, 20000)
    where = chance.choice((("0.0.0.0", "::"), ("0.0.0.0",), (own,), ("127.0.0.1",), ("::",)))
    pid = chance.randint(400, 4_000_000)
    workers = sorted(chance.sample(range(pid, pid + 60), chance.choice((1, 1, 1, 2, 4, 8))))
    values = {**KERNEL, **dict(zip(("time", "interval", "probes"), program.values))} if program.values else None
    if values and program.set_by == "application" and chance.random() < 0.1:
        values["time"] += chance.randint(1, 600)
    open_ = int(chance.expovariate(1 / 20))
    unit = program.unit.format(instance=chance.randint(1, 40))
    contained = chance.random() < 0.1
    process = {
        "pid": workers[0], "name": program.name, "command": f"/usr/sbin/{program.name}", "pids": workers, "script": None,
        "unit": f"docker-{chance.getrandbits(48):012x}.scope" if contained else unit,
        "container": f"{chance.getrandbits(48):012x}" if contained else None,
    }  # fmt: skip
    common: dict[str, Any] = {
        "process": process,
        "values": values,
        "open": open_,
        "port": port,
        "unit": process["unit"],
    }
    return [entry(program, address, **common) for address in where]


def entry(
    program: Program,
    address: str,
    *,
    process: dict[str, Any],
    values: dict[str, Any] | None,
    open_: int = 0,
    **more: Any,
) -> dict[str, Any]:
    open_ = more["open"]
    if values:
        values["drop_after"] = values["time"] + values["interval"] * values["probes"]
    exempt = "it is scraped every 15 s" if program.verdict == "exempt" else None
    found = {
            **BASE,
            "address": address, "port": more["port"], "family": "inet6" if ":" in address else "inet", "process": process,
            "method": "inspect", "verdict": program.verdict, "reason": reason(program, values), "policy": POLICY,
            "exempt": exempt, "set_by": program.set_by if values else None, "keepalive": bool(values), "settings": values,
            "connections": {"open": open_, "with_keepalive": open_ if values else 0},
    }  # fmt: skip
    return {**found, "fails": listeners.offends(found), "remedy": remedy(found, more["unit"])}


@functools.cache
def remedy_of(text: str) -> Any:
    return remedies.remedy(json.loads(text))


def remedy(found: dict[str, Any], unit: str) -> Any:
    """The same for all with the same program and values: it takes long to find."""
    process = {**found["process"], "pid": 1, "pids": [1], "unit": unit}
    plain = {**found, "port": 80, "address": "0.0.0.0", "reason": "", "connections": None, "process": process}
    known = remedy_of(json.dumps(plain))
    return known and {
        **known,
        "lines": [line.replace("listen 80 ", f"listen {found['port']} ") for line in known["lines"]],
    }


def reason(program: Program, values: dict[str, Any] | None) -> str:
    if program.verdict == "exempt":
        return "Keepalive is not expected: it is scraped every 15 s."
    if program.verdict == "inconclusive":
        return f"No test connection was accepted within {ENOUGH} s, as the queue of the listener is full."
    if program.verdict == "unreadable":
        return "The application's sockets could not be read."
    if not values:
        return "Keepalive is off: a dead peer is never noticed, and an idle connection sends nothing to keep its path open."
    if program.verdict == "time_too_long":
        return f"The first probe comes after {values['time']} s, the policy allows {POLICY['time']} s."
    return f"Keepalive is on: a dead peer is dropped after {values['drop_after']} s, the policy allows {POLICY['drop_after']} s."
