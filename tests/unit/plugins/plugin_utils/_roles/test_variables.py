# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a role, as its argument spec wants them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.template import Templar
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._roles import variables

try:
    from ansible.template import trust_as_template
except ImportError:  # up to ansible-core 2.18 every text is a template
    trust_as_template = str


def of_role(role: str, **task_vars: Any) -> dict[str, Any]:
    return variables.of_role(role, task_vars, Templar(loader=None, variables=task_vars))


def test_a_variable_is_converted_and_one_without_a_value_has_its_default() -> None:
    found = of_role("policy", policy_boot="no", policy_preset=None, policy_time="60")
    assert (found["policy_boot"], found["policy_preset"], found["policy_time"]) == (False, "", "60")
    assert (found["policy_runtime"], found["policy_state"]) == (True, "present")


def test_a_template_is_resolved() -> None:
    found = of_role("policy", policy_preset=trust_as_template("{{ path }}-nat"), path="aws")
    assert found["policy_preset"] == "aws-nat"


REFUSED: dict[str, tuple[str, Any, str]] = {
    "a word": ("policy_state", "gone", "value of policy_state must be one of: present, absent, got: gone"),
    "a type": ("policy_boot", "perhaps", "argument 'policy_boot' is of type"),
    "a template": (
        "policy_preset",
        trust_as_template("{{ nothing_of_the_kind }}"),
        "policy_preset cannot be resolved: ",
    ),
}


@pytest.mark.parametrize(("name", "value", "message"), REFUSED.values(), ids=list(REFUSED))
def test_what_the_spec_does_not_allow_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{re.escape(message)}"):
        of_role("policy", **{name: value})
