# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.netops.keepalive.plugins.action import write_report
from ansible_collections.netops.keepalive.plugins.module_utils._errors import InvalidValue
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import report_options


@pytest.mark.parametrize(("given", "mode"), [("0644", 0o644), ("640", 0o640), ("0600", 0o600)])
def test_a_mode_is_octal_digits(given: str, mode: int) -> None:
    assert report_options.file_mode(given) == mode


# YAML makes the number 420 of 0644 without quotes.
@pytest.mark.parametrize("given", [420, "", "0888", "u=rw", "4755", "0644\n", None, True])
def test_any_other_mode_is_refused(given: object) -> None:
    allowed = "allowed are the octal digits of a file's mode, in quotes, such as '0640'."
    with pytest.raises(
        InvalidValue,
        match=re.escape(f"validate_report_mode is {given if not isinstance(given, str) else repr(given)}: {allowed}"),
    ):
        report_options.file_mode(given)


@pytest.mark.parametrize("given", ["~no-such-user/reports", "re\0ports"])
def test_what_is_no_folder_is_refused(given: str) -> None:
    with pytest.raises(
        InvalidValue, match=re.escape(f"validate_report_dir is {given!r}: allowed is the path of a folder.")
    ):
        write_report.folder_of(given)
