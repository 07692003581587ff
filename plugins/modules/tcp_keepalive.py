#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


DOCUMENTATION = r"""
module: tcp_keepalive
short_description: Set a host's TCP keepalive values, now and after the next boot
version_added: 0.1.0
author:
  - The netops.keepalive contributors (@netops)
description:
  - Sets how soon a host notices that a TCP peer is dead, and how often it shows a NAT, firewall or load balancer that an idle connection is
    still in use.
  - One task sets all values, in seconds, in the running kernel and in a file for the next boot. It reads the values back, and computes the values after the
    next boot from all sysctl files of the host. If another file would win, it names the file and the line.
  - The module makes all changes or none. When a step fails, it puts the steps before it back.
  - The values apply to connections whose application switches keepalive on (C(SO_KEEPALIVE)) and sets no values of its own. HTTP keep-alive is
    something else.
extends_documentation_fragment:
  - netops.keepalive.attributes
attributes:
  check_mode:
    support: full
    details:
      - Predicts exactly what the real run does, and finds missing permissions too.
  diff_mode:
    support: full
    details:
      - One entry for each kernel value and each file, in the unit of the operating system.
  platform:
    platforms: linux
options:
  time:
    description:
      - Idle time before the first keepalive probe, in seconds, from 1 to 32767.
      - A value from 295 to 305 gives a warning. Connection tracking in firewalls forgets a connection 300 seconds after data that was not acknowledged.
      - An integer or a decimal string. A value that the task does not name is not changed.
    type: raw
  interval:
    description:
      - Time between unanswered keepalive probes, in seconds, from 1 to 32767.
    type: raw
  probes:
    description:
      - Number of unanswered keepalive probes after which the peer is taken for dead, from 1 to 127.
    type: raw
  state:
    description:
      - V(present) sets the values that the task names, at least one.
      - V(absent) removes the lines for all three values from O(file), and sets the running kernel to the values of the remaining files, else to its defaults.
        It is refused together with a value.
    type: str
    choices: [present, absent]
    default: present
  runtime:
    description:
      - Whether to set the values of the running kernel, in the network namespace of the module.
      - An open connection uses them from the next expiry of its keepalive timer on, which may take as long as the old O(time).
    type: bool
    default: true
  boot:
    description:
      - Whether to set the values for the next boot.
    type: bool
    default: true
  file:
    description:
      - The file for the next boot, in C(/etc/sysctl.d) or C(/usr/local/lib/sysctl.d). Lines about other settings stay as they are.
      - A file that is not read when this host boots is refused. A link to another folder is refused too, and a new file whose name would hide a file with other
        settings.
      - If an earlier run wrote to another file, and that file would win at the next boot, its values move to O(file) and it is removed.
    type: path
    default: /etc/sysctl.d/99-tcp-keepalive.conf
  overridden:
    description:
      - What to do if another file, ufw or tuned would win over O(file) at the next boot.
      - V(fail) changes nothing, and names the file and the line.
      - V(warn) goes on with a warning.
      - V(take_over) comments out the lines for these values in the other file, also if this file would win only for a program that does not boot this host. It
        edits files in C(/etc) only, and no file that is just as a package installed it.
    type: str
    choices: [fail, warn, take_over]
    default: fail
notes:
  - On a Windows host, a task that names this module runs M(netops.keepalive.win_tcp_keepalive), which has the same options and return keys.
  - The values belong to a network namespace. Containers and pods have their own namespace, which starts with the kernel's defaults and not with the host's
    values.
  - On a Linux host the task looks at the host with a shell script first, and its result is computed on the controller. The module itself runs, and needs
    Python there, only to change something, where something is out of the ordinary, and with the variable C(keepalive_look) set to V(module). See
    R(Thousands of hosts,ansible_collections.netops.keepalive.docsite.guide_large_fleets).
  - Needs root, or C(CAP_NET_ADMIN) for the running kernel and write permission in the folder of O(file).
seealso:
  - module: netops.keepalive.tcp_keepalive_info
  - module: netops.keepalive.win_tcp_keepalive
  - module: ansible.posix.sysctl
"""

EXAMPLES = r"""
- name: Notice a dead peer after four minutes, now and after the next boot
  netops.keepalive.tcp_keepalive:
    time: 120
    interval: 30
    probes: 4

- name: Write the values for the next boot today, and set the running kernel later, in the change window
  netops.keepalive.tcp_keepalive:
    time: 120
    interval: 30
    probes: 4
    runtime: false

- name: Stay below the 350 seconds of an AWS NAT gateway, and drop a dead peer within 180
  netops.keepalive.tcp_keepalive:
    time: "{{ plan.time }}"
    interval: "{{ plan.interval }}"
    probes: "{{ plan.probes }}"
  vars:
    plan: "{{ {'path_idle': 350, 'drop_within': 180} | netops.keepalive.plan }}"

- name: Take over from the lines that a loop of ansible.posix.sysctl wrote
  netops.keepalive.tcp_keepalive:
    time: 120
    overridden: take_over

- name: Back to the values of the other files and the kernel
  netops.keepalive.tcp_keepalive:
    state: absent
"""

RETURN = r"""
runtime:
  description: The values of the running kernel before and after, in seconds. V(null) if the kernel does not show one.
  returned: success
  type: dict
  sample:
    before: {time: 7200, interval: 75, probes: 9, drop_after: 7875}
    after: {time: 120, interval: 30, probes: 4, drop_after: 240}
boot:
  description: The values that the next boot sets, before and after the change, computed from all files.
  returned: success
  type: dict
  sample:
    before: {time: 7200, interval: 75, probes: 9, drop_after: 7875}
    after: {time: 120, interval: 30, probes: 4, drop_after: 240}
boot_source:
  description: For each value, the file and line that decide it after the next boot. V(null) means the kernel's default.
  returned: success
  type: dict
  sample:
    time: {file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 2}
    interval: {file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 3}
    probes: null
overridden_by:
  description: The lines that win over the values of the task, for the program that boots this host and for another one that is installed.
  returned: success, and when another file, ufw or tuned wins
  type: list
  elements: dict
  contains:
    parameter:
      description: V(time), V(interval) or V(probes).
      returned: always
      type: str
    value:
      description: The value that wins. V(null) where the kernel refuses it, so that no file sets the parameter.
      returned: always
      type: int
    file:
      description: The file with the line that wins.
      returned: always
      type: str
    line:
      description: The number of that line.
      returned: always
      type: int
    reader:
      description: The program that reads it, V(systemd) (systemd-sysctl), V(procps) (C(sysctl --system)), V(ufw) or V(tuned).
      returned: always
      type: str
  sample:
    - {parameter: time, value: 300, file: /etc/sysctl.d/99-zz.conf, line: 1, reader: systemd}
limits:
  description: Sentences about what this system cannot do, and about what is not known.
  returned: success
  type: list
  elements: str
  sample: []
reboot_required:
  description: Whether the values take effect only at the next boot. Always V(false) on Linux.
  returned: success
  type: bool
  sample: false
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import plan as host_plan
from ansible_collections.netops.keepalive.plugins.module_utils._host import take_snapshot

ARGUMENT_SPEC = dict(
    # Not "int": the accepted values differ between versions of ansible-core (True, "6_0", 60.0).
    time=dict(type="raw"),
    interval=dict(type="raw"),
    probes=dict(type="raw"),
    state=dict(type="str", choices=["present", "absent"], default="present"),
    runtime=dict(type="bool", default=True),
    boot=dict(type="bool", default=True),
    file=dict(type="path", default="/etc/sysctl.d/99-tcp-keepalive.conf"),
    overridden=dict(type="str", choices=["fail", "warn", "take_over"], default="fail"),
)


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    try:
        report = run(module)
    except _errors.Overridden as error:
        module.fail_json(msg=str(error), overridden_by=error.overridden_by)
    except _errors.KeepaliveError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**report)


def run(module: AnsibleModule) -> dict:
    request = request_of(module.params)
    host_plan.check_request(request)
    planned = host_plan.plan(take_snapshot.take_snapshot(packages=request.overridden == "take_over"), request)
    if planned.differences:
        # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
        from ansible_collections.netops.keepalive.plugins.module_utils._host import apply

        apply.check(planned)
        if not module.check_mode:
            apply.apply(planned, request.file)
    for sentence in planned.warnings:
        module.warn(sentence)
    return planned.report()


def request_of(params: dict) -> host_plan.Request:
    names = ("state", "runtime", "boot", "file", "overridden")
    return host_plan.Request(_settings.parse_settings(params), **{name: params[name] for name in names})


if __name__ == "__main__":
    main()
