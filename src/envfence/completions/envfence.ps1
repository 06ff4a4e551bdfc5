# Completion of envfence for PowerShell 5.1 and later.

$global:EnvfenceTable = '
@TABLE@
'

Register-ArgumentCompleter -Native -CommandName envfence -ScriptBlock {
    param($word, $ast, $position)

    $rows = $global:EnvfenceTable.Trim() -split '\r?\n' | ForEach-Object { , ($_ -split '\|', 4) }
    $given = @($ast.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.Extent.Text })
    $command = ''
    foreach ($each in $given) {
        $longer = "$command $each".Trim()
        if ($rows | Where-Object { $_[0] -ceq $longer }) { $command = $longer }
    }
    $after = if ($word -like '-*') { '-' } else { '' }
    $previous = if ($given) { $given[-1] } else { '' }
    if ($previous -like '--*' -and ($rows | Where-Object { $_[0] -ceq $command -and $_[1] -ceq $previous })) {
        $after = $previous
    }
    # Where nothing is returned, PowerShell completes files.
    foreach ($row in $rows | Where-Object { $_[0] -ceq $command -and $_[1] -ceq $after }) {
        $offers = switch ($row[2]) {
            '<files>' { }
            '<revisions>' { git for-each-ref '--format=%(refname:short)' 2>$null }
            default { $_ }
        }
        foreach ($offer in $offers | Where-Object { $_ -and $_.StartsWith($word) }) {
            $told = if ($row[3]) { $row[3] } else { $offer }
            [System.Management.Automation.CompletionResult]::new($offer, $offer, 'ParameterValue', $told)
        }
    }
}
