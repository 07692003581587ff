# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx settings of the documentation site that `make docs` builds."""

from __future__ import annotations

import re

from docutils import nodes

project = "netops.keepalive"
title = html_short_title = "netops.keepalive"
copyright = "the netops.keepalive contributors"  # noqa: A001 (Sphinx' name for it)

extensions = ["sphinx_antsibull_ext"]
default_role = "any"
nitpicky = True
pygments_style = "ansible"
highlight_language = "YAML+Jinja"

html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_modindex = False
html_use_index = False
html_copy_source = False
display_version = False

ANSIBLE_DOCUMENTATION = "https://docs.ansible.com/projects/ansible/latest/"
PAGES_OF_ANSIBLE = {
    "action_plugins": "plugins/action.html",
    "check_mode_dry": "playbook_guide/playbooks_checkmode.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "diff_mode": "playbook_guide/playbooks_checkmode.html",
    "list_of_collections": "collections/index.html",
    "module_defaults_groups": "playbook_guide/playbooks_module_defaults.html",
}
PLUGIN_OF_ANSIBLE = re.compile(r"ansible_collections\.(ansible)\.(builtin|posix|windows)\.(\w+)")


def refer_to_ansible(app, environment, reference, content):
    """Ansible's own documentation, without asking its site for an inventory: the site builds with no network."""
    target = reference.get("reftarget", "")
    page = PAGES_OF_ANSIBLE.get(target)
    plugin = PLUGIN_OF_ANSIBLE.fullmatch(target)
    if plugin:
        page = f"collections/{'/'.join(plugin.groups())}.html"
    if page is None:
        return None
    link = nodes.reference("", "", refuri=ANSIBLE_DOCUMENTATION + page)
    link.append(content)
    return link


def setup(app):
    app.connect("missing-reference", refer_to_ansible)
