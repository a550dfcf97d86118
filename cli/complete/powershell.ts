import { fillScript } from './script.ts';

/** The script for Windows PowerShell 5 and PowerShell 7. */
export function powershellScript(program: string, request: string): string {
  return fillScript(SCRIPT, program, request);
}

const SCRIPT: string = String.raw`# PowerShell completion for PROGRAM

[scriptblock]$__PROGRAMComplete = {
    param($typed, $ast, $cursor)

    $words = @($ast.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    $command = $words[0]
    if (-not (Get-Command -Name $command -CommandType Application, ExternalScript -ErrorAction SilentlyContinue)) {
        $command = 'PROGRAM'
    }
    $arguments = @($words | Select-Object -Skip 1)
    if ($typed -eq '') { $arguments += '' }
    # Before version 7.3, PowerShell drops empty arguments and quotes inside others.
    if ($PSVersionTable.PSVersion -lt [version]'7.3') {
        $arguments = @($arguments | ForEach-Object { if ($_ -eq '') { '""' } else { $_ -replace '"', '\"' } })
    }
    $lines = @(& $command REQUEST @arguments 2>$null)
    $directive = 0
    if ($lines.Count -gt 0 -and $lines[-1] -match '^:(\d+)$') {
        $directive = [int]$Matches[1]
        $lines = @($lines | Select-Object -SkipLast 1)
    }
    if ($directive -band 1) { return }

    # A candidate takes the place of the whole word, the flag's name included.
    $prefix = ''
    $part = $typed
    if ($typed -match '^(-[^=]*=)(.*)$') {
        $prefix = $Matches[1]
        $part = $Matches[2]
    }
    $space = if ($directive -band 2) { '' } else { ' ' }
    $found = @($lines | Where-Object { $_ -ne '' -and -not $_.StartsWith('_activeHelp_ ') } | ForEach-Object {
        $name, $text = $_ -split [char]9, 2
        if ($name.StartsWith($part)) {
            if (-not $text) { $text = $name }
            $insert = $prefix + $name
            if ($insert -match '[\s''"\x60$;&|()<>{}]') { $insert = "'" + ($insert -replace "'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new($insert + $space, $name, 'ParameterValue', $text)
        }
    })
    if ($directive -band (8 -bor 16)) { return }
    if ($found.Count -gt 0) { return $found }
    # An empty candidate keeps PowerShell from completing files.
    if ($directive -band 4) { return '' }
}

Register-ArgumentCompleter -Native -CommandName 'PROGRAM' -ScriptBlock $__PROGRAMComplete
if ((Get-Alias -Name helm -ErrorAction SilentlyContinue).Definition -eq 'PROGRAM') {
    Register-ArgumentCompleter -Native -CommandName 'helm' -ScriptBlock $__PROGRAMComplete
}
`;
