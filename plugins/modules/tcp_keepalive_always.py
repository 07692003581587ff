#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switch keepalive on for applications. The documentation stands in tcp_keepalive_always.yml: it need not travel to every host."""

import contextlib
import os
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._always import (
    cgroups,
    loader,
    plan,
    refusals,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always import (
    request as requests,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host import procfs


def argument_spec() -> t.Dict[str, t.Any]:
    return dict(
        scope=dict(type="str", choices=["units", "host"]),
        units=dict(type="list", elements="str", default=[]),
        exclude_units=dict(type="list", elements="str", default=[]),
        exclude_ports=dict(type="list", elements="raw", default=[]),
        exclude_remotes=dict(type="list", elements="str", default=[]),
        direction=dict(type="str", choices=["both", "incoming", "outgoing"], default="both"),
        # Not "int": the accepted values differ between versions of ansible-core (True, "6_0", 60.0).
        time=dict(type="raw"),
        interval=dict(type="raw"),
        probes=dict(type="raw"),
        user_timeout=dict(type="raw"),
        containers=dict(type="bool"),
        loopback=dict(type="bool", default=False),
        exclusive=dict(type="bool", default=True),
        short_drop=dict(type="bool", default=False),
        connections=dict(type="bool", default=False),
        spread=dict(type="raw"),
        runtime=dict(type="bool", default=True),
        boot=dict(type="bool"),
        method=dict(type="str", choices=["program", "sockets"], default="program"),
        state=dict(type="str", choices=["present", "absent"], default="present"),
    )


def main() -> None:
    module = AnsibleModule(argument_spec(), required_if=[["state", "present", ["scope"]]], supports_check_mode=True)
    try:
        report = run(requests.parse(module.params), module.check_mode)
    except _errors.KeepaliveError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=str(refusals.refused(error)))
    module.exit_json(**report)


def run(request: requests.Request, check_mode: bool) -> t.Dict[str, t.Any]:
    """Raises ``KeepaliveError``, ``OSError``."""
    if os.uname().sysname != "Linux":
        raise _errors.HostUnreadable("This module works on Linux; this host runs {0}.".format(os.uname().sysname))
    host = procfs.read_runtime(_local_host.THIS)
    requests.check_drop(request, host)
    seconds = request.spread or request.config.time or host.time or 1
    if request.method == requests.SOCKETS:
        from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import sockets

        return sockets.run(request, host, seconds, check_mode)
    mount, cookie = cgroups.find_mount(), loader.host_cookie()
    planned, affected, outcome = plan.make(request, mount, cookie), [], None
    if planned.changes:
        # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
        from ansible_collections.netops.keepalive.plugins.module_utils._always import affected as connections

        affected = connections.report(planned, host)
    if planned.changes or (request.connections and planned.hold is None):
        planned, outcome = change(request, mount, cookie, check_mode, seconds)
    report = dict(planned.report(), affected=affected, connections=[], listeners=[])
    return outcome.added_to(report) if outcome else report


def change(
    request: requests.Request, mount: str, cookie: t.Optional[int], check_mode: bool, seconds: int
) -> t.Tuple[plan.Plan, t.Any]:
    """The plan, and what became of the connections that are open. Raises ``KeepaliveError``, ``OSError``."""
    from ansible_collections.netops.keepalive.plugins.module_utils._always import apply
    from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import install
    from ansible_collections.netops.keepalive.plugins.module_utils._always.info import noted

    outcomes: t.List[t.Any] = []
    with cgroups.locked(mount):
        planned = plan.make(request, mount, cookie)
        abilities = apply.prove(mount, cookie, planned.configs)
        install.check(planned.boot)
        with contextlib.ExitStack() as opened:
            switch = open_connections(request, planned, seconds, opened)

            def tell() -> None:
                if not check_mode:
                    install.tell_systemd(planned.boot, abilities)

            def then() -> None:
                outcomes.append(switch(check_mode, tell))

            if check_mode:
                then()
            else:
                with noted.noted(mount), install.written(planned.boot):
                    apply.apply(mount, planned.needed, abilities, then)
    if outcomes[0] is not None:
        outcomes[0].go_on()
    return planned, outcomes[0]


def open_connections(
    request: requests.Request, planned: plan.Plan, seconds: int, opened: contextlib.ExitStack
) -> t.Callable[[bool, t.Callable[[], None]], t.Any]:
    """What to do with them when the program is attached or detached, and before systemd is told."""
    if planned.hold is not None or not (request.connections or request.state == "absent"):
        return lambda _check_mode, tell: tell()
    from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import work

    return opened.enter_context(work.begun(request, planned, seconds))


if __name__ == "__main__":
    main()
