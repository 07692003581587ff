# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""always.py as one text, made of the very sources that the module runs: a host does at boot what the module does, and needs no Ansible for it.

Each source stands in it as it is, under its name, to be read and to be compared. It is the same on all hosts for each release.
"""

import importlib
import typing as t

# Imported, so that Ansible sends it too.
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import marker, script

ROOT = "ansible_collections.netops.keepalive.plugins.module_utils."
NAMES = (
    "_errors",
    "_text",
    "_local_host",
    "_host.persistence",
    "_sockets.interpreters",
    "_sockets.types",
    "_sockets.processes",
    "_sockets.netns",
    "_sockets.diag.mark_layout",
    "_always.program.layout",
    "_always.program.assembler",
    "_always.program.btf",
    "_always.program.conditions",
    "_always.program.options",
    "_always.program.instructions",
    "_always.bpf",
    "_always.cgroups",
    "_always.config",
    "_always.loader",
    "_always.attached",
    "_always.refusals",
    "_always.steps",
    "_always.trial",
    "_always.apply",
    "_always.boot.values",
    "_always.boot.held",
    "_always.boot.marker",
    script.__name__[len(ROOT) :],
)
HEAD = '''\
#!/usr/bin/python3 -IS
# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches TCP keepalive on for connections whose application leaves it off: always.py attach | unit NAME | off | status

The Ansible module netops.keepalive.tcp_keepalive_always has written this file, from its own sources, which follow. /etc/netops-keepalive/always.conf
holds the values.
"""

import os
import sys

# A unit that starts while the service is off waits for nothing.
if sys.argv[1:2] == ["unit"] and not os.path.exists("{marker}"):
    sys.exit(0)

import importlib.machinery

ROOT = "{root}"
SOURCES = {{}}
'''
TAIL = '''

class Importer:
    """Imports what stands above, and the packages around it, which are empty."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        is_package = any(one.startswith(name + ".") for one in SOURCES)
        return importlib.machinery.ModuleSpec(name, cls, is_package=is_package) if is_package or name in SOURCES else None

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        name = module.__name__
        exec(compile(SOURCES.get(name, ""), "always.py: " + name, "exec"), module.__dict__)


if __name__ == "__main__":
    sys.meta_path.insert(0, Importer)
    try:
        from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import script
    except ImportError as error:
        sys.exit("<3>netops-keepalive: this Python lacks a part of its standard library: {0}.".format(error))
    sys.exit(script.main(sys.argv[1:]))
'''


def render() -> str:
    parts = [HEAD.format(marker=marker.PATH, root=ROOT)]
    for name in NAMES:
        parts.append("\nSOURCES[ROOT + \"{0}\"] = r'''\n{1}'''\n".format(name, source(ROOT + name)))
    return "".join(parts) + TAIL


def source(name: str) -> str:
    """From the files that Ansible has sent, which may be in an archive."""
    module: t.Any = importlib.import_module(name)
    return str(module.__loader__.get_source(name))
