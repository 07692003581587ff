# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy as text: each format is read by a parser that is not ours, which is seen to refuse what is wrong."""

from __future__ import annotations

import json
import pathlib
import urllib.parse
import urllib.request
from typing import Any

import pytest
import yaml
from ansible_collections.netops.keepalive.plugins.filter.snippet import snippet

from tests.support import needs, paths
from tests.support.commands import attempt, run
from tests.support.hosts.throwaway import OUR_FILE, ThrowawayHost
from tests.support.windows import registry

POLICY = {"time": 120, "interval": 30, "probes": 4}
PARAMETERS = "CurrentControlSet\\Services\\Tcpip\\Parameters"


def rendered(form: str) -> str:
    return snippet(POLICY, form)


# sysctl.d: the readers of a host that boots, and what a user would type.


@pytest.mark.parametrize("reader", ["systemd", "procps"])
def test_the_readers_of_sysctl_files_take_the_values_at_boot(host: ThrowawayHost, reader: str) -> None:
    host.write(OUR_FILE, rendered("sysctl.d"))
    assert host.after_boot(reader) == (120, 30, 4)


def test_sysctl_takes_the_values_from_the_file(host: ThrowawayHost) -> None:
    needs.program("sysctl", package="procps")
    host.write(OUR_FILE, rendered("sysctl.d"))
    host.sh(f"sysctl -p {OUR_FILE}")
    assert host.runtime() == (120, 30, 4)


# cloud-init: its own schema; then what it would write and run, on a host.


def test_cloud_init_takes_the_user_data(tmp_path: pathlib.Path) -> None:
    needs.program("cloud-init")
    file = tmp_path / "user-data"
    file.write_text(rendered("cloud-init"), encoding="utf-8")
    assert "Valid" in run("cloud-init", "schema", "--config-file", file)

    file.write_text(rendered("cloud-init").replace("'0644'", "[0644]"), encoding="utf-8")
    status, said = attempt("cloud-init", "schema", "--config-file", file)
    assert status != 0
    assert "write_files.0.permissions" in said


def test_what_cloud_init_writes_and_runs_sets_the_values(host: ThrowawayHost) -> None:
    needs.program("sysctl", package="procps")
    user_data = yaml.safe_load(rendered("cloud-init"))
    (file,) = user_data["write_files"]
    (command,) = user_data["runcmd"]
    host.write(file["path"], file["content"])
    host.sh(" ".join(command))
    assert host.runtime() == (120, 30, 4)
    assert host.after_boot() == (120, 30, 4)


# Ignition, in a MachineConfig and from a Butane configuration.


def ignition_validate(config: dict[str, Any], folder: pathlib.Path) -> tuple[int, str]:
    needs.program("ignition-validate", package="ignition")
    file = folder / "config.ign"
    file.write_text(json.dumps(config), encoding="utf-8")
    return attempt("ignition-validate", file)


def content_of(file: dict[str, Any]) -> str:
    with urllib.request.urlopen(file["contents"]["source"]) as content:  # a data: URL
        text: str = content.read().decode()
        return text


def test_ignition_takes_what_is_in_the_machineconfig(tmp_path: pathlib.Path) -> None:
    config = yaml.safe_load(rendered("machineconfig"))["spec"]["config"]
    assert ignition_validate(config, tmp_path) == (0, "")
    (file,) = config["storage"]["files"]
    assert content_of(file) == rendered("sysctl.d")

    file["mode"] = "0644"
    status, said = ignition_validate(config, tmp_path)
    assert status != 0
    assert "storage.files.mode" in said


# The keys that the specification of Butane, variant fcos, version 1.4.0 knows, as far as they concern a file.
BUTANE_FILE_KEYS = {"path", "overwrite", "contents", "append", "mode", "user", "group"}
BUTANE_CONTENTS_KEYS = {"source", "inline", "local", "compression", "http_headers", "verification"}


def test_ignition_takes_what_butane_would_make_of_the_butane_configuration(tmp_path: pathlib.Path) -> None:
    """Butane itself is in no registry of packages (it comes as a Go program from its releases page): here its keys are
    held against its specification, and its translation is done by hand. Only the result meets a real parser."""
    config = yaml.safe_load(rendered("butane"))
    (file,) = config["storage"].pop("files")
    assert (config.pop("variant"), config.pop("version")) == ("fcos", "1.4.0")
    assert config == {"storage": {}}
    assert set(file) <= BUTANE_FILE_KEYS
    assert set(file["contents"]) <= BUTANE_CONTENTS_KEYS

    inline = file["contents"].pop("inline")
    file["contents"]["source"] = "data:," + urllib.parse.quote(inline)
    assert ignition_validate({"ignition": {"version": "3.3.0"}, "storage": {"files": [file]}}, tmp_path) == (0, "")
    assert file["mode"] == 0o644
    assert content_of(file) == rendered("sysctl.d")


# A pod.


def kubernetes_validate(pod: dict[str, Any], folder: pathlib.Path, version: str) -> tuple[int, str]:
    file = folder / "pod.yaml"
    file.write_text(yaml.safe_dump(pod), encoding="utf-8")
    tool = needs.installed(paths.SCRIPTS / "kubernetes-validate", hint="pip install kubernetes-validate")
    return attempt(tool, "--strict", "--kubernetes-version", version, file)


@pytest.mark.parametrize("version", ["1.29", "1.37"])
def test_kubernetes_takes_the_sysctls_of_a_pod(tmp_path: pathlib.Path, version: str) -> None:
    sysctls = yaml.safe_load(rendered("pod"))["spec"]["securityContext"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "image": "nginx"}], "securityContext": sysctls},
    }
    status, said = kubernetes_validate(pod, tmp_path, version)
    assert (status, "passed for resource pod/web" in said) == (0, True), said

    sysctls["sysctls"][0]["value"] = 120
    status, said = kubernetes_validate(pod, tmp_path, version)
    assert (status, "spec.securityContext.sysctls.0.value: 120 is not of type 'string'" in said) == (1, True), said


# Windows' registry.


def test_a_registry_takes_the_file_for_windows(tmp_path: pathlib.Path) -> None:
    needs.program("hivexsh", package="libhivex-bin")
    needs.program("hivexregedit", package="libwin-hivex-perl")
    hive, file = tmp_path / "SYSTEM", tmp_path / "keepalive.reg"
    registry.new_hive(hive, PARAMETERS)
    merge = ("hivexregedit", "--merge", "--prefix", "HKEY_LOCAL_MACHINE\\SYSTEM", hive, file)

    file.write_text(rendered("reg").replace("dword:", "dword "), encoding="ascii", newline="")
    status, said = attempt(*merge)
    assert status != 0
    assert "parse error: at line 4" in said

    file.write_text(rendered("reg"), encoding="ascii", newline="")
    run(*merge)
    assert registry.values(hive, PARAMETERS) == '"KeepAliveTime"=dword:0001d4c0\n"KeepAliveInterval"=dword:00007530\n'
    assert (0x1D4C0, 0x7530) == (120_000, 30_000)
