# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What PowerShell's parser sees in files: syntax newer than 5.1, with its line, and the commands, parameters, static members,
# methods and types that are used. Run by a PowerShell 7: read_syntax.ps1 FILE... prints a JSON list, an object for each file.

$tokenNames = @{
    QuestionQuestion = '??'; QuestionQuestionEquals = '??='; QuestionDot = '?.'; QuestionLBracket = '?[]'; AndAnd = '&& or ||'; OrOr = '&& or ||'
}
# The numbers that 5.1 knows: 12, 0x1F, 1.5, 1e3, each with the suffix l or d and kb to pb.
$oldNumber = '^[+-]?(0x[0-9a-f]+l?|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[ld]?)([kmgtp]b)?$'
$newVariables = 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle', 'EnabledExperimentalFeatures', 'PSNativeCommandUseErrorActionPreference'

function Get-NewerToken($tokens) {
    $former = 'NewLine'
    foreach ($token in $tokens) {
        $kind = [string]$token.Kind
        $isFirst = $former -eq 'NewLine'
        if ($kind -ne 'Comment') { $former = $kind }
        if ($kind -eq 'Pipe' -and $isFirst) { $what = '| first on its line' }
        elseif ($tokenNames.ContainsKey($kind)) { $what = $tokenNames[$kind] }
        elseif ($kind -eq 'Number' -and $token.Text -notmatch $oldNumber) { $what = "the number $($token.Text)" }
        elseif ($kind -match 'Expandable' -and $token.Text -cmatch '(?<!`)(``)*`e') { $what = '`e' }
        elseif ($kind -match 'Expandable' -and $token.Text -cmatch '(?<!`)(``)*`u\{') { $what = '`u{ }' }
        else { continue }
        , @($token.Extent.StartLineNumber, $what)
    }
}

function Get-NewerNode($tree) {
    foreach ($node in $tree.FindAll({ $true }, $true)) {
        $what = switch ($node.GetType().Name) {
            'TernaryExpressionAst' { '? :' }
            'PipelineAst' { if ($node.Background) { '& at the end' } }
            'NamedBlockAst' { if ($node.BlockKind -eq 'Clean') { 'clean { }' } }
            'VariableExpressionAst' { if ($newVariables -contains $node.VariablePath.UserPath) { '$' + $node.VariablePath.UserPath } }
            'BinaryExpressionAst' {
                $isBlock = $node.Right.FindAll({ $args[0] -is [System.Management.Automation.Language.ScriptBlockExpressionAst] }, $false)
                $operands = @($node.Left, $node.Right)
                if ([string]$node.Operator -match 'replace' -and $isBlock) { 'a script block for -replace' }
                elseif ([string]$node.Operator -eq 'DotDot' -and @($operands | Where-Object { $_.StaticType -eq [string] })) { '.. of letters' }
            }
        }
        if ($what) { , @($node.Extent.StartLineNumber, $what) }
    }
}

function Read-File($path) {
    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($path, [ref]$tokens, [ref]$errors)
    $commands = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
    $calls = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.MemberExpressionAst] }, $true)
    @{
        newer = @(
            foreach ($wrong in $errors) { , @($wrong.Extent.StartLineNumber, $wrong.Message) }
            Get-NewerToken $tokens
            Get-NewerNode $tree
        )
        functions = @(
            $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true) | ForEach-Object { $_.Name }
        )
        commands = @(foreach ($command in $commands) { [string]$command.GetCommandName() })
        parameters = @(
            foreach ($command in $commands) {
                foreach ($element in $command.CommandElements) {
                    if ($element -is [System.Management.Automation.Language.CommandParameterAst]) { , @([string]$command.GetCommandName(), $element.ParameterName) }
                }
            }
        )
        statics = @(foreach ($call in $calls) { if ($call.Static) { "$($call.Expression.TypeName.FullName)::$($call.Member.Value)" } })
        types = @(
            foreach ($node in $tree.FindAll({ $true }, $true)) {
                if ($node.TypeName) { $node.TypeName.FullName }
            }
        )
        methods = @(
            foreach ($call in $calls) {
                if (-not $call.Static -and $call -is [System.Management.Automation.Language.InvokeMemberExpressionAst]) { [string]$call.Member.Value }
            }
        )
    }
}

ConvertTo-Json -Depth 6 -InputObject @(foreach ($path in $args) { Read-File $path })
