# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: validation_share
short_description: Which hosts share a call of the probe
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Internal to the roles of this collection. It may change or go at any time.
  - Hosts that the same machine probes from outside are probed by one call with all their targets, so that they wait at the same time.
options:
  _input:
    description: By host, the job of M(netops.keepalive.validate_host). Hosts with an empty mapping or V(null) take no part.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the host that makes the call for this one
  ansible.builtin.debug:
    msg: "{{ (jobs | netops.keepalive.validation_share)[inventory_hostname].leader }}"
"""

RETURN = r"""
_value:
  description:
    - By host, a mapping with C(leader), the host that makes the call, and C(targets), for the leader those of all hosts of the call. C(size) targets from
      C(first) on are the host's own.
  type: dict
"""

import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import shared_calls


def validation_share(jobs: t.Mapping[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    return {host: share._asdict() for host, share in shared_calls.shares(jobs).items()}


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"validation_share": validation_share}
