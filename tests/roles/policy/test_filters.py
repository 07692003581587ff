# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters under their full names, in a playbook."""

from __future__ import annotations

import json

from tests.support.hosts.plays import play, written
from tests.support.hosts.throwaway import ThrowawayHost

PLAYBOOK = """
- hosts: web
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        content: "{{ {'plan': plan, 'drop_after': plan | netops.keepalive.drop_after, 'pod': plan | netops.keepalive.snippet('pod'),
                      'policy': {} | netops.keepalive.policy(preset='nat-60'),
                      'baseline': {} | netops.keepalive.policy(preset='cis-mss', probes=10)} | to_json }}"
        dest: "{{ results }}"
        mode: "0600"
      vars:
        plan: "{{ {'path_idle': 350, 'drop_within': 180} | netops.keepalive.plan }}"

    - ansible.builtin.debug:
        msg: "{{ 'drop_within=2' | netops.keepalive.plan }}"
"""


def test_the_filters_in_a_playbook(host: ThrowawayHost) -> None:
    results = host.disk / "results.json"
    run = play(host, playbook=written(host, PLAYBOOK), results=str(results))
    found = json.loads(results.read_text(encoding="utf-8"))
    assert (found["plan"]["time"], found["plan"]["interval"], found["plan"]["probes"], found["drop_after"]) == (
        90,
        30,
        3,
        180,
    )
    assert '- name: net.ipv4.tcp_keepalive_time\n        value: "90"\n' in found["pod"]
    assert (found["policy"]["time"], found["policy"]["interval"], found["policy"]["probes"]) == (30, 10, 3)
    assert found["baseline"]["drop_after"] == 310
    assert "[WARNING]: the preset cis-mss sends the first probe after 300 s" in " ".join(run.output.split())
    assert run.status == 2
    assert (
        "drop_within=2 cannot be reached with 3 probes: 1 s of silence and 3 probes at least a second apart take 4 s."
        in run.output
    )
