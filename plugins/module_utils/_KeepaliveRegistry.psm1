# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Where Windows keeps its keepalive values, and how they read. PRIVATE: a detail of this collection.
# An "entry" is one value as it stands in the registry, @{ kind; data }, or $null where there is none.

$parametersPath = 'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
# A volatile key: Windows forgets it at shutdown, and with it what was in force until then.
$notePath = 'SOFTWARE\netops.keepalive'
# Written last, so that a note of which a killed run wrote only half is known as such.
$noteMark = 'Complete'

$registryName = [ordered]@{ time = 'KeepAliveTime'; interval = 'KeepAliveInterval' }
$defaultMilliseconds = @{ time = 7200000; interval = 1000 }
# Since Windows Vista and Server 2008; there is no setting for it.
$probesSent = 10

$kindName = @{
    String = 'REG_SZ'
    ExpandString = 'REG_EXPAND_SZ'
    Binary = 'REG_BINARY'
    DWord = 'REG_DWORD'
    MultiString = 'REG_MULTI_SZ'
    QWord = 'REG_QWORD'
    None = 'REG_NONE'
    Unknown = 'a type of its own'
}

Function Open-KeepaliveKey {
    # A key below HKLM, the 64-bit view of it also for a 32-bit PowerShell; $null where there is none.
    param([string]$Path, [bool]$Writable)

    $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
    try {
        return $machine.OpenSubKey($Path, $Writable)
    }
    catch [System.Security.SecurityException] {
        $access = @{ $true = 'write to'; $false = 'read' }[$Writable]
        throw "No permission to $access HKLM\$($Path): log in as an administrator."
    }
    finally {
        $machine.Dispose()
    }
}

Function Get-RegistryPath {
    param([string]$Name)

    return "HKLM\$parametersPath\$($registryName[$Name])"
}

Function Read-Entry {
    param([Microsoft.Win32.RegistryKey]$Key, [string]$Name)

    if ($Key.GetValueNames() -notcontains $registryName[$Name]) {
        return $null
    }
    return @{
        kind = $Key.GetValueKind($registryName[$Name])
        data = $Key.GetValue($registryName[$Name], $null, 'DoNotExpandEnvironmentNames')
    }
}

Function Read-Key {
    # The entries of one key by parameter name; none where there is no such key.
    param([string]$Path)

    $entries = @{ time = $null; interval = $null }
    $key = Open-KeepaliveKey -Path $Path -Writable $false
    if ($null -ne $key) {
        foreach ($name in $registryName.Keys) {
            $entries[$name] = Read-Entry -Key $key -Name $name
        }
        $key.Dispose()
    }
    return $entries
}

Function Test-Note {
    $key = Open-KeepaliveKey -Path $notePath -Writable $false
    if ($null -eq $key) {
        return $false
    }
    $isComplete = $key.GetValueNames() -contains $noteMark
    $key.Dispose()
    return $isComplete
}

Function Get-Snapshot {
    # What the next boot takes; what this boot took, if that was noted before the first change since; is there a note?
    $boot = Read-Key -Path $parametersPath
    if (Test-Note) {
        return @{ boot = $boot; runtime = (Read-Key -Path $notePath); noted = $true }
    }
    return @{ boot = $boot; runtime = $boot; noted = $false }
}

Function Get-Number {
    # The milliseconds of an entry, unsigned; $null where it is none that Windows takes.
    param($Entry)

    if ($null -eq $Entry -or $Entry.kind -ne 'DWord') {
        return $null
    }
    return [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes([int]$Entry.data), 0)
}

Function Get-Millisecond {
    # What an entry amounts to: its number, else the default.
    param([System.Collections.IDictionary]$Entries, [string]$Name)

    $number = Get-Number -Entry $Entries[$Name]
    if ($null -eq $number) {
        return [long]$defaultMilliseconds[$Name]
    }
    return [long]$number
}

Function Format-Entry {
    # An entry in the words of the registry, for diffs and to compare; empty where there is none.
    param($Entry)

    if ($null -eq $Entry) {
        return ''
    }
    $text = switch ([string]$Entry.kind) {
        'DWord' { Get-Number -Entry $Entry }
        'MultiString' { $Entry.data -join ' ' }
        default {
            if ($Entry.data -is [byte[]]) { [System.BitConverter]::ToString($Entry.data) } else { $Entry.data }
        }
    }
    return "$($kindName[[string]$Entry.kind]) $text`n"
}

Function Get-ValueReport {
    # The values in seconds; dividing gives a whole number where there is one, else a fraction (1500 ms are 1.5).
    param([System.Collections.IDictionary]$Entries)

    $time = Get-Millisecond -Entries $Entries -Name time
    $interval = Get-Millisecond -Entries $Entries -Name interval
    return @{
        time = $time / 1000
        interval = $interval / 1000
        probes = $probesSent
        drop_after = ($time + $interval * $probesSent) / 1000
    }
}

Function Get-SourceReport {
    # For each value what decides it after the next boot; a registry has no lines.
    param([System.Collections.IDictionary]$Entries)

    $sources = @{ probes = $null }
    foreach ($name in $registryName.Keys) {
        $isTaken = $null -ne (Get-Number -Entry $Entries[$name])
        $sources[$name] = if ($isTaken) { @{ file = (Get-RegistryPath -Name $name); line = $null } } else { $null }
    }
    return $sources
}

Function Get-EntryLimit {
    # Sentences about entries of which nobody can say for sure what Windows makes of them.
    param([System.Collections.IDictionary]$Entries)

    foreach ($name in $registryName.Keys) {
        $path = Get-RegistryPath -Name $name
        $number = Get-Number -Entry $Entries[$name]
        if ($null -ne $Entries[$name] -and $null -eq $number) {
            $kind = $kindName[[string]$Entries[$name].kind]
            "$path is $kind, but Windows expects REG_DWORD: the default, $($defaultMilliseconds[$name] / 1000) s, is taken to be in force."
        }
        elseif ($number -eq 0) {
            "$path is 0, and Windows documents 1 to 4294967295: what it makes of 0 is not known."
        }
    }
}

Function Test-RebootRequired {
    param([System.Collections.IDictionary]$Runtime, [System.Collections.IDictionary]$Boot)

    foreach ($name in $registryName.Keys) {
        if ((Get-Millisecond -Entries $Runtime -Name $name) -ne (Get-Millisecond -Entries $Boot -Name $name)) {
            return $true
        }
    }
    return $false
}

Export-ModuleMember -Function @(
    'Open-KeepaliveKey', 'Get-RegistryPath', 'Read-Key', 'Get-Snapshot', 'Get-Number', 'Get-Millisecond', 'Format-Entry',
    'Get-ValueReport', 'Get-SourceReport', 'Get-EntryLimit', 'Test-RebootRequired'
) -Variable 'parametersPath', 'notePath', 'noteMark', 'registryName', 'probesSent'
