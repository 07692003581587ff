# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run trials: each application as shipped, probed, cured by the printed lines, and probed again.

The hosts of a group are booted and probed side by side. An error in one trial is its outcome and does not touch the others.
"""

from __future__ import annotations

import itertools
import json
import re
import shlex
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import applications, remedies

from tests.support.fleet import Fleet, FleetError, Host
from tests.support.fleet.tasks import task
from tests.support.remedies import registries
from tests.support.remedies.trials import Case, Put, Trial, variant

PROBE = "netops.keepalive.tcp_keepalive_probe"
POLICY_MODULE = "netops.keepalive.tcp_keepalive"
READER = Path(__file__).with_name("independent_reader.py")
SILENT_CLIENT = READER.with_name("silent_client.py")
STARTING = 90
AT_ONCE = 10

Entry = dict[str, Any]
Reading = dict[str, Any]


class Outcome:
    """What came of a trial, step by step."""

    def __init__(self, case: Case, host: Host) -> None:
        self.case, self.host = case, host
        self.error: str | None = None
        self.version = ""
        self.shipped: list[Entry] = []
        self.shipped_reading: Reading = {}
        self.remedy: dict[str, Any] | None = None
        self.cured: list[Entry] = []
        self.cured_reading: Reading = {}
        self.closed_after: float | None = None
        """Seconds until a connection ended whose client answered nothing, if the application has a way of its own."""

    @property
    def needs_host_values(self) -> bool:
        """Whether the remedy says that the host's values are to be set."""
        if self.remedy is None:
            return False
        alone = bool(self.remedy["host_values_help"] and self.case.trial.put is None)
        return alone or "; then set the host's values" in self.remedy["text"]


def run_group(cases: Sequence[Case], folder: Path, *, one_host: bool) -> dict[Case, Outcome]:
    """Cases of one release: all on one host, or each on a host of its own, and every host has the packages of all."""
    fleet = Fleet(folder)
    try:
        fleet.create(1 if one_host else len(cases), [variant(cases)])
        outcomes = [Outcome(case, host) for case, host in zip(cases, itertools.cycle(fleet.hosts), strict=False)]
        run_batch(fleet, outcomes)
        return {outcome.case: outcome for outcome in outcomes}
    finally:
        fleet.destroy()


def run_batch(fleet: Fleet, outcomes: list[Outcome]) -> None:
    """The host's values are set last: what needs none of them is cured without."""
    each(start, outcomes)
    for outcome, entries in probe(fleet, outcomes):
        outcome.shipped = entries
    each(cure, outcomes)
    for outcome in healthy(outcomes):
        if outcome.case.trial.by_the_switch:
            switch_on(fleet, outcome)
    by_the_host = [outcome for outcome in healthy(outcomes) if outcome.needs_host_values]
    probe_again(fleet, [outcome for outcome in outcomes if outcome not in by_the_host])
    if by_the_host:
        options = {
            name: f"{{{{ {json.dumps(values)}[inventory_hostname] }}}}"
            for name, values in policies(by_the_host).items()
        }
        task(fleet, hosts_of(by_the_host), POLICY_MODULE, {**options, "boot": False})
        probe_again(fleet, by_the_host)


def probe_again(fleet: Fleet, outcomes: list[Outcome]) -> None:
    for outcome, entries in probe(fleet, outcomes):
        outcome.cured = entries
    each(read_cured, outcomes)


def hosts_of(outcomes: Iterable[Outcome]) -> list[Host]:
    return list({outcome.host.name: outcome.host for outcome in outcomes}.values())


def policies(outcomes: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """By parameter and host."""
    return {
        name: {outcome.host.name: outcome.case.policy[name] for outcome in outcomes}
        for name in ("time", "interval", "probes")
    }


def healthy(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.error is None]


def each(step: Callable[[Outcome], None], outcomes: list[Outcome]) -> None:
    def guarded(outcome: Outcome) -> None:
        try:
            step(outcome)
        except (FleetError, OSError, ValueError, LookupError, TypeError) as error:
            outcome.error = f"{step.__name__}: {type(error).__name__}: {error}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(guarded, healthy(outcomes)))


def start(outcome: Outcome) -> None:
    trial, host = outcome.case.trial, outcome.host
    outcome.version = version(trial, host)
    host.run("set -e\n" + trial.start)
    wait_for_port(outcome)
    outcome.shipped_reading = read(outcome)


def version(trial: Trial, host: Host) -> str:
    package = trial.part_of or trial.packages[0]
    if trial.registry:
        return registries.install(trial.registry, package, host)
    return upstream(host.run(f"dpkg-query --show --showformat='${{Version}}' {package}").stdout)


def upstream(version: str) -> str:
    """A Debian version without its epoch and its revision."""
    return re.sub(r"^\d+:|-[^-]*$|[+~](dfsg|ds|debian|repack|really)[^-]*", "", version)


def wait_for_port(outcome: Outcome) -> None:
    deadline = time.monotonic() + STARTING
    listens = f"ss -Htln 'sport = :{outcome.case.trial.port}'"
    while not outcome.host.run(listens).stdout:
        if time.monotonic() > deadline:
            last = outcome.host.run("journalctl --no-pager --lines=15 --output=cat", check=False).stdout
            raise TimeoutError(f"nothing listens on port {outcome.case.trial.port} after {STARTING} s:\n{last}")
        time.sleep(0.3)
    time.sleep(1)


def read(outcome: Outcome) -> Reading:
    reading: Reading = json.loads(run_client(outcome, READER))
    return reading


def run_client(outcome: Outcome, script: Path) -> str:
    """What the script prints; the host connects to itself."""
    trial, host = outcome.case.trial, outcome.host
    local = host.run(f"ss -Htln 'sport = :{trial.port}'").stdout.split()[3].rpartition(":")[0].strip("[]")
    address = {"0.0.0.0": "127.0.0.1", "*": "127.0.0.1", "::": "::1"}.get(local, local).partition("%")[0]
    command = ["python3", "-", address, str(trial.port), trial.send]
    return host.run(shlex.join(command), text=script.read_text()).stdout


def probe(fleet: Fleet, outcomes: list[Outcome]) -> list[tuple[Outcome, list[Entry]]]:
    """The listeners that the module finds on each host: one task for all."""
    alive = healthy(outcomes)
    if not alive:
        return []
    targets: dict[str, list[Any]] = {}
    for outcome in alive:
        targets.setdefault(outcome.host.name, []).append(target(outcome))
    options = {"targets": f"{{{{ ({json.dumps(targets)})[inventory_hostname] }}}}"}
    found = task(fleet, hosts_of(alive), PROBE, options)
    return [
        (outcome, [one for one in found[outcome.host.name]["listeners"] if one["port"] == outcome.case.trial.port])
        for outcome in alive
    ]


def target(outcome: Outcome) -> dict[str, Any]:
    trial = outcome.case.trial
    wanted: dict[str, Any] = {"port": trial.port, "policy": outcome.case.policy}
    if trial.send:
        wanted["send"] = trial.send
    if trial.tls:
        wanted["tls"] = True
    return wanted


def cure(outcome: Outcome) -> None:
    """As an operator would: the printed lines into the printed file, and what makes them count."""
    entry, trial = outcome.shipped[0], outcome.case.trial
    outcome.remedy = remedies.remedy(entry)
    lines = outcome.remedy["lines"] if outcome.remedy else []
    if trial.by_the_switch:
        return
    if "[Service]" in lines:
        by_drop_in(outcome, lines)
    elif trial.put:
        put(outcome.host, trial.put, lines)
        outcome.host.run(trial.restart or systemctl(data_of(outcome)["then"], entry["process"]["unit"]))
    wait_for_port(outcome)


def switch_on(fleet: Fleet, outcome: Outcome) -> None:
    """The task of the general remedy as it is printed, with what its text says of a probe from the same host."""
    assert outcome.remedy
    ((module, options),) = yaml.safe_load(outcome.remedy["lines"][0]).items()
    task(fleet, [outcome.host], module, {**options, "loopback": True})


def by_drop_in(outcome: Outcome, lines: Sequence[str]) -> None:
    """The general remedy: one of its two blocks, each of which begins with the name of its file."""
    unit = outcome.shipped[0]["process"]["unit"]
    socket = outcome.case.trial.socket_unit
    first, second = (number for number, line in enumerate(lines) if line.startswith("# "))
    block = lines[second:] if socket else lines[first:second]
    file = block[0].removeprefix("# ").replace("NAME.socket", socket)
    put(outcome.host, Put(file), block)
    units = f"{unit} {socket}"
    complaints = outcome.host.run(f"systemd-analyze verify {units} 2>&1", check=False).stdout
    if file in complaints:
        raise ValueError(complaints)
    outcome.host.run(f"systemctl daemon-reload; systemctl stop {units}; systemctl start {socket or unit}")


def data_of(outcome: Outcome) -> dict[str, Any]:
    name = outcome.case.trial.application
    return next(one for one in applications.known_applications() if one["application"] == name)


def put(host: Host, where: Put, lines: Sequence[str]) -> None:
    file = host.run(f"echo {where.file}").stdout.strip()
    text = host.run(f"cat {file}", check=False).stdout
    wanted = where.text.format(lines="\n".join(lines), before=lines[0].partition("...")[0].rstrip())
    if where.pattern:
        changed, count = re.subn(where.pattern, wanted, text, flags=re.MULTILINE)
        if not count:
            raise ValueError(f"{file} has no {where.pattern!r}:\n{text}")
    else:
        changed = text + wanted
    host.run(f"mkdir -p $(dirname {file}) && cat > {file}", text=changed)


def systemctl(then: str, unit: str) -> str:
    """`reload it` and `restart it` of the data, for the unit that the probe saw."""
    verb = then.split(maxsplit=1)[0].rstrip(",")
    if verb not in ("restart", "reload"):
        raise ValueError(f"neither restart nor reload: {then!r}")
    # A unit that has only just started may refuse to be reloaded on a busy machine.
    again = f"for try in 1 2 3 4 5; do systemctl {verb} {unit} && exit 0; sleep 3; done; exit 1"
    return f"systemctl daemon-reload; {again}"


def read_cured(outcome: Outcome) -> None:
    outcome.cured_reading = read(outcome)
    if data_of(outcome).get("stays_off"):
        outcome.closed_after = float(run_client(outcome, SILENT_CLIENT))
