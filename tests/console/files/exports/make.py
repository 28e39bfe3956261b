#!/usr/bin/env python3
"""Writes the corpus: small files as a license server's administrator has them, and expected.json beside them.

Deterministic, standard library only; run it in this folder. The rows are made up (CONTOSO, PC-0117, jdoe);
their forms follow what Microsoft documents and public scripts show.
"""
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
UTC = timezone.utc
EXPECTED = {}


def berlin(moment):
    """Berlin's clock for a moment in the years used here."""
    year = moment.year
    last = lambda month: max(d for d in (datetime(year, month, day, 1, tzinfo=UTC) for day in range(25, 32)) if d.weekday() == 6)
    hours = 2 if last(3) <= moment < last(10) else 1
    return moment.astimezone(timezone(timedelta(hours=hours)))


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


# license id, key pack, user, computer, status, issued, expires, hardware
LICENSES = [
    (17, 4, "CONTOSO\\jdoe", "PC-0117", 2, at(2024, 3, 5, 8, 14, 22), at(2024, 5, 11, 8, 14, 22), "0123456789abcdef0123456789abcdef"),
    (18, 4, "CONTOSO\\asmith", "PC-0118", 2, at(2024, 4, 2, 6, 1, 5), at(2024, 6, 9, 6, 1, 5), "1123456789abcdef0123456789abcdef"),
    (19, 13, "", "THIN-007", 1, at(2024, 6, 7, 11, 0, 0), at(2024, 9, 5, 11, 0, 0), "2123456789abcdef0123456789abcdef"),
    (20, 3, "CONTOSO\\müller", "", 2, at(2024, 1, 12, 22, 59, 59), at(2024, 3, 12, 22, 59, 59), ""),
    (21, 4, "CONTOSO\\jdoe", "PC-0119", 4, at(2023, 12, 1, 12, 30, 0), at(2024, 2, 2, 12, 30, 0), "3123456789abcdef0123456789abcdef"),
]
CLEAR = LICENSES + [(22, 4, "CONTOSO\\jdoe", "PC-0120", 2, at(2024, 3, 25, 9, 0, 0), at(2024, 5, 30, 9, 0, 0), "4123456789abcdef0123456789abcdef")]
# id, code, pack type, product type, version text, version id, total, issued, available, expires, rights, model
UNLIMITED = 4294967295
PACKS = [
    (4, "A02-6.02-S", 2, 0, "Windows Server 2012", 4, 50, 43, 7, at(2038, 1, 1, 1, 0, 0), 7, "RDS Per Device CAL"),
    (2, "A02-5.00-EX", 6, 3, "Windows 2000 Server", 0, UNLIMITED, 0, UNLIMITED, at(2035, 12, 31, 23, 0, 0), 7, "Built-in TS Per Device CAL"),
    (3, "C50-6.00-S", 2, 1, "Windows Server 2008 or Windows Server 2008 R2", 2, 20, 0, 20, at(2038, 1, 1, 1, 0, 0), 7, "TS or RDS Per User CAL"),
    (10, "C50-10.01-S", 2, 1, "Windows Server 2019", 6, 25, 31, 0, at(2038, 1, 1, 1, 0, 0), 7, "RDS Per User CAL"),
]
LICENSE_NAMES = "LicenseId KeyPackId sIssuedToUser sIssuedToComputer LicenseStatus IssueDate ExpirationDate sHardwareId".split()
PACK_NAMES = ("KeyPackId Description KeyPackType ProductType ProductVersion ProductVersionID TotalLicenses IssuedLicenses "
              "AvailableLicenses ExpirationDate AccessRights TypeAndModel").split()


def cim(m):
    return m.strftime("%Y%m%d%H%M%S.000000+000")


def cim_berlin(m):
    local = berlin(m)
    return local.strftime("%Y%m%d%H%M%S.000000") + "+%03d" % (local.utcoffset().total_seconds() // 60)


def enus(m):
    b = berlin(m)
    return "%d/%d/%d %d:%02d:%02d %s" % (b.month, b.day, b.year, b.hour % 12 or 12, b.minute, b.second, "AM" if b.hour < 12 else "PM")


def enus_narrow(m):
    return enus(m).replace(" AM", "\u202fAM").replace(" PM", "\u202fPM")


def form(pattern):
    return lambda m: berlin(m).strftime(pattern)


def script(m):
    return "/Date(%d)/" % (m.timestamp() * 1000)


def iso(m):
    text = berlin(m).strftime("%Y-%m-%dT%H:%M:%S.1234567%z")
    return text[:-2] + ":" + text[-2:]


def table(names, rows, date, dates):
    return [[date(v) if n in dates else str(v) for n, v in zip(names, row)] for row in rows]


def licenses(rows, date):
    return table(LICENSE_NAMES, rows, date, ("IssueDate", "ExpirationDate"))


def packs(rows, date):
    return table(PACK_NAMES, rows, date, ("ExpirationDate",))


def delimited(names, rows, sign=",", quote=True, end="\r\n", type_line=None, preamble=()):
    cell = (lambda v: '"%s"' % v.replace('"', '""')) if quote else (lambda v: v)
    lines = ([type_line] if type_line else []) + list(preamble)
    lines += [sign.join(cell(v) for v in row) for row in [names] + rows]
    return end.join(lines) + end


def write(name, text, encoding="utf-8", **expected):
    marks = {"utf-8-sig": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    (HERE / name).write_bytes((b"" if expected.pop("bare", False) else marks.get(encoding, b"")) + text.encode(encoding))
    names = {"utf-16-le": "utf16_le", "utf-16-be": "utf16_be", "cp1252": "windows1252"}
    EXPECTED[name] = {"encoding": names.get(encoding, "utf8"), **expected}


def unix(m):
    return int(m.timestamp())


FIRST = {"license_id": 17, "keypack_id": 4, "user": "CONTOSO\\jdoe", "computer": "PC-0117", "status": 2,
         "issued_at": unix(LICENSES[0][5]), "expires_at": unix(LICENSES[0][6]), "hardware_id": LICENSES[0][7]}
PACK = {"keypack_id": 4, "product_code": "A02-6.02-S", "key_pack_type": 2, "product_type": 0, "version": "2012",
        "license_type": "per_device", "quantity": 50, "issued": 43, "available": 7, "expires_at": None}


def expect_licenses(rows, delimiter=None, dates="none_needed", **more):
    return dict(kind="licenses", rows=len(rows), delimiter=delimiter, dates=dates, first=FIRST, **more)


def expect_packs(rows, delimiter=None, dates="none_needed", **more):
    return dict(kind="key_packs", rows=len(rows), delimiter=delimiter, dates=dates, first=more.pop("first", PACK), **more)


def csv_files():
    plain = lambda rows, date, **how: delimited(LICENSE_NAMES, licenses(rows, date), **how)
    cim_type = "#TYPE Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_TSIssuedLicense"
    write("issued-wmi-utf8bom.csv", plain(LICENSES, cim), "utf-8-sig", **expect_licenses(LICENSES, ","))
    write("issued-wmi-offset-minutes.csv", plain(LICENSES, cim_berlin), **expect_licenses(LICENSES, ","))
    write("issued-wmi-windows1252.csv", plain(LICENSES, cim), "cp1252", **expect_licenses(LICENSES, ","))
    write("issued-wmi-utf16be.csv", plain(LICENSES, cim), "utf-16-be", **expect_licenses(LICENSES, ","))
    write("issued-wmi-utf16le-nobom.csv", plain(LICENSES, cim), "utf-16-le", bare=True, **expect_licenses(LICENSES, ","))
    write("issued-ascii-questionmarks.csv", plain(LICENSES, cim).replace("ü", "?"), **expect_licenses(LICENSES, ","))
    write("issued-tab-unquoted-lf.csv", plain(LICENSES, cim, sign="\t", quote=False, end="\n"), **expect_licenses(LICENSES, "\t"))
    write("issued-bar.csv", plain(LICENSES, cim, sign="|") + "\r\n\r\n", **expect_licenses(LICENSES, "|"))
    names = LICENSE_NAMES + ["PSComputerName", "CimClass", "CimInstanceProperties", "CimSystemProperties"]
    tail = ["LIC-01", "root/cimv2:Win32_TSIssuedLicense", "Microsoft.Management.Infrastructure.Internal.Data.CimPropertiesCollection",
            "Microsoft.Management.Infrastructure.CimSystemProperties"]
    write("issued-cim-enus.csv", delimited(names, [r + tail for r in licenses(CLEAR, enus)], type_line=cim_type),
          **expect_licenses(CLEAR, ",", "month_first", servers=["LIC-01"], header_line=2))
    write("issued-cim-enus-ambiguous.csv", plain(LICENSES[:3], enus, type_line=cim_type),
          **expect_licenses(LICENSES[:3], ",", "ambiguous", header_line=2, order="month_first"))
    write("issued-enus-narrow-blank.csv", plain(CLEAR, enus_narrow), **expect_licenses(CLEAR, ",", "month_first"))
    write("issued-dede-semicolon.csv", plain(LICENSES, form("%d.%m.%Y %H:%M:%S"), sign=";"), **expect_licenses(LICENSES, ";"))
    no_seconds = dict(FIRST, issued_at=FIRST["issued_at"] - 22, expires_at=FIRST["expires_at"] - 22)
    slash = expect_licenses(CLEAR, ",", "day_first")
    write("issued-engb.csv", plain(CLEAR, form("%d/%m/%Y %H:%M")), **dict(slash, first=no_seconds))
    write("issued-nlnl-dashes.csv", plain(CLEAR, form("%d-%m-%Y %H:%M:%S"), sign=";"), **expect_licenses(CLEAR, ";", "day_first"))
    write("issued-jajp.csv", plain(LICENSES, form("%Y/%m/%d %H:%M:%S")), **expect_licenses(LICENSES, ","))
    write("issued-string-cim-invariant.csv", plain(CLEAR, form("%m/%d/%Y %H:%M:%S")), **expect_licenses(CLEAR, ",", "month_first"))
    write("issued-iso.csv", plain(LICENSES, iso), **expect_licenses(LICENSES, ","))
    mixed = licenses(CLEAR, form("%d/%m/%Y %H:%M:%S"))
    mixed[1][6] = "06/19/2024 08:01:05"
    write("issued-contradictory.csv", delimited(LICENSE_NAMES, mixed), **expect_licenses(CLEAR, ",", "contradictory", order="day_first", bad=1))
    system = ["__GENUS", "__CLASS", "__SERVER", "__PATH"]
    wide = [["2", "Win32_TSIssuedLicense", "LIC-01", "\\\\LIC-01\\root\\cimv2"] + r for r in licenses(LICENSES, cim)]
    write("issued-getwmiobject-raw-utf16le.csv",
          delimited(system + LICENSE_NAMES, wide, type_line="#TYPE System.Management.ManagementObject#root\\cimv2\\Win32_TSIssuedLicense"),
          "utf-16-le", **expect_licenses(LICENSES, ",", servers=["LIC-01"], header_line=2))
    write("keypacks-wmi.csv", delimited(PACK_NAMES, packs(PACKS, cim)), "utf-8-sig", **expect_packs(PACKS, ","))
    german = [
        ["13", "A02-6.00-S", "4", "0", "Windows Server 2008 oder Windows Server 2008 R2", "2", "-1", "100", "-1", "20380119031407.000000-000"],
        ["2", "A02-5.00-EX", "6", "3", "Windows 2000 Server", "0", "-1", "0", "-1", "20351231230000.000000-000"],
        ["3", "A02-6.00-S", "2", "0", "Windows Server 2008 oder Windows Server 2008 R2", "2", "250", "250", "0", "20230209121549.000000-000"],
        ["14", "A02-6.00-S", "4", "0", "Windows Server 2008 oder Windows Server 2008 R2", "2", "-1", "100", "-1", "01/01/2036 00:00:00"],
    ]
    temporary = {"keypack_id": 13, "product_code": "A02-6.00-S", "key_pack_type": 4, "version": "2008", "license_type": "per_device",
                 "quantity": None, "issued": 100, "available": None, "expires_at": None}
    write("keypacks-checkmk-german.csv", delimited(PACK_NAMES[:10], german, quote=False, end="\n"), **expect_packs(german, ",", first=temporary))
    write("keypacks-checkmk-section.txt", delimited(PACK_NAMES[:10], german, quote=False, end="\n", preamble=["<<<rds_licenses:sep(44)>>>"]),
          **expect_packs(german, ",", first=temporary, header_line=2))
    write("keypacks-dede-windows1252.csv", delimited(PACK_NAMES, packs(PACKS, form("%d.%m.%Y %H:%M:%S")), sign=";").replace(" or ", " für "), "cp1252",
          **expect_packs(PACKS, ";"))
    server = [["LIC-01", "BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMP", "00252-00000-00000-AT123", "6.3", "0"]]
    names = ["Name", "LicenseServerId", "ProductId", "Version", "ActivationStatus"]
    first = {"license_server_id": server[0][1].replace("-", ""), "name": "LIC-01", "activation_status": 0, "product_id": server[0][2]}
    write("server.csv", delimited(names, server), "utf-8-sig", kind="server", rows=1, delimiter=",", dates="none_needed", first=first)


def dumped(names, rows, dates, date, blanks="  "):
    objects = [{n: date(v) if n in dates else v for n, v in zip(names, row)} for row in rows]
    text = json.dumps(objects, indent=4, ensure_ascii=False).replace('": ', '":' + blanks)
    return text.replace("/Date(", "\\/Date(").replace(")/", ")\\/").replace("\n", "\r\n")


def json_files():
    dates = ("IssueDate", "ExpirationDate")
    write("issued-ps51-utf16le.json", dumped(LICENSE_NAMES, LICENSES, dates, script), "utf-16-le", **expect_licenses(LICENSES))
    write("keypacks-ps51-utf16le.json", dumped(PACK_NAMES, PACKS, dates, script), "utf-16-le", **expect_packs(PACKS))
    write("keypacks-ps51-utf8.json", dumped(PACK_NAMES, PACKS, dates, script), "utf-8-sig", **expect_packs(PACKS))
    write("issued-ps7-array.json", dumped(LICENSE_NAMES, LICENSES, dates, iso, " "), **expect_licenses(LICENSES))
    one = dumped(LICENSE_NAMES, LICENSES[:1], dates, iso, " ").strip("[]\r\n ")
    write("issued-ps7-single-object.json", one, **expect_licenses(LICENSES[:1]))
    many = dumped(LICENSE_NAMES, LICENSES, dates, script)
    write("issued-ps51-value-count.json", '{\r\n"value":  %s,\r\n"Count":  %d\r\n}\r\n' % (many, len(LICENSES)), **expect_licenses(LICENSES, header_line=1))
    wrapped = many.replace('"IssueDate":  "\\/Date(1709626462000)\\/"',
                           '"IssueDate":  {"value": "\\/Date(1709626462000)\\/", "DisplayHint": 2, "DateTime": "Tuesday"}')
    write("issued-ps51-wrapped-date.json", wrapped, **expect_licenses(LICENSES))
    extra = [dict(zip(LICENSE_NAMES, [str(v) if not isinstance(v, datetime) else cim(v) for v in row]), PSComputerName=None if row[0] == 18 else "LIC-01",
                  CimClass={"CimSuperClassName": None, "Qualifiers": [["deep", {"er": 1}]]}, Scope={"Path": {"Path": "x"}}) for row in LICENSES]
    write("issued-getwmiobject-extra-keys.json", json.dumps(extra, indent=1), **expect_licenses(LICENSES, servers=["LIC-01"], blank=1))
    for name, text in (("null.json", "null\r\n"), ("empty.csv", ""), ("blank-lines.txt", "\r\n\r\n"), ("empty-list.json", "[]")):
        write(name, text, kind="unmapped", rows=0, delimiter=None, dates="none_needed", first=None)


def report_files():
    names = ["License ID", "KeyPack ID", "Machine Name", "User Name", "Issued On", "License Type", "Product", "Expires On"]
    rows = [["12", "3", "PC-0117", "CONTOSO\\jdoe", "11/08/2004 09:14", "Active", "Windows 2000 Terminal Services Client Access License", "01/14/2005 09:14"],
            ["13", "3", "PC-0118", "", "11/09/2004 10:20", "Temporary", "Windows 2000 Terminal Services Client Access License", "02/07/2005 10:20"],
            ["14", "2", "PC-0119", "CONTOSO\\asmith", "12/01/2004 08:00", "Active", "Windows 2000 Terminal Services Client Access License", "02/20/2005 08:00"]]
    columns = {"license_id": 0, "keypack_id": 1, "computer": 2, "user": 3, "issued_at": 4, "status": 5, "product_version": 6, "expires_at": 7}
    first = {"license_id": 12, "keypack_id": 3, "computer": "PC-0117", "user": "CONTOSO\\jdoe", "status": 2, "version": None,
             "issued_at": unix(at(2004, 11, 8, 8, 14)), "expires_at": unix(at(2005, 1, 14, 8, 14))}
    write("lsreport-2003.txt", delimited(names, rows, sign="\t", quote=False), kind="unmapped", rows=3, delimiter="\t", dates="month_first",
          guess="licenses", columns=columns, first=first)
    preamble = ["Remote Desktop Licensing Manager,CAL Usage Report", "Report created on:,14.03.2024 10:12:33", "License server:,LIC-01", "Installed CALs:,50", ""]
    names = ["User", "CAL Type", "Product Version", "Expires On"]
    rows = [["CONTOSO\\jdoe", "RDS Per User CAL", "Windows Server 2012", "5/11/2024 10:14:22 AM"],
            ["CONTOSO\\asmith", "RDS Per User CAL", "Windows Server 2012", "5/30/2024 11:00:00 AM"],
            ["CONTOSO\\müller", "RDS Per User CAL", "Windows Server 2012", "6/9/2024 8:01:05 AM"]]
    first = {"license_id": None, "user": "CONTOSO\\jdoe", "computer": "", "license_type": "per_user", "version": None, "issued_at": None,
             "expires_at": unix(at(2024, 5, 11, 8, 14, 22)), "product_version": "Windows Server 2012"}
    columns = {"user": 0, "cal_type": 1, "product_version": 2, "expires_at": 3}
    write("rd-report-2012.csv", delimited(names, rows, preamble=preamble), kind="unmapped", rows=3, delimiter=",", dates="month_first", header_line=6,
          guess="licenses", columns=columns, first=first)
    names = ["Ausgestellt für Benutzer", "Ausgestellt für Computer", "Ausgestellt am", "Läuft ab am", "Lizenzstatus"]
    rows = [["CONTOSO\\jdoe", "PC-0117", "05.03.2024 09:14:22", "11.05.2024 10:14:22", "Active"],
            ["", "PC-0118", "02.04.2024 08:01:05", "09.06.2024 08:01:05", "Temporary"],
            ["CONTOSO\\müller", "", "12.01.2024 23:59:59", "12.03.2024 23:59:59", "Active"]]
    first = {k: FIRST[k] for k in ("user", "computer", "status", "issued_at", "expires_at")}
    columns = {"user": 0, "computer": 1, "issued_at": 2, "expires_at": 3, "status": 4}
    write("licenses-german-report.csv", delimited(names, rows, sign=";"), "cp1252", kind="unmapped", rows=3, delimiter=";", dates="none_needed",
          guess="licenses", columns=columns, first=first)
    names = ["License Version and Type", "License Program", "Total Licenses", "Available", "Issued", "Expiry Date", "Keypack ID"]
    rows = [["Windows Server 2012 - Installed RDS Per Device CAL", "Volume Purchase", "50", "7", "43", "Never", "4"],
            ["Windows 2000 Server - Built-in TS Per Device CAL", "Built-in", "4294967295", "4294967295", "0", "Never", "2"],
            ["Windows Server 2019 - Installed RDS Per User CAL", "Open License", "25", "", "", "Never", "10"]]
    columns = {"product_version": 0, "license_program": 1, "total_licenses": 2, "available_licenses": 3, "issued_licenses": 4, "expires_at": 5, "keypack_id": 6}
    first = {"keypack_id": 4, "key_pack_type": 2, "product_type": 0, "license_type": "per_device", "version": None, "quantity": 50, "issued": 43,
             "available": 7, "expires_at": None}
    write("keypacks-licensing-manager-columns.csv", delimited(names, rows), kind="unmapped", rows=3, delimiter=",", dates="none_needed",
          guess="key_packs", columns=columns, first=first)


def refused_files():
    def refuse(name, data, words):
        (HERE / name).write_bytes(data)
        EXPECTED[name] = {"refused": words}
    refuse("workbook.xlsx", b"PK\x03\x04\x14\x00\x06\x00" + bytes(40), "Excel workbook")
    refuse("archive.csv.gz", b"\x1f\x8b\x08\x00" + bytes(20), "gzip")
    refuse("report.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "PDF")
    refuse("rdls-key-packs.html", b"<html><body><table><tr><td>KeyPackId</td></tr></table></body></html>", "page")
    refuse("truncated.json", b'[{"LicenseId":1,"KeyPackId":2,\n"sIssuedToUser":"CONTOSO\\\\jd', "line 2")
    refuse("cut-off-quote.csv", b'LicenseId,KeyPackId\r\n1,2\r\n3,"4\r\n', "line 3")
    refuse("known-column-twice.csv", b"LicenseId,KeyPackId,licenseid\r\n1,2,3\r\n", "twice")


csv_files()
json_files()
report_files()
refused_files()
(HERE / "expected.json").write_text(json.dumps(EXPECTED, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
print(len(EXPECTED), "files")
