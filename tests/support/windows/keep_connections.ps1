# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A server that accepts connections and keeps them open, until a second connection to $control comes or its time is over.
# $listeners is set before: for each a port, and the time and interval of its keepalive. Without a time (0) keepalive is off, and
# with -1 it has the values of Windows.

$tcp = [System.Net.Sockets.SocketOptionLevel]::Tcp
$kept = @{}
$servers = foreach ($listener in @($listeners; , @($control, 0, 0))) {
    $server = New-Object -TypeName System.Net.Sockets.TcpListener -ArgumentList ([System.Net.IPAddress]::Any), $listener[0]
    $server.Start()
    $kept[$listener[0]] = @()
    @{ of = $listener; server = $server }
}
$end = [DateTime]::UtcNow.AddSeconds(150)
while ($kept[$control].Count -lt 2 -and [DateTime]::UtcNow -lt $end) {
    foreach ($one in $servers) {
        $port, $time, $interval = $one.of
        if (-not $one.server.Pending()) { continue }
        $socket = $one.server.AcceptSocket()
        if ($time) {
            $socket.SetSocketOption('Socket', 'KeepAlive', $true)
        }
        if ($time -gt 0) {
            # TcpKeepAliveTime and TcpKeepAliveInterval: the .NET of Windows PowerShell 5.1 has no names for them.
            $socket.SetSocketOption($tcp, [System.Net.Sockets.SocketOptionName]3, $time)
            $socket.SetSocketOption($tcp, [System.Net.Sockets.SocketOptionName]17, $interval)
        }
        $kept[$port] += $socket
    }
    [System.Threading.Thread]::Sleep(20)
}
foreach ($listener in $listeners) { 'accepted {0} {1}' -f $listener[0], $kept[$listener[0]].Count }
