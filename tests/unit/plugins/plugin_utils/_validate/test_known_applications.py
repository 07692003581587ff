# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data on well-known applications: as its schema wants it, every entry can be found, and every line can be filled in."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.applications import (
    FILE,
    is_mere_runtime,
    known_applications,
    recognise,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedy_numbers import PLACE, filled

from tests.support.paths import ROOT

Application = dict[str, Any]

KNOWN = known_applications()
SCHEMA = json.loads((ROOT / "tests" / "support" / "remedies" / "applications.schema.json").read_text(encoding="utf-8"))
VALUES = {"time", "time_ms", "time_minutes", "interval", "probes", "count_timeout", "single"}
each_application = pytest.mark.parametrize("application", KNOWN, ids=lambda one: one["application"])


def listener(
    application: Application, name: str | None = None, process: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"port": application.get("ports", [8080])[0], "name": name, "process": process, "socket_unit": None}


def test_the_data_is_as_its_schema_wants_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(data)
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


@each_application
def test_every_line_is_filled_in(application: Application) -> None:
    lines = filled(application, listener(application), Settings(600, 30, 9))
    assert lines is not None
    assert not any(PLACE.search(line) for line in lines)


@each_application
def test_an_entry_with_lines_for_values_has_all_three_or_one_number(application: Application) -> None:
    text = " ".join(application.get("lines", []))
    named = set(PLACE.findall(text)) & VALUES
    if application["application"] == "Microsoft Host Integration Server":
        assert named == {"time", "interval"}, "the number of probes cannot be set there"
    elif application["application"] == "hitch":
        assert named == {"time"}, "the others are the host's"
    elif "fixed" in application:
        assert named <= {"time", "time_ms", "time_minutes"}
        assert len(named) == 1
    elif "single" in application:
        assert named == {"single"}
    elif application.get("turns_on") or not text:
        assert named == set()
    else:
        assert named in ({"time", "interval", "probes"}, {"time", "interval", "count_timeout"})


@pytest.mark.parametrize(
    ("pattern", "application"),
    [pytest.param(pattern, one, id=f"{one['application']}-{pattern}") for one in KNOWN for pattern in one["seen_as"]],
)
def test_an_entry_is_found_by_what_it_is_seen_as(pattern: str, application: Application) -> None:
    """None stands in the shadow of one before it."""
    name, _in, unit = pattern.replace("*", "").partition(" in ")
    process = {"name": name, "command": "", "unit": unit and unit + ".service"}
    found = recognise(listener(application, process=process), KNOWN)
    assert found is not None
    assert found["application"] == application["application"]


@pytest.mark.parametrize(
    ("name", "application"),
    [
        pytest.param(name, one, id=f"{one['application']}-{name}")
        for one in KNOWN
        for name in (one["application"], *one.get("aliases", []))
    ],
)
def test_an_entry_is_found_by_the_names_that_people_give_it(name: str, application: Application) -> None:
    found = recognise(listener(application, name=name.upper()), KNOWN)
    assert found is not None
    assert found["application"] == application["application"]


RUN_BY_AN_INTERPRETER = {
    "Uvicorn": ("python3", "uvicorn"),
    "Gunicorn": ("python3", "gunicorn"),
    "Hypercorn": ("python3", "hypercorn"),
    "aiohttp": ("python3", "aiohttp.web"),
    "Twisted": ("python3", "twisted"),
    "Puma": ("ruby", "puma"),
    "SpamAssassin": ("perl", "spamd"),
    "Prosody": ("lua5.4", "prosody"),
    "Kafka": ("java", "kafka.Kafka"),
    "Tomcat": ("java", "org.apache.catalina.startup.Bootstrap"),
    "Node.js": ("node", "server.js"),
    "a Java program": ("java", "shop.jar"),
}


@pytest.mark.parametrize("application", RUN_BY_AN_INTERPRETER)
def test_an_application_is_recognised_behind_its_interpreter(application: str) -> None:
    name, script = RUN_BY_AN_INTERPRETER[application]
    process = {"name": name, "command": f"/usr/bin/{name}", "unit": "shop.service", "script": script}
    found = recognise({"port": 8080, "name": None, "process": process, "socket_unit": None}, KNOWN)
    assert found is not None
    assert found["application"] == application


@pytest.mark.parametrize("script", ["smtpd", "tor", "named", "registry"])
def test_a_script_is_not_the_program_of_the_same_name(script: str) -> None:
    """As `python3 -m smtpd`, which is not Postfix."""
    process = {"name": "python3", "command": "/usr/bin/python3.12", "unit": None, "script": script}
    assert recognise({"port": 8080, "name": None, "process": process, "socket_unit": None}, KNOWN) is None


BY_PORT = {
    5672: "RabbitMQ",
    25672: "RabbitMQ between nodes",
    15672: "RabbitMQ on another port",
}


@pytest.mark.parametrize("port", BY_PORT)
def test_the_port_decides_which_entry_is_about_it(port: int) -> None:
    process = {"name": "beam.smp", "command": "", "unit": "rabbitmq-server.service"}
    found = recognise({"port": port, "name": None, "process": process, "socket_unit": None}, KNOWN)
    assert found is not None
    assert found["application"] == BY_PORT[port]


def test_no_two_entries_have_the_same_name() -> None:
    names = [one["application"] for one in KNOWN]
    assert len(set(names)) == len(names)


def test_entries_of_which_only_the_interpreter_is_known_come_last() -> None:
    runtimes = [is_mere_runtime(one) for one in KNOWN if one["application"] not in ("a systemd socket", "a Go server")]
    assert runtimes == sorted(runtimes)


def test_the_table_of_the_guide_is_made_from_the_data() -> None:
    command = [sys.executable, str(ROOT / "tools" / "application-table"), "--check"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
