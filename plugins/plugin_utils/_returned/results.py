# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's result, as it enters the controller: what a host returns is input, which may be wrong or hostile. Pure."""

import dataclasses
import enum
import typing as t

from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import shapes
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import text as returned_text

Result = dict[str, t.Any]
Mapping = t.Mapping[str, t.Any]

FLAGS = ("failed", "unreachable", "skipped")
# Added by Ansible, for all modules.
ADDED = ("warnings", "deprecations", "invocation")
OF_A_FAILURE = ("rc", "exception", "module_stdout", "module_stderr")
OF_A_JOB = ("ansible_job_id", "results_file", "started", "finished")
DEEPEST = 20


def checked(found: Mapping, kind: shapes.Keys, module: str) -> Result:
    """The result with the keys that the module returns and those that Ansible adds; every other key is dropped.

    A result that the module cannot have returned is a failure, which names the place. Every text is visible.
    """
    kept = {key: shown(value) for key, value in found.items() if key in ADDED}
    if "diff" in found:
        kept["diff"] = diff(found["diff"])
    kept.update((key, value) for key, value in found.items() if key.startswith("_ansible_"))
    flags = {key: bool(found[key]) for key in FLAGS if key in found}
    if any(flags.values()):
        return {**kept, **flags, **failure(found, kind)}
    try:
        return {**kept, **flags, **kind.fit(found)}
    except shapes.Unfit as error:
        place = error.place.removeprefix("listeners.")
        return {**kept, "failed": True, "changed": False, "msg": f"returned what {module} never returns ({place})"}


def failure(found: Mapping, kind: shapes.Keys) -> Result:
    """What a module adds when it fails; of its own values, those that fit."""
    result = {key: shown(found[key]) for key in OF_A_FAILURE if key in found}
    result["changed"] = bool(found.get("changed"))
    if "msg" in found:
        result["msg"] = returned_text.visible(returned_text.one_line(str(found["msg"])))
    for key in kind.keys:
        try:
            if key.name in found and key.name not in result:
                result[key.name] = key.fit(found[key.name])
        except shapes.Unfit:
            continue
    return result


def begun(found: Mapping) -> Result:
    """A task that goes on in the background: where its job is."""
    keys = (*FLAGS, *ADDED, *OF_A_FAILURE, *OF_A_JOB, "changed", "msg")
    return {key: shown(value) for key, value in found.items() if key in keys or key.startswith("_ansible_")}


def with_interpreter(result: Result, key: str | None, interpreter: str | None) -> Result:
    """The one fact that Ansible itself adds, so that it need not look for the host's Python again."""
    return dict(result, ansible_facts={key: interpreter}) if key else result


def diff(found: object) -> list[Result]:
    """Its texts keep their lines, to which ansible-core adds the signs of a diff."""
    parts = found if isinstance(found, list) else [found]
    return [
        {
            key: returned_text.visible(part[key], but="\n\t" if key in ("before", "after") else "")
            for key in ("before_header", "after_header", "before", "after")
            if isinstance(part.get(key), str)
        }
        for part in parts
        if isinstance(part, t.Mapping)
    ]


def shown(value: t.Any, depth: int = 0) -> t.Any:
    """The same with every text made visible."""
    if depth > DEEPEST:
        return "\u2026"
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return returned_text.visible(str.__str__(value))
    if isinstance(value, t.Mapping):
        return {shown(str(key), depth + 1): shown(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [shown(one, depth + 1) for one in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # Newer releases of ansible-core have classes of their own for warnings and errors.
        fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.init}
        return dataclasses.replace(value, **{name: shown(one, depth + 1) for name, one in fields.items()})
    return value
