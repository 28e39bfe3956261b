//! Exports as a license server's own script writes them, in a folder that goes with the value.

use std::fmt::Write as _;
use std::path::PathBuf;
use tempfile::TempDir;

/// The keypack ID of the pool of temporary licenses.
pub const TEMPORARY: i64 = 13;

/// Files to bring in, in the order in which they are chosen.
pub struct Export {
    folder: TempDir,
    names: Vec<&'static str>,
}

impl Export {
    pub fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder for an export"), names: Vec::new() }
    }

    pub fn file(mut self, name: &'static str, text: &str) -> Self {
        std::fs::write(self.folder.path().join(name), text).expect("an export is written");
        self.names.push(name);
        self
    }

    /// `keypacks.csv`: keypack ID, total and issued of Windows Server 2022, Per Device.
    pub fn packs(self, packs: &[(i64, i64, i64)]) -> Self {
        let mut text = String::from(
            "KeyPackId,Description,KeyPackType,ProductType,ProductVersion,ProductVersionID,TotalLicenses,\
             IssuedLicenses,AvailableLicenses,ExpirationDate,AccessRights,TypeAndModel\r\n",
        );
        for (id, total, issued) in packs {
            if *id == TEMPORARY {
                let _ = write!(
                    text,
                    "{id},A02-10.02-S,4,0,Windows Server 2022,7,4294967295,{issued},4294967295,\
                     20380119031407.000000-000,7,RDS Per Device CAL\r\n"
                );
                continue;
            }
            let left = (total - issued).max(0);
            let _ = write!(
                text,
                "{id},A02-10.02-S,2,0,Windows Server 2022,7,{total},{issued},{left},\
                 20380101000000.000000-000,7,RDS Per Device CAL\r\n"
            );
        }
        self.file("keypacks.csv", &text)
    }

    /// `issued.csv`: license ID, computer, hardware ID and day of issue, all of keypack 4.
    pub fn issued(self, licenses: &[(&str, &str, &str, &str)]) -> Self {
        let rows: Vec<[&str; 6]> = licenses
            .iter()
            .map(|(id, computer, hardware_id, day)| [id, "4", computer, "2", day, hardware_id])
            .collect();
        self.rows(&rows)
    }

    /// `issued.csv`: license ID, keypack ID, computer, status, day of issue and hardware ID. Temporary ones (status 1) tell
    /// no end, so that it is ninety days.
    pub fn rows(self, licenses: &[[&str; 6]]) -> Self {
        let mut text = String::from(
            "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n",
        );
        for [id, pack, computer, status, day, hardware_id] in licenses {
            let ends = if *status == "1" { "" } else { "20380101091422.000000+000" };
            let _ = write!(text, "{id},{pack},,{computer},{status},{day}091422.000000+000,{ends},{hardware_id}\r\n");
        }
        self.file("issued.csv", &text)
    }

    /// `server.csv`: the license server itself.
    pub fn server(self, name: &str) -> Self {
        let text = format!(
            "Name,LicenseServerId,ProductId,Version,ActivationStatus\r\n\
             {name},BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMP,00252-00000-00000-AT123,10.0,0\r\n"
        );
        self.file("server.csv", &text)
    }

    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.names.iter().map(|name| self.folder.path().join(name))
    }
}

/// What a server of three computers exports.
pub fn three_computers() -> Export {
    Export::new().packs(&[(4, 50, 3)]).issued(&THREE).server("LIC-01")
}

pub const THREE: [(&str, &str, &str, &str); 3] =
    [("1", "PC-0117", "aa01", "20250701"), ("2", "PC-0118", "aa02", "20250702"), ("3", "THIN-007", "aa03", "20250703")];
