# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# /// script
# dependencies = ["nox>=2025.02.09", "antsibull-nox>=1.10"]
# ///

import sys

import nox

try:
    import antsibull_nox
except ImportError:
    sys.exit("Install antsibull-nox into the environment of nox, or run this file with `uv run noxfile.py`.")

antsibull_nox.load_antsibull_nox_toml()

if __name__ == "__main__":
    nox.main()
