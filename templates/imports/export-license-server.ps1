#requires -Version 2.0
<#
.SYNOPSIS
Writes what this Remote Desktop (Terminal Services) license server knows into three CSV files for Reseat.

.DESCRIPTION
It only reads. Nothing on the license server, in its license database or in its registry is changed, nothing
is installed and nothing is sent anywhere. It asks the server's own WMI provider and writes, in a new folder:

  keypacks.csv  the license key packs          (Win32_TSLicenseKeyPack)
  issued.csv    the licenses issued from them  (Win32_TSIssuedLicense)
  server.csv    the server's name, license server ID, product ID, version and activation status, and the
                moment of the export in UTC    (Win32_TSLicenseServer)

Copy the folder to where you use Reseat and choose its files under Imports.

Run it on the license server itself, in Windows PowerShell started with "Run as administrator" (for anyone
else the provider leaves every value empty instead of refusing). It works in Windows PowerShell 2.0 to 5.1, so
on every Windows Server from 2008 R2 on as installed, and on Windows Server 2008 with PowerShell 2.0.

.PARAMETER Folder
Where the new folder is made. The default is your folder for temporary files.

.EXAMPLE
powershell.exe -NoProfile -ExecutionPolicy Bypass -File .\export-license-server.ps1 -Folder C:\Exports
#>
param([string]$Folder = $env:TEMP)

# Any error ends the export: half an export must not look like a whole one.
$ErrorActionPreference = 'Stop'

$packColumns = 'KeyPackId', 'Description', 'KeyPackType', 'ProductType', 'ProductVersion', 'ProductVersionID',
    'TotalLicenses', 'IssuedLicenses', 'AvailableLicenses', 'ExpirationDate', 'AccessRights', 'TypeAndModel'
$licenseColumns = 'LicenseId', 'KeyPackId', 'sIssuedToUser', 'sIssuedToComputer', 'LicenseStatus', 'IssueDate',
    'ExpirationDate', 'sHardwareId'
$serverColumns = 'Name', 'LicenseServerId', 'ProductId', 'Version', 'ActivationStatus', 'ExportedAt'

# One sentence that says what is wrong, and the end.
function Stop-Export([string]$sentence) {
    Write-Host $sentence -ForegroundColor Red
    exit 1
}

# A file without rows still gets its line of headings, so that it can be told from a failed one.
function Add-Headings([string]$path, [string[]]$columns) {
    if (-not (Test-Path $path) -or (Get-Item $path).Length -lt 8) {
        Set-Content -Path $path -Value ('"' + [string]::Join('","', $columns) + '"') -Encoding UTF8
    }
}

# --- May we, and is this a license server? -------------------------------------------------------------------

if (-not (Get-Command Get-WmiObject -ErrorAction SilentlyContinue)) {
    Stop-Export 'Run this in Windows PowerShell (powershell.exe), not in PowerShell 7 (pwsh.exe), which cannot ask the license server.'
}

$person = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $person.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Stop-Export 'Start Windows PowerShell with "Run as administrator" and run this again: without it the license server shows no values.'
}

try {
    $provider = [wmiclass]'\\.\root\cimv2:Win32_TSLicenseServer'
    $provider.Get()
} catch {
    Stop-Export "This computer has no Remote Desktop Licensing provider (WMI class Win32_TSLicenseServer): run this on the license server itself, Windows Server 2008 or later."
}

# --- The export ----------------------------------------------------------------------------------------------

try {
    $now = (Get-Date).ToUniversalTime()
    $culture = [Globalization.CultureInfo]::InvariantCulture
    $stamp = $now.ToString('yyyyMMdd-HHmmss', $culture)
    $place = Join-Path $Folder ('license-server-' + $env:COMPUTERNAME + '-' + $stamp)
    New-Item -Path $place -ItemType Directory | Out-Null

    # The server itself: who it is, so that the other two files are never taken for another server's.
    $server = @(Get-WmiObject -Namespace 'root\cimv2' -Class Win32_TSLicenseServer)[0]
    $about = New-Object PSObject -Property @{
        Name             = $env:COMPUTERNAME
        LicenseServerId  = $provider.GetLicenseServerId().sLicenseServerId
        ProductId        = $server.ProductId
        Version          = $server.Version
        # 0 activated, 1 not activated, 2 unknown
        ActivationStatus = $provider.GetActivationStatus().ActivationStatus
        ExportedAt       = $now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $culture)
    }
    $file = Join-Path $place 'server.csv'
    $about | Select-Object -Property $serverColumns | Export-Csv -Path $file -NoTypeInformation -Encoding UTF8

    # The columns are named, because a WMI object carries many more. Each row is written as it comes: a
    # large server's licenses never stand in memory together.
    # Get-WmiObject, not Get-CimInstance: it is there in PowerShell 2.0, and it leaves dates as the server
    # writes them (20380101010000.000000-000), whatever the language of this Windows.
    $file = Join-Path $place 'keypacks.csv'
    Get-WmiObject -Namespace 'root\cimv2' -Class Win32_TSLicenseKeyPack |
        Select-Object -Property $packColumns |
        Export-Csv -Path $file -NoTypeInformation -Encoding UTF8
    Add-Headings $file $packColumns

    $file = Join-Path $place 'issued.csv'
    Get-WmiObject -Namespace 'root\cimv2' -Class Win32_TSIssuedLicense |
        Select-Object -Property $licenseColumns |
        Export-Csv -Path $file -NoTypeInformation -Encoding UTF8
    Add-Headings $file $licenseColumns
} catch {
    Stop-Export ('The export did not finish, do not use its files: ' + $_.Exception.Message)
}

Write-Host "The export is in $place"
Write-Host 'Copy it from there before you sign out: Windows may empty folders for temporary files then.'
