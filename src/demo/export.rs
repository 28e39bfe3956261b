//! The files that the demonstration's servers export, written as the real exports are.

use std::fmt::Write;

use jiff::Timestamp;

use super::plan::{BUILT_IN, Format, OVER_USED, PackPlan, TEMPORARY};
use super::server::{IS_TEMPORARY, Issued, NEVER, Server};
use crate::moment::{DAY, Moment};

/// What a pack without a limit holds, by WMI.
const UNLIMITED: &str = "4294967295";
/// What the export script writes first: the mark of UTF-8.
const MARK: &str = "\u{feff}";

/// The files of a server's export of a day: `(name, text)`.
pub fn files(server: &Server, at: Moment, day: i64) -> Vec<(String, String)> {
    let name = |what: &str| format!("{}-{what}", server.plan.name.to_lowercase());
    match server.plan.format {
        Format::Wmi => vec![
            (name("server.csv"), about(server)),
            (name("keypacks.csv"), key_packs(server, at, day)),
            (name("issued.csv"), issued(server)),
        ],
        Format::Report { hardware_ids } => vec![
            (name("keypacks-typed.csv"), key_packs_by_hand(server, at, day)),
            (name("lsreport.txt"), report(server, hardware_ids, day)),
        ],
    }
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
    cells.join(",") + "\r\n"
}

fn about(server: &Server) -> String {
    let plan = server.plan;
    let head = line(&["Name", "LicenseServerId", "ProductId", "Version", "ActivationStatus"]);
    let product_id = "00252-00000-00000-AT000";
    let row = line(&[plan.name, plan.license_server_id, product_id, plan.version, "0"]);
    format!("{MARK}{head}{row}")
}

/// Total, issued and available, as the server counts them.
fn counts(server: &Server, pack: &PackPlan, at: Moment) -> (Option<i64>, i64, Option<i64>) {
    let total = pack.quantity(server.scale);
    let issued = if pack.kind == OVER_USED {
        let people = server.plan.packs.iter().find(|pack| pack.is_for_people());
        people.map_or(0, |people| {
            let over = server.in_use(people.keypack_id, at.0) - people.quantity(server.scale).unwrap_or(0);
            over.max(0)
        })
    } else {
        server.in_use(pack.keypack_id, at.0)
    };
    (total, issued, total.map(|total| (total - issued).max(0)))
}

fn key_packs(server: &Server, at: Moment, day: i64) -> String {
    let mut text = MARK.to_owned()
        + &line(&[
            "KeyPackId",
            "Description",
            "KeyPackType",
            "ProductType",
            "ProductVersion",
            "ProductVersionID",
            "TotalLicenses",
            "IssuedLicenses",
            "AvailableLicenses",
            "ExpirationDate",
            "AccessRights",
            "TypeAndModel",
        ]);
    let number = |number: Option<i64>| number.map_or_else(|| UNLIMITED.to_owned(), |number| number.to_string());
    for pack in server.plan.packs_on(day) {
        let (total, issued, available) = counts(server, pack, at);
        let (version, version_id) = pack.version();
        let expires = match pack.kind {
            BUILT_IN => "20351231230000.000000-000".to_owned(),
            TEMPORARY | OVER_USED => "20380119031407.000000-000".to_owned(),
            _ if pack.code.ends_with("-VDIS") => wmi_date(at.plus((200 + day) * DAY).0),
            _ => "20380101000000.000000-000".to_owned(),
        };
        text += &line(&[
            &pack.keypack_id.to_string(),
            pack.code,
            &pack.kind.to_string(),
            &pack.product_type().to_string(),
            version,
            &version_id.to_string(),
            &number(total),
            &issued.to_string(),
            &number(available),
            &expires,
            "7",
            pack.model(),
        ]);
    }
    text
}

fn issued(server: &Server) -> String {
    let mut text = MARK.to_owned()
        + &line(&[
            "LicenseId",
            "KeyPackId",
            "sIssuedToUser",
            "sIssuedToComputer",
            "LicenseStatus",
            "IssueDate",
            "ExpirationDate",
            "sHardwareId",
        ]);
    for one in &server.issued {
        text += &issued_line(one, &wmi_date(one.issued_at));
    }
    text
}

/// A row of issued licenses; the date of issue as it is to stand there.
pub fn issued_line(one: &Issued, issued_at: &str) -> String {
    line(&[
        &one.number.to_string(),
        &one.keypack_id.to_string(),
        &one.user,
        &one.computer,
        &one.status.to_string(),
        issued_at,
        &wmi_date(one.expires_at),
        &one.hardware_id,
    ])
}

/// Key packs as somebody types them from the tool's window, with the product code beside.
fn key_packs_by_hand(server: &Server, at: Moment, day: i64) -> String {
    let mut text = line(&[
        "Keypack ID",
        "Product Code",
        "License Program",
        "Total Licenses",
        "Available",
        "Issued",
        "Expiry Date",
    ]);
    for pack in server.plan.packs_on(day) {
        let (total, issued, available) = counts(server, pack, at);
        let number = |number: Option<i64>| number.map_or_else(|| "-1".to_owned(), |number| number.to_string());
        text += &line(&[
            &pack.keypack_id.to_string(),
            pack.code,
            pack.program(),
            &number(total),
            &number(available),
            &issued.to_string(),
            "Never",
        ]);
    }
    text
}

fn report(server: &Server, hardware_ids: bool, day: i64) -> String {
    let mut head =
        "License ID\tKeyPack ID\tMachine Name\tUser Name\tIssued On\tLicense Type\tProduct\tExpires On".to_owned();
    if hardware_ids {
        head += "\tHardware ID";
    }
    let mut text = head + "\r\n";
    let packs = server.plan.packs_on(day);
    for one in &server.issued {
        let version = packs.iter().find(|pack| pack.keypack_id == one.keypack_id);
        let version = version.map_or("Windows 2000 Server", |pack| pack.version().0);
        let status = if one.status == IS_TEMPORARY { "Temporary" } else { "Active" };
        let (issued_at, expires_at) = (report_date(one.issued_at), report_date(one.expires_at));
        let _ = write!(
            text,
            "{}\t{}\t{}\t\t{issued_at}\t{status}\t{version} Terminal Services CAL\t{expires_at}",
            one.number, one.keypack_id, one.computer
        );
        if hardware_ids {
            text += "\t";
            text += &one.hardware_id;
        }
        text += "\r\n";
    }
    text
}

/// As the WMI provider writes it: `20260822091400.000000-000`.
fn wmi_date(at: i64) -> String {
    written(at, "%Y%m%d%H%M%S.000000-000")
}

/// As the older reporter writes it: `08/22/2026 09:14`.
fn report_date(at: i64) -> String {
    if at == NEVER {
        return "Never".to_owned();
    }
    written(at, "%m/%d/%Y %H:%M")
}

fn written(at: i64, form: &str) -> String {
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime(form).to_string()
}
