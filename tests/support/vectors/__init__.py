# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the programs that read sysctl files make of the keepalive values, by examples. All start from 7200/75/9.

tests/unit holds our prediction against this table; tests/host/readers holds the table, and our prediction, against the
programs themselves.
"""

from __future__ import annotations

from tests.support.vectors.files import WHICH_FILE
from tests.support.vectors.globs import GLOBS
from tests.support.vectors.lines import KEYS, WHICH_LINE
from tests.support.vectors.text import BYTES, LENGTHS, NUMBERS
from tests.support.vectors.vector import INTVL, PROBES, TIME, Values, Vector

VECTORS = [*WHICH_FILE, *WHICH_LINE, *GLOBS, *KEYS, *BYTES, *LENGTHS, *NUMBERS]

__all__ = ["INTVL", "PROBES", "TIME", "VECTORS", "Values", "Vector"]
