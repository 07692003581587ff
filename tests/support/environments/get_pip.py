# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the script that ansible-test fetches to put pip into its environments: with the pip that Python carries.

So `ansible-test sanity` needs the package index alone, and no other site. tests/checks/test_sanity.py puts it in place.
"""

import subprocess
import sys

wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
# In a process of its own: ensurepip makes its process forget the settings for pip (a proxy's certificate, a mirror).
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
subprocess.check_call([sys.executable, "-m", "pip", "install", *wanted])
