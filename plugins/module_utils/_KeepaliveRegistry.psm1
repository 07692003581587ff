# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Windows' keepalive values in the registry: where they are and how to read them. PRIVATE: a detail of this collection.
# An "entry" is one registry value, @{ kind; data }, or $null if it does not exist.

$parametersPath = 'SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
# A volatile key with the values in force: Windows forgets it at shutdown.
$notePath = 'SOFTWARE\netops.keepalive'
# Written last, so that half a note of a killed run is recognised.
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
# The type that .NET gives a number of the right length. An imported .reg file can write another length.
$numberType = @{ DWord = [int]; QWord = [long] }

Function Open-KeepaliveKey {
    # A key below HKLM, in the 64-bit view also for a 32-bit PowerShell; $null if it does not exist.
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
    # The entries of one key by parameter name; $null for each if the key does not exist.
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
    # boot: the values for the next boot. runtime: the values that this boot took, from the note if there is one (noted).
    $boot = Read-Key -Path $parametersPath
    if (Test-Note) {
        return @{ boot = $boot; runtime = (Read-Key -Path $notePath); noted = $true }
    }
    return @{ boot = $boot; runtime = $boot; noted = $false }
}

Function Test-Length {
    # Is a number as long as its type says?
    param($Entry)

    $type = $numberType[[string]$Entry.kind]
    return $null -eq $type -or $Entry.data -is $type
}

Function Test-Writable {
    # Can .NET write it as it was read? It knows only the right length, and not all types.
    param($Entry)

    return $null -eq $Entry -or ($Entry.kind -ne 'Unknown' -and (Test-Length -Entry $Entry))
}

Function Get-Number {
    # The milliseconds of an entry, unsigned; $null if Windows does not take it.
    param($Entry)

    if ($null -eq $Entry -or $Entry.kind -ne 'DWord' -or -not (Test-Length -Entry $Entry)) {
        return $null
    }
    return [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes($Entry.data), 0)
}

Function Get-Millisecond {
    # The number of an entry, else the default.
    param([System.Collections.IDictionary]$Entries, [string]$Name)

    $number = Get-Number -Entry $Entries[$Name]
    if ($null -eq $number) {
        return [long]$defaultMilliseconds[$Name]
    }
    return [long]$number
}

Function Get-KindName {
    param($Entry)

    $length = if (Test-Length -Entry $Entry) { '' } else { ' of a wrong length' }
    return $kindName[[string]$Entry.kind] + $length
}

Function Format-Entry {
    # An entry in the words of the registry, for diffs and to compare; empty if it does not exist.
    param($Entry)

    if ($null -eq $Entry) {
        return ''
    }
    $text = Get-Number -Entry $Entry
    if ($null -eq $text) {
        $text = if ($Entry.data -is [byte[]]) { [System.BitConverter]::ToString($Entry.data) } else { $Entry.data -join ' ' }
    }
    return "$(Get-KindName -Entry $Entry) $text".TrimEnd() + "`n"
}

Function Get-ValueReport {
    # The values in seconds: a whole number, or a fraction (1500 ms are 1.5).
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
    # For each value, the registry value that decides it after the next boot.
    param([System.Collections.IDictionary]$Entries)

    $sources = @{ probes = $null }
    foreach ($name in $registryName.Keys) {
        $isTaken = $null -ne (Get-Number -Entry $Entries[$name])
        $sources[$name] = if ($isTaken) { @{ file = (Get-RegistryPath -Name $name); line = $null } } else { $null }
    }
    return $sources
}

Function Get-Doubt {
    # Why it is not known what Windows does with an entry; nothing if it is known.
    param($Entry)

    $number = Get-Number -Entry $Entry
    if ($null -ne $Entry -and $null -eq $number) {
        return 'type'
    }
    if ($number -eq 0) {
        return 'zero'
    }
}

Function Get-EntryLimit {
    # Sentences about such entries: for the next boot, and in force where a repair waits for that boot.
    param([System.Collections.IDictionary]$Runtime, [System.Collections.IDictionary]$Boot)

    foreach ($name in $registryName.Keys) {
        $path = Get-RegistryPath -Name $name
        $default = "the default, $($defaultMilliseconds[$name] / 1000) s, is taken to be in force"
        $documented = 'Windows documents 1 to 4294967295: what it does with 0 is not known.'
        $doubt = Get-Doubt -Entry $Boot[$name]
        switch ($doubt) {
            'type' { "$path is $(Get-KindName -Entry $Boot[$name]), but Windows expects REG_DWORD: $default." }
            'zero' { "$path is 0, and $documented" }
        }
        $former = Get-Doubt -Entry $Runtime[$name]
        if ($former -ne $doubt) {
            switch ($former) {
                # A note does not hold the type.
                'type' { "$path was not a REG_DWORD of 4 bytes at the last boot: $default until the next one." }
                'zero' { "$path was 0 at the last boot, and $documented" }
            }
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
    'Open-KeepaliveKey', 'Get-RegistryPath', 'Read-Key', 'Get-Snapshot', 'Get-Number', 'Test-Writable', 'Get-Millisecond', 'Format-Entry',
    'Get-ValueReport', 'Get-SourceReport', 'Get-EntryLimit', 'Test-RebootRequired'
) -Variable 'parametersPath', 'notePath', 'noteMark', 'registryName', 'probesSent'
