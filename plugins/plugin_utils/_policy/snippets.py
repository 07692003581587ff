# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy as text for machines that no playbook reaches. Pure."""

import base64
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings

FILE = "/etc/sysctl.d/99-tcp-keepalive.conf"
# Of files that are no sysctls: see _always.image.
ALWAYS = "always"
REGISTRY_KEY = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"


def snippet(settings: _settings.Settings, form: object) -> str:
    """``settings`` in the format ``form``, one of ``FORMATS``.

    Raises:
        InvalidValue: an unknown format, or a policy without a value that the format has.
    """
    if not isinstance(form, str) or form not in FORMATS:
        raise _errors.InvalidValue(
            "the format is {0}: allowed is {1}.".format(_errors.shown(form), ", ".join((*FORMATS, ALWAYS)))
        )
    if not settings.named():
        raise _errors.InvalidValue("the policy is empty: name at least one of time, interval and probes.")
    return FORMATS[form](settings)


def sysctls(settings: _settings.Settings) -> list[tuple[str, int]]:
    return [(_settings.BY_NAME[name].sysctl, value) for name, value in settings.named().items()]


def sysctl_d(settings: _settings.Settings) -> str:
    return "".join("{0} = {1}\n".format(key, value) for key, value in sysctls(settings))


def cloud_init(settings: _settings.Settings) -> str:
    # cloud-init writes the file after systemd-sysctl has run, so the first boot needs the command as well.
    return (
        "#cloud-config\n"
        "write_files:\n"
        "  - path: {file}\n"
        "    permissions: '0644'\n"
        "    content: |\n"
        "{text}"
        "runcmd:\n"
        "  - [sysctl, -p, {file}]\n"
    ).format(file=FILE, text=indented(sysctl_d(settings), 6))


def butane(settings: _settings.Settings) -> str:
    return (
        "variant: fcos\n"
        "version: 1.4.0\n"
        "storage:\n"
        "  files:\n"
        "    - path: {file}\n"
        "      mode: 0644\n"
        "      contents:\n"
        "        inline: |\n"
        "{text}"
    ).format(file=FILE, text=indented(sysctl_d(settings), 10))


def machineconfig(settings: _settings.Settings) -> str:
    return (
        "apiVersion: machineconfiguration.openshift.io/v1\n"
        "kind: MachineConfig\n"
        "metadata:\n"
        "  name: 99-worker-tcp-keepalive\n"
        "  labels:\n"
        "    machineconfiguration.openshift.io/role: worker\n"
        "spec:\n"
        "  config:\n"
        "    ignition:\n"
        "      version: 3.2.0\n"
        "    storage:\n"
        "      files:\n"
        "        - path: {file}\n"
        "          mode: 420\n"
        "          overwrite: true\n"
        "          contents:\n"
        "            source: data:text/plain;charset=utf-8;base64,{text}\n"
    ).format(file=FILE, text=base64.b64encode(sysctl_d(settings).encode("ascii")).decode("ascii"))


def pod(settings: _settings.Settings) -> str:
    # Kubernetes takes the values as strings.
    lines = "".join('      - name: {0}\n        value: "{1}"\n'.format(key, value) for key, value in sysctls(settings))
    return "spec:\n  securityContext:\n    sysctls:\n" + lines


def reg(settings: _settings.Settings) -> str:
    """A file for ``reg import``. Windows counts in milliseconds and always sends 10 probes."""
    values = [("KeepAliveTime", settings.time), ("KeepAliveInterval", settings.interval)]
    lines = ['"{0}"=dword:{1:08x}'.format(key, value * 1000) for key, value in values if value is not None]
    if not lines:
        raise _errors.InvalidValue("the policy names probes only: Windows always sends 10, so there is nothing to set.")
    return "\r\n".join(["Windows Registry Editor Version 5.00", "", "[{0}]".format(REGISTRY_KEY)] + lines + ["", ""])


def indented(text: str, width: int) -> str:
    return "".join(" " * width + line for line in text.splitlines(True))


FORMATS: dict[str, t.Callable[[_settings.Settings], str]] = {
    "sysctl.d": sysctl_d,
    "cloud-init": cloud_init,
    "butane": butane,
    "machineconfig": machineconfig,
    "pod": pod,
    "reg": reg,
}
