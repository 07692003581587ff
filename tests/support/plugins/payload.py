# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-core sends to a host for a module, as JSON: `python -m tests.support.plugins.payload netops.keepalive.tcp_keepalive`.

A program of its own, because Ansible's loader of collections takes over the imports of the process that it is in.
"""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import sys
import zipfile

from ansible.executor.module_common import modify_module
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, module_loader
from ansible.template import Templar

ZIP_DATA = re.compile(r"^zip_data=('.*'),$", re.MULTILINE)


def sizes(module: str) -> dict[str, int]:
    """The files in the payload of a module, and the bytes of each."""
    found = module_loader.find_plugin_with_context(module, collection_list=[])
    built = modify_module(
        module_name=module,
        module_path=found.plugin_resolved_path,
        module_args={},
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": sys.executable},
    )
    (literal,) = ZIP_DATA.findall(built.b_module_data.decode())
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(ast.literal_eval(literal)))) as archive:
        return {file.filename: file.file_size for file in archive.infolist()}


if __name__ == "__main__":
    init_plugin_loader([])
    print(json.dumps({module: sizes(module) for module in sys.argv[1:]}))
