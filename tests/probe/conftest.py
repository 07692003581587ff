# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several tests of the probe need."""

from __future__ import annotations

import pathlib

import pytest

from tests.support import needs
from tests.support.commands import run


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    openssl = needs.program("openssl")
    folder = tmp_path_factory.mktemp("certificate")
    key, own, both = folder / "key.pem", folder / "own.pem", folder / "both.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test"]
    run(openssl, "req", *kind, "-keyout", key, "-out", own)
    both.write_bytes(key.read_bytes() + own.read_bytes())
    return both
