#requires -Version 2.0
<#
.SYNOPSIS
Removes the local Terminal Services / Remote Desktop license from the computer @NAME@ (client @CLIENT@ in Reseat).

.DESCRIPTION
Computer: @NAME@

It removes the keys LICENSE000, LICENSE001 and so on below

  HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\MSLicensing\Store
  HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\MSLicensing\Store    (32-bit programs on 64-bit Windows)

after it has backed MSLicensing up as a .reg file. Without a backup nothing is removed. HardwareID stays: without it
the license server would take this computer for a new one and give it a second license.

It changes this computer only. The license server keeps its record and its history, and this computer may take a
license again when it connects. Restore a backup on this same computer only.

It refuses to run on a computer of another name. Windows PowerShell 2.0 or later, "Run as administrator".

.PARAMETER AnyComputer
Run on a computer of another name too: where it was renamed, or where its name cannot be written in a script.

.PARAMETER Folder
Where the backup is written. The default is MSLicensing-backup in the folder for programs' shared data.

.EXAMPLE
powershell.exe -NoProfile -ExecutionPolicy Bypass -File .\remove-local-license-@NAME@.ps1 -WhatIf
Says what would be removed, and changes nothing.

.EXAMPLE
powershell.exe -NoProfile -ExecutionPolicy Bypass -File .\remove-local-license-@NAME@.ps1
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param([switch]$AnyComputer, [string]$Folder = '')

# Any error ends the run: a key whose backup failed must not be removed.
$ErrorActionPreference = 'Stop'
$computer = '@HOST@'

# One sentence that says what is wrong, and the end.
function Stop-Removal([string]$sentence) {
    Write-Host $sentence -ForegroundColor Red
    exit 1
}

# --- May we, and is this the computer? -----------------------------------------------------------------------

# NetBIOS names have 15 characters at most; the name in the network may be longer.
$names = @($env:COMPUTERNAME)
try { $names += [Net.Dns]::GetHostName().Split('.')[0] } catch { Write-Verbose 'This computer has no name in the network.' }
if (-not $AnyComputer -and ($computer -eq '' -or $names -notcontains $computer)) {
    Stop-Removal ('This script is for @NAME@, and this computer is ' + $env:COMPUTERNAME + '. Nothing was changed. If it is the right one, run it again with -AnyComputer.')
}

$person = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $person.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Stop-Removal 'Start Windows PowerShell with "Run as administrator" and run this again. Nothing was changed.'
}

# 32-bit PowerShell on 64-bit Windows would be led to WOW6432Node without a word.
if ($env:PROCESSOR_ARCHITEW6432) {
    Stop-Removal 'This is 32-bit PowerShell on 64-bit Windows. Run this in the 64-bit one. Nothing was changed.'
}

if (@(Get-Process -Name mstsc -ErrorAction SilentlyContinue).Count -gt 0) {
    Stop-Removal 'Close Remote Desktop Connection (mstsc.exe) for everybody on this computer, then run this again. Nothing was changed.'
}

# --- Back up, then remove ------------------------------------------------------------------------------------

if ($Folder -eq '') {
    $shared = $env:ProgramData
    # Windows XP has no ProgramData.
    if (-not $shared) { $shared = $env:ALLUSERSPROFILE }
    $Folder = Join-Path $shared 'MSLicensing-backup'
}
$stamp = (Get-Date).ToString('yyyyMMdd-HHmmss', [Globalization.CultureInfo]::InvariantCulture)
$removed = 0
$found = 0

try {
    foreach ($key in 'SOFTWARE\Microsoft\MSLicensing', 'SOFTWARE\WOW6432Node\Microsoft\MSLicensing') {
        $store = 'HKLM:\' + $key + '\Store'
        if (-not (Test-Path $store)) { continue }
        $licenses = @(Get-ChildItem $store | Where-Object { $_.PSChildName -match '^LICENSE[0-9]{3}$' })
        if ($licenses.Count -eq 0) { continue }
        $found += $licenses.Count
        foreach ($license in $licenses) { Write-Host ('found    ' + $license.Name) }
        if (-not $PSCmdlet.ShouldProcess($store, 'Back up MSLicensing and remove ' + $licenses.Count + ' license key(s)')) { continue }

        New-Item -Path $Folder -ItemType Directory -Force | Out-Null
        $file = Join-Path $Folder ($env:COMPUTERNAME + '-' + $stamp + '-' + ($key -replace '\\', '_') + '.reg')
        # "/y" is not known to reg.exe of Windows XP, and not needed: the file is new.
        & reg.exe export ('HKLM\' + $key) $file | Out-Null
        if ($LASTEXITCODE -ne 0 -or -not (Test-Path $file) -or (Get-Item $file).Length -lt 50) {
            Stop-Removal ('The backup of HKLM\' + $key + ' failed. Nothing was removed there.')
        }
        Write-Host ('backup   ' + $file)

        foreach ($license in $licenses) {
            Remove-Item -LiteralPath $license.PSPath -Recurse -Force
            if (Test-Path -LiteralPath $license.PSPath) { Stop-Removal ('This key is still there: ' + $license.Name) }
            Write-Host ('removed  ' + $license.Name)
            $removed += 1
        }
    }
} catch {
    Stop-Removal ('It did not finish (' + $removed + ' removed so far): ' + $_.Exception.Message)
}

if ($found -eq 0) {
    Write-Host 'This computer holds no local license. Nothing was changed.'
} elseif ($removed -gt 0) {
    Write-Host ($removed.ToString() + ' removed. Record it in Reseat, with the place of the backup.')
} else {
    Write-Host 'Nothing was changed.'
}
