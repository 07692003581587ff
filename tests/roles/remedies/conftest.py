# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcomes of the trials, each group run once, with only the applications whose tests were chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support import needs
from tests.support.remedies.table import ON_ONE_HOST
from tests.support.remedies.trials import Case

if TYPE_CHECKING:
    from tests.support.remedies.run import Outcome

Group = tuple[str, str]


@pytest.fixture(scope="session")
def outcome_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Group, Case], Outcome]:
    """What came of a case. Its first use runs all chosen cases of the group on that release."""
    needs.booted_hosts()
    from tests.support.remedies.run import run_group  # the collection can be imported once the tests are configured

    chosen: dict[Group, list[Case]] = {}
    for item in request.session.items:
        found = getattr(item, "callspec", None)
        if found and "case" in found.params and "group" in found.params:
            chosen.setdefault(found.params["group"], []).append(found.params["case"])
    done: dict[Group, dict[Case, Outcome]] = {}

    def outcome(group: Group, case: Case) -> Outcome:
        if group not in done:
            folder = tmp_path_factory.mktemp("trials") / "fleet"
            done[group] = run_group(list(dict.fromkeys(chosen[group])), folder, one_host=group[0] in ON_ONE_HOST)
        return done[group][case]

    return outcome
