# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is there while anything is attached, for those who cannot or need not ask the kernel."""

import contextlib
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._always import attached
from ansible_collections.netops.keepalive.plugins.module_utils._always.info import signs
from ansible_collections.netops.keepalive.plugins.module_utils._host import atomic_file


@contextlib.contextmanager
def noted(mount: str) -> t.Iterator[None]:
    """Around a change. It is written first: a run that is killed may have attached something. Raises ``HostUnwritable``."""
    atomic_file.replace(signs.ATTACHED, "", None)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if not attached.every(mount):
                os.unlink(signs.ATTACHED)
