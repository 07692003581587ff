# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: remedy
short_description: What cures a listener that does not keep to its policy
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - For a well-known application, the exact lines of its configuration with the numbers of the policy in its own units, and whether the values of
    the host can help at all. For any other program, what can be done from outside.
  - The data is C(roles/validate/vars/applications.yml) in this collection.
positional: policy
options:
  _input:
    description: An entry of RV(netops.keepalive.tcp_keepalive_probe#module:listeners).
    type: dict
    required: true
  policy:
    description: A policy that replaces the one that the listener was held against, a mapping with any of C(time), C(interval) and C(probes).
    type: dict
seealso:
  - module: netops.keepalive.tcp_keepalive_probe
"""

EXAMPLES = r"""
- name: Show what cures each listener
  ansible.builtin.debug:
    msg: "{{ item | netops.keepalive.remedy }}"
  loop: "{{ probe.listeners }}"
"""

RETURN = r"""
_value:
  description:
    - V(null) if there is nothing to cure, otherwise a mapping.
    - C(application) is the name of the application, V(null) if the program is not known.
    - C(group) is V(own_timings) (it sets values of its own), V(os_timings) (it leaves them to the host), V(off_by_default) or V(unknown).
    - C(host_values_help) tells whether other values of the host would cure it.
    - C(text) says what to do, C(lines) are the lines to write, and C(source) is where that was read.
  type: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener, shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import remedies


def remedy(entry: object, policy: object = None) -> dict[str, t.Any] | None:
    try:
        wanted = _settings.parse_policy(policy) if policy else None
        return remedies.remedy(listener.LISTENER.fit(entry), wanted)
    except _errors.KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error
    except shapes.Unfit as error:
        raise AnsibleFilterError(
            f"the listener has what the probe never returns ({error.place or 'it is no mapping'})"
        ) from None


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"remedy": remedy}
