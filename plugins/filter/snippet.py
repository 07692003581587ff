# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: snippet
short_description: A keepalive policy as a file for machines that no playbook reaches
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Writes a policy as configuration for an image, a cluster or a registry import.
positional: format
options:
  _input:
    description: A mapping with any of C(time), C(interval) and C(probes), such as P(netops.keepalive.plan#filter) gives.
    type: dict
    required: true
  format:
    description:
      - V(sysctl.d) is a file for C(/etc/sysctl.d).
      - V(cloud-init) is user data that writes that file and applies it.
      - V(butane) is a Butane configuration for Fedora CoreOS and similar systems.
      - V(machineconfig) is a MachineConfig of OpenShift for its workers.
      - V(pod) are the sysctls of a Kubernetes pod's security context, safe ones since Kubernetes 1.29.
      - V(reg) is a file for C(reg import) on Windows, which always sends 10 probes.
      - V(always) is a shell script that puts the files of M(netops.keepalive.tcp_keepalive_always) into an image. A host that boots from it
        switches keepalive on, with these values, for applications that leave it off.
    type: str
    choices: [sysctl.d, cloud-init, butane, machineconfig, pod, reg, always]
    required: true
  units:
    description:
      - For O(format=always), the units whose connections are switched on, by their whole names. Name the sockets that start a service, too, and
        no unit with C(RootDirectory=) or C(RootImage=), which takes the module.
      - Without it, all connections of the host are switched on.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Give a pod the values that it does not take from its host
  ansible.builtin.copy:
    content: "{{ 'path_idle=350 drop_within=180' | netops.keepalive.plan | netops.keepalive.snippet('pod') }}"
    dest: kustomize/keepalive.yaml
    mode: "0644"

- name: Write what puts the switch for two applications into an image
  ansible.builtin.copy:
    content: "{{ {'time': 120, 'interval': 30, 'probes': 4} | netops.keepalive.snippet('always', units=['redis-server.service', 'legacy-erp.service']) }}"
    dest: image/keepalive.sh
    mode: "0755"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._always import image
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import snippets

UNITS_ELSEWHERE = "units is given: that takes the format always."


def snippet(policy: object, format: object, units: object = None) -> str:
    try:
        settings = _settings.parse_policy(policy)
        if format == snippets.ALWAYS:
            return image.script(settings, units)
        if units is not None:
            raise _errors.InvalidValue(UNITS_ELSEWHERE)
        return snippets.snippet(settings, format)
    except _errors.KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"snippet": snippet}
