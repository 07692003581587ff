#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


DOCUMENTATION = r"""
module: tcp_keepalive_info
short_description: Read a host's TCP keepalive values, now and after the next boot
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Returns the TCP keepalive values of the running kernel, the values that the next boot sets with the file and line that decide, the kernel's
    defaults, and the lines that contradict the values of the next boot.
  - Changes nothing and needs no privilege, except to read what RV(always) shows.
  - On a Windows host, a task that names this module runs M(netops.keepalive.win_tcp_keepalive_info), which returns the same keys except C(readers) and
    C(conflicts).
extends_documentation_fragment:
  - netops.keepalive.attributes
  - netops.keepalive.attributes.info_module
attributes:
  platform:
    platforms: linux
notes:
  - On a Linux host the task looks at the host with a shell script first, and its result is computed on the controller. The module itself runs, and needs
    Python there, only where something is out of the ordinary, where M(netops.keepalive.tcp_keepalive_always) is in use, and with the variable
    C(keepalive_look) set to V(module). See R(Thousands of hosts,ansible_collections.netops.keepalive.docsite.guide_large_fleets).
seealso:
  - module: netops.keepalive.tcp_keepalive
  - module: netops.keepalive.win_tcp_keepalive_info
"""

EXAMPLES = r"""
- name: Read the values
  netops.keepalive.tcp_keepalive_info:
  register: keepalive

- name: Show a host whose next boot changes the values in force
  ansible.builtin.debug:
    msg: "{{ keepalive.boot_source }}"
  when: keepalive.boot != keepalive.runtime
"""

RETURN = r"""
runtime:
  description: The values of the running kernel, in seconds. V(null) if the kernel does not show one.
  returned: success
  type: dict
  sample: {time: 7200, interval: 75, probes: 9, drop_after: 7875}
boot:
  description: The values that the next boot sets, computed from all files.
  returned: success
  type: dict
  sample: {time: 120, interval: 30, probes: 4, drop_after: 240}
boot_source:
  description: For each value, the file and line that decide it after the next boot. V(null) means the kernel's default.
  returned: success
  type: dict
  sample:
    time: {file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 2}
    interval: {file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 3}
    probes: null
defaults:
  description: The values that the kernel has at its start.
  returned: success
  type: dict
  sample: {time: 7200, interval: 75, probes: 9, drop_after: 7875}
explicit:
  description: For each value, whether it was set, in the running kernel or for the next boot.
  returned: success
  type: dict
  sample: {time: true, interval: true, probes: false}
native:
  description: The values of the running kernel, with the names and units of the operating system.
  returned: success
  type: dict
  sample: {net.ipv4.tcp_keepalive_time: 7200, net.ipv4.tcp_keepalive_intvl: 75, net.ipv4.tcp_keepalive_probes: 9}
readers:
  description:
    - For each program that can read sysctl files at boot, the values that it would set, with the file and line for each. Also for the program that does not
      boot this host.
    - V(systemd) is systemd-sysctl, V(procps) is C(sysctl --system).
  returned: success
  type: dict
  sample:
    systemd: {time: 7200, interval: 75, probes: 9, drop_after: 7875, source: {time: null, interval: null, probes: null}}
    procps: {time: 300, interval: 75, probes: 9, drop_after: 975, source: {time: {file: /etc/sysctl.conf, line: 3}, interval: null, probes: null}}
conflicts:
  description: All lines in sysctl files that set another value than the next boot.
  returned: success
  type: list
  elements: dict
  sample:
    - {parameter: time, value: 300, file: /etc/sysctl.conf, line: 3, reader: procps}
always:
  description:
    - The scopes whose connections M(netops.keepalive.tcp_keepalive_always) switches on, now or after the next boot.
    - V(null) if it is not known, which RV(limits) explains. Only root can read what is attached.
  returned: success
  type: list
  elements: dict
  contains:
    unit:
      description: The unit. V(null) for the host.
      returned: success
      type: str
    cgroup:
      description: The path of the cgroup. V(null) if nothing is attached now.
      returned: success
      type: str
    runtime:
      description: What is attached now, in seconds. V(null) if nothing is.
      returned: success
      type: dict
    boot:
      description: What a reboot or a start of the unit attaches, in seconds. V(null) if nothing is.
      returned: success
      type: dict
    counters:
      description: The established connections that the program has seen, set, left as the application had set them, and could not read or set.
      returned: success
      type: dict
  sample:
    - unit: legacy-erp.service
      cgroup: /system.slice/legacy-erp.service
      runtime: {attached: true, excluded: false, direction: both, time: 120, interval: 30, probes: 4, user_timeout: null}
      boot: {attached: true, excluded: false, direction: both, time: 120, interval: 30, probes: 4, user_timeout: null}
      counters: {seen: 812, set: 790, kept: 22, errors: 0}
limits:
  description: Sentences about what is not known.
  returned: success
  type: list
  elements: str
  sample: []
reboot_required:
  description: Whether values wait for the next boot. Always V(false) on Linux.
  returned: success
  type: bool
  sample: false
"""

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always.info import signs
from ansible_collections.netops.keepalive.plugins.module_utils._host import info, take_snapshot

ARGUMENT_SPEC: dict = {}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        report = with_switch(info.info_report(take_snapshot.take_snapshot()))
    except _errors.KeepaliveError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **report)


def with_switch(report: t.Dict[str, t.Any]) -> t.Dict[str, t.Any]:
    if not any(map(os.path.lexists, signs.SIGNS)):
        return dict(report, always=[])
    # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
    from ansible_collections.netops.keepalive.plugins.module_utils._always.info import overview

    scopes, limits = overview.read()
    return dict(report, always=scopes, limits=report["limits"] + limits)


if __name__ == "__main__":
    main()
