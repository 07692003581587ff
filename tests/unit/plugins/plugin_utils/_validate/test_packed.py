# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results that wait for the report: small, and the same afterwards."""

from __future__ import annotations

import base64
import zlib

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import packed, results

from tests.support.large_fleet import fleet

MOST_BYTES = 500


def test_a_packed_result_takes_a_fraction_and_comes_back_whole() -> None:
    """For the limits of memory of a large fleet, with listeners as varied as those of real hosts."""
    hosts = [one for one in fleet(20)["hosts"].values() if one["listeners"]]
    assert hosts
    for host in hosts:
        kept = packed.packed(host)
        assert "listeners" not in kept
        assert len(kept["packed"]) < MOST_BYTES * len(host["listeners"])
        assert packed.unpacked(kept) == host


def test_a_result_that_was_never_packed_is_left_alone() -> None:
    result = {"status": "failed", "listeners": []}
    assert packed.unpacked(result) is result


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "AAAA", "\u00e9", None, 7, base64.b64encode(zlib.compress(b"{")).decode()],
    ids=["empty", "no base64", "no zlib", "no ASCII", "none", "a number", "no JSON"],
)
def test_another_text_is_refused(text: object) -> None:
    with pytest.raises(
        _errors.InvalidValue, match=r"^packed of the result is .*: allowed is what validate_host returns"
    ):
        packed.unpacked({"status": "ok", "packed": text})


def test_the_failure_of_a_host_is_told_from_the_packed_result() -> None:
    (host, *_rest) = (one for one in fleet(50)["hosts"].values() if one.get("fails") and one.get("status") == "ok")
    assert results.failure(packed.packed(host), True, brief=True) == results.failure(host, True, brief=True) != ""
