# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images that dracut builds, the one of Debian 12 and the newest: they have a copy of the sysctl files where our code says so."""

from __future__ import annotations

import pathlib

import pytest

from tests.support import needs

CONFIGURATIONS = [("dracut", "", False), ("dracut", "hostonly=yes", True)]
CONFIGURATIONS += [("newest-dracut", "", True), ("newest-dracut", "hostonly=no", False)]


@pytest.mark.long
@pytest.mark.parametrize(("variant", "configuration", "copies"), CONFIGURATIONS)
def test_an_older_image_of_dracut_has_a_copy_of_the_files_where_it_is_said(
    tmp_path: pathlib.Path, variant: str, configuration: str, copies: bool
) -> None:
    # It imports the collection, which can be found only after all conftest.py have been loaded.
    from tests.support.readers.release import started

    needs.booted_hosts()
    with started(variant, tmp_path, worker="initrd_worker.py") as release:
        release.send(configuration)
        older = [False, True] if copies else [None, None]
        assert release.receive() == {"copied": copies, "older": older}
