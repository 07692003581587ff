# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data on well-known applications: complete, and every line can be filled in."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils._settings import Settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.applications import (
    known_applications,
    recognise,
)
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate.remedies import PLACE, filled

Application = dict[str, Any]

KNOWN = known_applications()
KEYS = {
    "application",
    "seen_as",
    "aliases",
    "group",
    "default",
    "single",
    "file",
    "lines",
    "then",
    "at_most",
    "turns_on",
    "note",
    "source",
}
each_application = pytest.mark.parametrize("application", KNOWN, ids=lambda one: one["application"])


@each_application
def test_an_entry_is_complete(application: Application) -> None:
    assert set(application) <= KEYS
    assert application["group"] in ("own_timings", "os_timings", "off_by_default")
    assert all(isinstance(application[key], str) for key in ("application", "default", "source"))
    assert application["seen_as"]
    with_lines = {key for key in ("file", "lines", "then") if key in application}
    assert with_lines in (set(), {"file", "lines", "then"})
    assert not application.get("turns_on") or with_lines


@each_application
def test_every_line_is_filled_in(application: Application) -> None:
    lines = filled(application, {"port": 8080}, Settings(600, 30, 9))
    assert lines is not None
    assert not any(PLACE.search(line) for line in lines)


@each_application
def test_an_entry_with_lines_for_values_has_all_three_or_one_number(application: Application) -> None:
    text = " ".join(application.get("lines", []))
    named = set(PLACE.findall(text)) & {"time", "interval", "probes", "count_timeout", "single", "single_ms"}
    complete = [{"time", "interval", "probes"}, {"time", "interval", "count_timeout"}, {"single"}, {"single_ms"}, set()]
    of_the_system = {
        "Microsoft Host Integration Server",
        "NATS",
    }  # the number of probes cannot be set; pings, not probes
    assert named in complete or application["application"] in of_the_system
    assert bool(named) != bool(application.get("turns_on")) or not application.get("lines") or "Java" in text


@pytest.mark.parametrize(
    "pattern, application", [(pattern, one["application"]) for one in KNOWN for pattern in one["seen_as"]]
)
def test_an_entry_is_found_by_what_it_is_seen_as(pattern: str, application: str) -> None:
    """None stands in the shadow of one before it."""
    name, _in, unit = pattern.replace("*", "").partition(" in ")
    process = {"name": name, "command": "", "unit": unit and unit + ".service"}
    found = recognise({"process": process, "name": None, "socket_unit": None}, KNOWN)
    assert found is not None
    assert found["application"] == application


@pytest.mark.parametrize(
    "name, application",
    [(name, one["application"]) for one in KNOWN for name in (one["application"], *one.get("aliases", []))],
)
def test_an_entry_is_found_by_the_names_that_people_give_it(name: str, application: str) -> None:
    found = recognise({"process": None, "name": name.upper(), "socket_unit": None}, KNOWN)
    assert found is not None
    assert found["application"] == application


def test_no_two_entries_have_the_same_name() -> None:
    names = [one["application"] for one in KNOWN]
    assert len(set(names)) == len(names)
