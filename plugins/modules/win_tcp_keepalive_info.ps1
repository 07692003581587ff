#!powershell

# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._KeepaliveRegistry

$module = [Ansible.Basic.AnsibleModule]::Create($args, @{ options = @{}; supports_check_mode = $true })

try {
    $snapshot = Get-Snapshot
    $explicit = @{ probes = $false }
    $native = @{}
    foreach ($name in $registryName.Keys) {
        $set = @($snapshot.boot, $snapshot.runtime | Where-Object { $null -ne (Get-Number -Entry $_[$name]) })
        $explicit[$name] = $set.Count -gt 0
        $native[$registryName[$name]] = Get-Millisecond -Entries $snapshot.runtime -Name $name
    }
    $module.Result.runtime = Get-ValueReport -Entries $snapshot.runtime
    $module.Result.boot = Get-ValueReport -Entries $snapshot.boot
    $module.Result.boot_source = Get-SourceReport -Entries $snapshot.boot
    $module.Result.defaults = Get-ValueReport -Entries @{}
    $module.Result.explicit = $explicit
    $module.Result.native = $native
    $module.Result.fixed = @{ probes = $probesSent }
    $module.Result.always = $null
    $module.Result.limits = @(Get-EntryLimit -Runtime $snapshot.runtime -Boot $snapshot.boot)
    $module.Result.reboot_required = Test-RebootRequired -Runtime $snapshot.runtime -Boot $snapshot.boot
}
catch {
    $module.FailJson($_.Exception.GetBaseException().Message)
}
$module.ExitJson()
