# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a role, as its argument spec wants them.

The roles' actions read them when they run instead of taking them as options, so that the data that is sent to applications is in no task.
"""

import functools
import pathlib
import typing as t

import yaml
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.netops.keepalive.plugins.module_utils import _errors

Mapping = t.Mapping[str, t.Any]

ROLES = pathlib.Path(__file__).resolve().parents[3] / "roles"


def of_role(role: str, task_vars: Mapping, templar: t.Any) -> dict[str, t.Any]:
    """Each variable that the role takes, converted; a variable without a value has its default of the spec.

    Raises:
        InvalidValue: a variable is not allowed, or its template cannot be resolved; the sentence is for the user.
    """
    options = spec(role)
    given = {name: resolved(name, task_vars, templar) for name in options if name in task_vars}
    checked = ArgumentSpecValidator(options).validate(
        {name: value for name, value in given.items() if value is not None}
    )
    if checked.error_messages:
        raise _errors.InvalidValue("; ".join(checked.error_messages))
    return dict(checked.validated_parameters)


@functools.cache
def spec(role: str) -> dict[str, t.Any]:
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    options: dict[str, t.Any] = yaml.safe_load(text)["argument_specs"]["main"]["options"]
    return options


def flag(name: str, task_vars: Mapping, templar: t.Any, default: bool) -> bool:
    """A variable that decides whether a failure counts, told alone: the others may be wrong."""
    try:
        value = resolved(name, task_vars, templar)
        return default if value is None else bool(boolean(value))
    except (_errors.InvalidValue, TypeError):
        return default


def resolved(name: str, task_vars: Mapping, templar: t.Any) -> t.Any:
    """The value of any variable; ``None`` without one."""
    try:
        return templar.template(task_vars.get(name))
    except AnsibleError as error:
        raise _errors.InvalidValue(f"{name} cannot be resolved: {error}") from error
