# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as the artifact of a job: findings with their hosts, statuses and counts, at most 150 bytes a host. Pure.

AWX joins the artifacts of job slices by ``dict.update``, so each has a name of its own. Slices are merged from them.
"""

from __future__ import annotations

import json
import re
import secrets
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._report import model, tally
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import results

Mapping = t.Mapping[str, t.Any]
PREFIX = "keepalive_"
# What AWX and its older name give to each job, the same for both.
JOB_IDS = ("awx_job_id", "tower_job_id")
IDENTIFIER = re.compile(r"\w{1,40}\Z", re.ASCII)
VERSION = 1
OF_FINDING = ("id", "program", "verdict", "set_by", "reason", "remedy", "wordings")
OF_STATE = ("status", "cause", "fails", "message", "policy")
NOT_JUDGED = ""
# Begins the place of a unit in a row.
UNIT = "u"
# ssh names the host in what it says. Without the name, many hosts have the same message.
NAME = "{host}"
LONGEST_MESSAGE = 120


def name(variables: Mapping) -> str:
    """``keepalive_1234`` for job 1234 of AWX; elsewhere a random word takes the place of the number."""
    known = (str(variables[key]) for key in JOB_IDS if key in variables)
    return PREFIX + next(filter(IDENTIFIER.match, known), secrets.token_hex(4))


def artifact(whole: model.Result, tallies: t.Iterable[tally.Tally]) -> model.Result:
    """``tallies`` has that of each host."""
    units: dict[str, list[str]] = {}
    for number, one in enumerate(whole["always_keepalive"]):
        for name_ in one["hosts"]:
            units.setdefault(name_, []).append(f"{UNIT}{number}")
    groups = {one["id"]: number for number, one in enumerate(whole["findings"])}
    verdicts: dict[str, int] = {}
    states: dict[str, int] = {}
    hosts = {}
    for host, counts in zip(whole["hosts"], tallies):
        parts = [str(states.setdefault(state(host), len(states)))]
        for (finding, verdict), number in counts.items():
            word = verdict or NOT_JUDGED
            at = len(groups) + verdicts.setdefault(word, len(verdicts)) if finding is None else groups[finding]
            parts.append(str(at) if number == 1 else f"{at}x{number}")
        hosts[host["name"]] = " ".join([*parts, *units.get(host["name"], ())])
    return {
        "artifact": VERSION,
        **{key: whole[key] for key in ("created", "kinds", "policy")},
        "findings": [{key: one[key] for key in OF_FINDING} for one in whole["findings"]],
        "units": [one["unit"] for one in whole["always_keepalive"]],
        "verdicts": list(verdicts),
        "states": [dict(zip(OF_STATE, json.loads(one))) for one in states],
        "hosts": hosts,
    }


def state(host: Mapping) -> str:
    """What many hosts have in common; the message only where it summarises neither the listeners nor the audit of the policy."""
    message = None
    if host["status"] not in (results.OK, results.UNPROVEN):
        told = returned_text.one_line(host["message"]).replace(host["name"], NAME)
        message = returned_text.clipped(told, LONGEST_MESSAGE)
    return json.dumps([host["status"], host["cause"], host["fails"], message, host["policy"]])
