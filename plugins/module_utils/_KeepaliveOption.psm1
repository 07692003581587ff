# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The allowed values, with the same sentences as _settings.py has on Linux. PRIVATE: a detail of this collection.

$parameters = @(
    @{ name = 'time'; maximum = 32767; what = 'whole number of seconds' }
    @{ name = 'interval'; maximum = 32767; what = 'whole number of seconds' }
    @{ name = 'probes'; maximum = 127; what = 'whole number of probes' }
)

Function ConvertTo-Quoted {
    # Text as a message quotes it: on one line, as Python quotes it on Linux.
    param([string]$Text)

    $escaped = $Text.Replace('\', '\\').Replace("`n", '\n').Replace("`r", '\r').Replace("`t", '\t')
    $escaped = [regex]::Replace($escaped, '[\x00-\x1f\x7f]', { param($found) '\x{0:x2}' -f [int][char]$found.Value })
    if ($Text.Contains("'") -and -not $Text.Contains('"')) {
        return '"' + $escaped + '"'
    }
    return "'" + $escaped.Replace("'", "\'") + "'"
}

Function Format-Value {
    # A value as a message quotes it, at most 80 characters.
    param($Value)

    $invariant = [System.Globalization.CultureInfo]::InvariantCulture
    if ($Value -is [string]) {
        $shown = ConvertTo-Quoted -Text $Value
    }
    elseif ($Value -is [double] -and [System.Math]::Floor($Value) -eq $Value -and [System.Math]::Abs($Value) -lt 1e15) {
        $shown = $Value.ToString('F1', $invariant)
    }
    elseif ($Value -is [System.IFormattable]) {
        $shown = $Value.ToString($null, $invariant)
    }
    elseif ($Value -is [bool]) {
        $shown = $Value.ToString()
    }
    else {
        $shown = [Ansible.Basic.AnsibleModule]::ToJson($Value)
    }
    if ($shown.Length -gt 80) {
        return $shown.Substring(0, 77) + '...'
    }
    return $shown
}

Function ConvertTo-Number {
    # An integer or a decimal string within the range; other forms ('true', 60.0, '010', '6_0') are refused.
    param([hashtable]$Parameter, $Value)

    $number = 0
    # Nine digits are more than any range allows.
    if ($Value -is [string] -and $Value -cmatch '^(?:0|[1-9][0-9]{0,8})\z') {
        $number = [int]$Value
    }
    elseif ($Value -is [int] -or $Value -is [long]) {
        $number = [long]$Value
    }
    if ($number -lt 1 -or $number -gt $Parameter.maximum) {
        throw "$($Parameter.name) is $(Format-Value -Value $Value): allowed is a $($Parameter.what) from 1 to $($Parameter.maximum)."
    }
    return [int]$number
}

Function Read-Setting {
    # The values that the task names, as numbers, in order.
    param([System.Collections.IDictionary]$Options)

    $settings = [ordered]@{}
    foreach ($parameter in $parameters) {
        if ($null -ne $Options[$parameter.name]) {
            $settings[$parameter.name] = ConvertTo-Number -Parameter $parameter -Value $Options[$parameter.name]
        }
    }
    return $settings
}

Function Assert-Request {
    # Refuse contradictions before the host is read.
    param([System.Collections.IDictionary]$Options, [System.Collections.IDictionary]$Settings)

    if ($Options.state -eq 'present' -and $Settings.Count -eq 0) {
        throw 'state: present needs at least one of time, interval and probes.'
    }
    if ($Options.state -eq 'absent' -and $Settings.Count -gt 0) {
        $named = @(foreach ($name in $Settings.Keys) { "$name $($Settings[$name])" }) -join ', '
        throw "state: absent means all three values and takes none of them; got $named."
    }
    if (-not $Options.runtime -and -not $Options.boot) {
        throw 'runtime: false together with boot: false leaves nothing to do; allow one of them.'
    }
}

Function Get-Advice {
    # Warnings about values that are allowed but a known trap.
    param([System.Collections.IDictionary]$Settings)

    if ($Settings['time'] -ge 295 -and $Settings['time'] -le 305) {
        "time is $($Settings['time']): connection tracking in firewalls forgets a connection after 300 seconds without an " +
        'acknowledgement, so values from 295 to 305 race against it; choose a smaller one.'
    }
}

Export-ModuleMember -Function 'Read-Setting', 'Assert-Request', 'Get-Advice'
