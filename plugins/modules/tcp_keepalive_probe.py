#!/usr/bin/python
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attach a probe to listening ports. The documentation stands in tcp_keepalive_probe.yml: it need not travel to every host."""

import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    progress as probe_progress,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    request as probe_request,
)
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    run as probe_run,
)

# What a target may say for itself, and what holds for those that do not.
OF_A_TARGET: t.Dict[str, t.Dict[str, t.Any]] = {
    "host": {"type": "str"},
    "method": {"type": "str", "choices": ["inspect", "dead_peer"]},
    "policy": {"type": "dict"},
    "connect": {"type": "bool"},
    "tls": {"type": "bool"},
    "send": {"type": "str", "no_log": True},
    "max_wait": {"type": "float"},
    "accelerate": {"type": "bool"},
    "in_flight": {"type": "bool"},
    "hold": {"type": "float"},
}
DEFAULTS = {"connect": True, "tls": False, "accelerate": False, "in_flight": False}


def argument_spec() -> t.Dict[str, t.Any]:
    target = dict(
        OF_A_TARGET,
        name={"type": "str"},
        port={"type": "raw", "required": True},
        keepalive_expected={"type": "bool", "default": True},
        reason={"type": "str"},
    )
    task = {
        key: dict(option, default=DEFAULTS[key]) if key in DEFAULTS else option for key, option in OF_A_TARGET.items()
    }
    return dict(
        task,
        ports={"type": "list", "elements": "raw"},
        targets={"type": "list", "elements": "dict", "options": target},
        connections={"type": "bool", "default": True},
        settle={"type": "float", "default": 0.5},
        timeout={"type": "float", "default": 5},
        source_address={"type": "str"},
        rate={"type": "float", "default": 0},
        full_command={"type": "bool", "default": False},
        network_namespaces={"type": "bool", "default": False},
        require_filter={"type": "bool", "default": False},
        progress_file={"type": "path"},
    )


def main() -> None:
    module = AnsibleModule(argument_spec(), mutually_exclusive=[["ports", "targets"]], supports_check_mode=True)
    # Ansible would mask what is sent everywhere in the result, also where it is a part of a name: "s" in every "sshd".
    invocation = {"module_args": without_data(module.params)}
    module.no_log_values.clear()
    try:
        request = probe_request.parse(module.params)
        with probe_progress.to_file(module.params["progress_file"]) as progress:
            report = probe_run.probe(request, progress, connect=not module.check_mode)
    except (_errors.KeepaliveError, _errors.Abandoned) as error:
        module.fail_json(msg=str(error), invocation=invocation)
    for limit in report["limits"]:
        module.warn(limit)
    module.exit_json(changed=False, invocation=invocation, **report)


def without_data(params: t.Dict[str, t.Any]) -> t.Dict[str, t.Any]:
    """The options without the data that is sent."""
    hidden = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" if params["send"] else None
    targets = [without_data(target) for target in params.get("targets") or []]
    return dict(params, send=hidden, **({"targets": targets} if targets else {}))


if __name__ == "__main__":
    main()
