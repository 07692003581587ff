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
  - One task sets all values, in seconds, in the running kernel and in the file that the next boot reads, and proves it. The values are read back, and
    the values after the next boot are computed from all sysctl files of the host. Where another file would win, the module names its file and line.
  - All of it happens or nothing. When a step fails, what was done before it is put back.
  - The values concern connections whose application switches keepalive on (C(SO_KEEPALIVE)) and sets no values of its own. They say nothing about HTTP
    keep-alive, which is something else.
extends_documentation_fragment:
  - netops.keepalive.attributes
attributes:
  check_mode:
    support: full
    details:
      - Promises exactly what the real run does, and finds missing permissions too.
  diff_mode:
    support: full
    details:
      - One entry for each kernel value and each file, in the units of the operating system.
  platform:
    platforms: linux
options:
  time:
    description:
      - Idle time before the first keepalive probe, in seconds, from 1 to 32767.
      - A value from 295 to 305 gets a warning. Connection tracking in firewalls forgets un-acknowledged data after 300 seconds.
      - What is not named is not touched. An integer or a decimal string.
    type: raw
  interval:
    description:
      - Time between keepalive probes that are not answered, in seconds, from 1 to 32767.
    type: raw
  probes:
    description:
      - Number of unanswered keepalive probes after which the peer counts as dead, from 1 to 127.
    type: raw
  state:
    description:
      - V(present) sets the values that are named, at least one.
      - V(absent) takes this module's lines out of O(file), and gives the running kernel what the remaining files say, else its defaults. It
        concerns all three values and takes none of them.
    type: str
    choices: [present, absent]
    default: present
  runtime:
    description:
      - Whether to set the values of the running kernel, in the network namespace that the module runs in.
      - A connection that is open already takes them over when its keepalive timer next expires, at the latest after the old O(time).
    type: bool
    default: true
  boot:
    description:
      - Whether to set what the next boot sets.
    type: bool
    default: true
  file:
    description:
      - The file that holds the values for the next boot, in C(/etc/sysctl.d) or C(/usr/local/lib/sysctl.d). Lines about other settings stay as they are.
      - A file that the program which boots this host does not read is refused. So is a link that leaves the folder, and a new file whose name would hide
        a file with other settings.
      - Where an earlier run wrote to another file, and that one would win at the next boot, its values move to O(file) and it is removed.
    type: path
    default: /etc/sysctl.d/99-tcp-keepalive.conf
  overridden:
    description:
      - What to do when another file, ufw or tuned would win over O(file) at the next boot.
      - V(fail) changes nothing, and names file and line.
      - V(warn) goes on with a warning.
      - V(take_over) comments the lines for these values out in the other file, also where it would only win for a program that does not boot this host. It
        edits files in C(/etc) only, and none that stands there as a package ships it.
    type: str
    choices: [fail, warn, take_over]
    default: fail
notes:
  - On a Windows host a task that names this module runs M(netops.keepalive.win_tcp_keepalive), which takes the same options and returns the same keys.
  - The values belong to a network namespace. Containers and pods have their own, which start with the kernel's defaults and do not take over the host's.
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

- name: Write the values for the next boot today, set the running kernel in the change window
  netops.keepalive.tcp_keepalive:
    time: 120
    interval: 30
    probes: 4
    runtime: false

- name: Stay below the 350 seconds of an AWS NAT gateway, and be done in 180
  netops.keepalive.tcp_keepalive:
    time: "{{ plan.time }}"
    interval: "{{ plan.interval }}"
    probes: "{{ plan.probes }}"
  vars:
    plan: "{{ {'path_idle': 350, 'drop_within': 180} | netops.keepalive.plan }}"

- name: Take over from the lines that a loop of ansible.posix.sysctl has left behind
  netops.keepalive.tcp_keepalive:
    time: 120
    overridden: take_over

- name: Back to what the other files and the kernel say
  netops.keepalive.tcp_keepalive:
    state: absent
"""

RETURN = r"""
runtime:
  description: The values of the running kernel before and after, in seconds. V(null) where the kernel shows none.
  returned: success
  type: dict
  sample:
    before: {time: 7200, interval: 75, probes: 9, drop_after: 7875}
    after: {time: 120, interval: 30, probes: 4, drop_after: 240}
boot:
  description: The values that the next boot sets, computed from all files before and after the change.
  returned: success
  type: dict
  sample:
    before: {time: 7200, interval: 75, probes: 9, drop_after: 7875}
    after: {time: 120, interval: 30, probes: 4, drop_after: 240}
boot_source:
  description: For each value the file and line that decide it after the next boot. V(null) means the kernel's default.
  returned: success
  type: dict
  sample:
    time: {file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 2}
    interval: {file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 3}
    probes: null
overridden_by:
  description: What wins over the wanted values, for the program that boots this host and for another one that is installed.
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
      description: The program that takes it, V(systemd) (systemd-sysctl), V(procps) (C(sysctl --system)), V(ufw) or V(tuned).
      returned: always
      type: str
  sample:
    - {parameter: time, value: 300, file: /etc/sysctl.d/99-zz.conf, line: 1, reader: systemd}
limits:
  description: Sentences about what this system cannot honour or could not be learnt.
  returned: success
  type: list
  elements: str
  sample: []
reboot_required:
  description: Whether the values come into force with the next boot only. Never so on Linux.
  returned: success
  type: bool
  sample: false
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import plan as host_plan
from ansible_collections.netops.keepalive.plugins.module_utils._host import take_snapshot


def main() -> None:
    module = AnsibleModule(
        argument_spec=dict(
            # Not "int": what that takes differs between versions of ansible-core (True, "6_0", 60.0).
            time=dict(type="raw"),
            interval=dict(type="raw"),
            probes=dict(type="raw"),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            runtime=dict(type="bool", default=True),
            boot=dict(type="bool", default=True),
            file=dict(type="path", default="/etc/sysctl.d/99-tcp-keepalive.conf"),
            overridden=dict(type="str", choices=["fail", "warn", "take_over"], default="fail"),
        ),
        supports_check_mode=True,
    )
    try:
        report = run(module)
    except _errors.Overridden as error:
        module.fail_json(msg=str(error), overridden_by=error.overridden_by)
    except _errors.KeepaliveError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**report)


def run(module: AnsibleModule) -> dict:
    options = module.params
    names = ("state", "runtime", "boot", "file", "overridden")
    request = host_plan.Request(_settings.parse_settings(options), **{name: options[name] for name in names})
    host_plan.check_request(request)
    planned = host_plan.plan(take_snapshot.take_snapshot(packages=request.overridden == "take_over"), request)
    if planned.differences:
        # Imported where it is needed: what Ansible sends is source, and compiled anew on each host in each run.
        from ansible_collections.netops.keepalive.plugins.module_utils._host import apply

        apply.check(planned)
        if not module.check_mode:
            apply.apply(planned, request.file)
    for sentence in planned.warnings:
        module.warn(sentence)
    return planned.report()


if __name__ == "__main__":
    main()
