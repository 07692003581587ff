#!powershell

# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils._KeepaliveOption
#AnsibleRequires -PowerShell ..module_utils._KeepaliveRegistry

$spec = @{
    options = @{
        # Not "int": what that takes differs between versions of ansible-core.
        time = @{ type = 'raw' }
        interval = @{ type = 'raw' }
        probes = @{ type = 'raw' }
        state = @{ type = 'str'; choices = 'present', 'absent'; default = 'present' }
        runtime = @{ type = 'bool'; default = $true }
        boot = @{ type = 'bool'; default = $true }
        file = @{ type = 'str'; default = '/etc/sysctl.d/99-tcp-keepalive.conf' }
        overridden = @{ type = 'str'; choices = 'fail', 'warn', 'take_over'; default = 'fail' }
    }
    supports_check_mode = $true
}

Function Get-Target {
    # The entries that the registry has to have: those of before, with the requested ones in their place.
    param([System.Collections.IDictionary]$Before, [System.Collections.IDictionary]$Settings, [System.Collections.IDictionary]$Options)

    $target = @{ time = $Before.time; interval = $Before.interval }
    if ($Options.boot) {
        foreach ($name in $registryName.Keys) {
            if ($Options.state -eq 'absent') {
                $target[$name] = $null
            }
            elseif ($null -ne $Settings[$name]) {
                $target[$name] = @{ kind = [Microsoft.Win32.RegistryValueKind]::DWord; data = $Settings[$name] * 1000 }
            }
        }
    }
    return $target
}

Function Get-Difference {
    param([System.Collections.IDictionary]$Before, [System.Collections.IDictionary]$After)

    foreach ($name in $registryName.Keys) {
        if ((Format-Entry -Entry $Before[$name]) -cne (Format-Entry -Entry $After[$name])) {
            @{ name = $name; before = $Before[$name]; after = $After[$name] }
        }
    }
}

Function ConvertTo-Diff {
    # The entries that --diff prints: one for each registry value, in its own unit.
    param([object[]]$Differences)

    foreach ($difference in $Differences) {
        $path = Get-RegistryPath -Name $difference.name
        @{
            before_header = if ($null -eq $difference.before) { "$path (absent)" } else { $path }
            after_header = if ($null -eq $difference.after) { "$path (absent)" } else { $path }
            before = Format-Entry -Entry $difference.before
            after = Format-Entry -Entry $difference.after
        }
    }
}

Function Get-Limit {
    param([System.Collections.IDictionary]$Settings, [System.Collections.IDictionary]$Options)

    if ($null -ne $Settings['probes'] -and $Settings['probes'] -ne $probesSent) {
        "probes is $($Settings['probes']), but Windows always sends $probesSent keepalive probes; drop_after counts with $probesSent."
    }
    if (-not $Options.boot) {
        'boot: false leaves nothing to do on Windows, where keepalive values are for the next boot; nothing is changed.'
    }
}

Function Write-Entry {
    param([Microsoft.Win32.RegistryKey]$Key, [string]$Name, $Entry)

    if (-not (Test-Writable -Entry $Entry)) {
        throw "it was $((Format-Entry -Entry $Entry).Trim()), which only a .reg file can write"
    }
    if ($null -eq $Entry) {
        $Key.DeleteValue($registryName[$Name], $false)
    }
    else {
        $Key.SetValue($registryName[$Name], $Entry.data, $Entry.kind)
    }
}

Function Open-ForWriting {
    # Both keys, or a sentence that says why they cannot be opened. Opening them changes nothing.
    param([bool]$Noted)

    $keys = @{ parameters = (Open-KeepaliveKey -Path $parametersPath -Writable $true); software = $null }
    if ($null -eq $keys.parameters) {
        throw "HKLM\$parametersPath does not exist: this Windows has no TCP/IP."
    }
    if (-not $Noted) {
        $keys.software = Open-KeepaliveKey -Path (Split-Path -Path $notePath -Parent) -Writable $true
    }
    return $keys
}

Function Write-Note {
    # Before the first change since the last boot: the values that this boot took.
    param([Microsoft.Win32.RegistryKey]$Software, [System.Collections.IDictionary]$Entries)

    $name = Split-Path -Path $notePath -Leaf
    $Software.DeleteSubKeyTree($name, $false)
    $note = $Software.CreateSubKey(
        $name, [Microsoft.Win32.RegistryKeyPermissionCheck]::ReadWriteSubTree, [Microsoft.Win32.RegistryOptions]::Volatile
    )
    foreach ($name in $registryName.Keys) {
        $entry = $Entries[$name]
        if ($null -ne $entry -and $null -eq (Get-Number -Entry $entry)) {
            # Not all types can be written. Windows takes none of them, so a text stands for each.
            $entry = @{ kind = [Microsoft.Win32.RegistryValueKind]::String; data = (Format-Entry -Entry $entry).Trim() }
        }
        Write-Entry -Key $note -Name $name -Entry $entry
    }
    $note.SetValue($noteMark, 1, 'DWord')
    $note.Dispose()
}

Function Restore-Entry {
    # Put back each value that is still as this run left it, the last one first. Another program's change stays. Returns what failed.
    param([Microsoft.Win32.RegistryKey]$Key, [object[]]$Begun)

    for ($index = $Begun.Count - 1; $index -ge 0; $index--) {
        $difference = $Begun[$index]
        try {
            $standing = (Read-Key -Path $parametersPath)[$difference.name]
            if ((Format-Entry -Entry $standing) -ceq (Format-Entry -Entry $difference.after)) {
                Write-Entry -Key $Key -Name $difference.name -Entry $difference.before
            }
        }
        catch {
            "$(Get-RegistryPath -Name $difference.name) ($($_.Exception.GetBaseException().Message.TrimEnd('.')))"
        }
    }
}

Function Invoke-Change {
    # Write the differences, all or none, and compare the registry with the target.
    param([hashtable]$Keys, [object[]]$Differences, [System.Collections.IDictionary]$Snapshot, [System.Collections.IDictionary]$Target)

    $begun = @()
    $where = "HKLM\$notePath"
    try {
        if (-not $Snapshot.noted) {
            Write-Note -Software $Keys.software -Entries $Snapshot.runtime
        }
        foreach ($difference in $Differences) {
            $begun += $difference
            $where = Get-RegistryPath -Name $difference.name
            Write-Entry -Key $Keys.parameters -Name $difference.name -Entry $difference.after
        }
        # On disk before the task is done, in case the machine crashes.
        $Keys.parameters.Flush()
        foreach ($left in Get-Difference -Before (Read-Key -Path $parametersPath) -After $Target) {
            $where = Get-RegistryPath -Name $left.name
            throw "it is '$((Format-Entry -Entry $left.before).Trim())' after the write: something else sets it at the same time"
        }
    }
    catch {
        $cause = "$where cannot be set: $($_.Exception.GetBaseException().Message.TrimEnd('.'))."
        $stuck = @(Restore-Entry -Key $Keys.parameters -Begun $begun)
        if ($stuck.Count -gt 0) {
            throw "$cause These could not be put back: $($stuck -join '; ')."
        }
        if (-not $Snapshot.noted) {
            $Keys.software.DeleteSubKeyTree((Split-Path -Path $notePath -Leaf), $false)
        }
        throw "$cause Everything is as it was before."
    }
}

$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

try {
    $settings = Read-Setting -Options $module.Params
    Assert-Request -Options $module.Params -Settings $settings
    $snapshot = Get-Snapshot
    $target = Get-Target -Before $snapshot.boot -Settings $settings -Options $module.Params
    $differences = @(Get-Difference -Before $snapshot.boot -After $target)
    if ($differences.Count -gt 0) {
        $keys = Open-ForWriting -Noted $snapshot.noted
        if (-not $module.CheckMode) {
            Invoke-Change -Keys $keys -Differences $differences -Snapshot $snapshot -Target $target
        }
    }
}
catch {
    $module.FailJson($_.Exception.GetBaseException().Message)
}

foreach ($sentence in Get-Advice -Settings $settings) {
    $module.Warn($sentence)
}
# A change is for the next boot, so the runtime values are the same before and after.
$runtime = Get-ValueReport -Entries $snapshot.runtime
$module.Result.changed = $differences.Count -gt 0
$module.Result.diff = @(ConvertTo-Diff -Differences $differences)
$module.Result.runtime = @{ before = $runtime; after = $runtime }
$module.Result.boot = @{ before = (Get-ValueReport -Entries $snapshot.boot); after = (Get-ValueReport -Entries $target) }
$module.Result.boot_source = Get-SourceReport -Entries $target
$module.Result.overridden_by = @()
$module.Result.limits = @(
    Get-Limit -Settings $settings -Options $module.Params
    Get-EntryLimit -Runtime $snapshot.runtime -Boot $target
)
$module.Result.reboot_required = Test-RebootRequired -Runtime $snapshot.runtime -Boot $target
$module.ExitJson()
