# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One action inside another: the same host and connection, with options of its own."""

import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.executor import module_common
from ansible.plugins.action import ActionBase
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text

Mapping = t.Mapping[str, t.Any]
Result = dict[str, t.Any]

# Runs a module that has no action of its own.
OF_MODULES = "ansible.legacy.normal"
FOR_ANSIBLE = ("warnings", "deprecations", "ansible_facts")


def run(
    outer: ActionBase,
    name: str,
    options: Mapping,
    task_vars: Mapping | None,
    become: bool = True,
    check_mode: bool = False,
) -> Result:
    """What a task ``name`` with these options and the ``module_defaults`` of the play returns.

    It has the privileges of the outer task; without ``become`` those of the user who connects. ``check_mode``: it
    changes nothing, whatever the outer task does.

    Raises:
        AnsibleError: what the task would fail with, ``AnsibleConnectionFailure`` for a host that cannot be reached.
    """
    task = outer._task.copy()
    task.action = name
    task.args = with_module_defaults(outer, name, options)
    if check_mode:
        task.check_mode = True
    if not become:
        task.become = False
        outer._connection.set_become_plugin(None)
    actions = outer._shared_loader_obj.action_loader
    action = actions.get(
        name if actions.has_plugin(name) else OF_MODULES,
        task=task,
        connection=outer._connection,
        play_context=outer._play_context,
        loader=outer._loader,
        templar=outer._templar,
        shared_loader_obj=outer._shared_loader_obj,
    )
    return dict(action.run(task_vars=task_vars))


def attempt(outer: ActionBase, name: str, options: Mapping, task_vars: Mapping | None, **more: bool) -> Result:
    """The same, and a failure is a result too: ``unreachable`` or ``failed`` with ``msg``."""
    try:
        return run(outer, name, options, task_vars, **more)
    except AnsibleConnectionFailure as error:
        return {"unreachable": True, "msg": text.failure(str(error))}
    except AnsibleError as error:
        return {"failed": True, "msg": text.failure(str(error))}


def for_ansible(found: Mapping) -> Result:
    """Of what an inner task returned, the part that is for Ansible: the outer task returns it too."""
    return {name: found[name] for name in FOR_ANSIBLE if found.get(name)}


def with_module_defaults(outer: ActionBase, action: str, options: t.Mapping[str, t.Any]) -> Result:
    """As the builtin actions do that run another one, such as ``package``."""
    given = dict(options)
    if hasattr(module_common, "_apply_action_arg_defaults"):
        return dict(module_common._apply_action_arg_defaults(action, outer._task, given, outer._templar))
    # Up to ansible-core 2.18.
    groups = outer._task._parent._play._action_groups
    found = module_common.get_action_args_with_defaults(
        action, given, outer._task.module_defaults, outer._templar, action_groups=groups
    )
    return dict(found)
