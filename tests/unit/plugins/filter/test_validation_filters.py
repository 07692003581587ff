# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter remedy as a function."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from tests.support.filters import the_filter

POLICY = {"time": 60, "interval": 10, "probes": 6}


def test_a_remedy() -> None:
    entry = {"verdict": "keepalive_off", "process": {"name": "redis-server"}, "policy": POLICY, "port": 6379}
    assert the_filter("remedy")(entry)["lines"] == ["tcp-keepalive 60"]
    assert the_filter("remedy")(entry, {"time": 30, "interval": 10, "probes": 3})["lines"] == ["tcp-keepalive 30"]


REFUSED_REMEDIES = [
    (("x",), "the listener has what the probe never returns (it is no mapping)"),
    (({"port": "80"},), "the listener has what the probe never returns (port)"),
    (({}, {"time": 0}), "time is 0: allowed is a whole number of seconds from 1 to 32767."),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED_REMEDIES)
def test_a_remedy_is_refused_with_our_sentence(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"^{re.escape(message)}$"):
        the_filter("remedy")(*arguments)
