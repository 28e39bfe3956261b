//! What the demonstration consists of: companies, license servers, their key packs, and when each was exported.
//! Contoso and Fabrikam are names that Microsoft gives to companies of examples; nothing here is real.

/// How a server's data is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As the WMI provider's classes, from Windows Server 2008 on.
    Wmi,
    /// As the older reporter's table of licenses, and key packs typed from the tool's window.
    Report {
        /// Whether the table tells hardware IDs, as that of Windows Server 2003 does.
        hardware_ids: bool,
    },
}

/// A license server of the demonstration. Days are days before the present.
#[derive(Debug)]
pub struct ServerPlan {
    pub name: &'static str,
    pub company: &'static str,
    /// The domain of its people.
    pub domain: &'static str,
    /// The version, as its export tells it.
    pub version: &'static str,
    /// The Windows that it runs on.
    pub windows: &'static str,
    pub license_server_id: &'static str,
    pub format: Format,
    /// The days on which it was exported, the first one first.
    pub exports: &'static [i64],
    /// Computers that hold a license at the end.
    pub computers: i64,
    /// People that hold one.
    pub people: i64,
    /// The first number in its computers' names.
    pub first_name: i64,
    pub sites: &'static [&'static str],
    pub kinds: &'static [&'static str],
    pub packs: &'static [PackPlan],
}

/// A key pack from a day on; a later entry of the same keypack ID takes the place of the earlier one.
#[derive(Debug)]
pub struct PackPlan {
    pub keypack_id: i64,
    pub code: &'static str,
    /// WMI's `KeyPackType`.
    pub kind: i64,
    /// None: unlimited.
    pub total: Option<i64>,
    /// The day it was installed.
    pub since: i64,
    /// The day it was removed; -1: it is still there.
    pub until: i64,
    /// Whether it has that many licenses in a demonstration of any size.
    pub is_fixed: bool,
}

const fn pack(keypack_id: i64, code: &'static str, kind: i64, total: i64, since: i64) -> PackPlan {
    let total = if total < 0 { None } else { Some(total) };
    PackPlan { keypack_id, code, kind, total, since, until: -1, is_fixed: false }
}

/// A pack that a call granted: it has as many licenses as seats moved with it.
const fn reissued(keypack_id: i64, code: &'static str, total: i64, since: i64) -> PackPlan {
    PackPlan { is_fixed: true, ..pack(keypack_id, code, VOLUME, total, since) }
}

const fn pool(keypack_id: i64, code: &'static str, kind: i64) -> PackPlan {
    pack(keypack_id, code, kind, -1, LONG_AGO)
}

/// Before the first export.
const LONG_AGO: i64 = 9_999;

/// WMI's `KeyPackType` of what is bought at retail, by volume, under an Open License, and of the pools.
pub const RETAIL: i64 = 1;
pub const VOLUME: i64 = 2;
pub const TEMPORARY: i64 = 4;
pub const OPEN: i64 = 5;
pub const BUILT_IN: i64 = 6;
pub const OVER_USED: i64 = 8;

/// The companies.
pub const CONTOSO: &str = "Contoso Manufacturing";
pub const FABRIKAM: &str = "Fabrikam Logistics";

/// The servers.
pub const SERVERS: [ServerPlan; 4] = [
    ServerPlan {
        name: "CHI-TSLIC-01",
        company: CONTOSO,
        domain: "CONTOSO",
        version: "Windows 2000 Server",
        windows: "Windows 2000 Server",
        license_server_id: "MPQRT-VWXY2-34678-92BCD-FGHJK-MPQRT-VWXY2",
        format: Format::Report { hardware_ids: false },
        exports: &[1_090, 730, 365, 12],
        computers: 110,
        people: 0,
        first_name: 1,
        sites: &["CHI", "DET"],
        kinds: &["TC"],
        packs: &[
            pool(2, "A02-5.00-EX", BUILT_IN),
            pack(3, "A02-5.00-S", OPEN, 100, LONG_AGO),
            pack(4, "A02-5.00-S", RETAIL, 20, LONG_AGO),
            pack(5, "A02-5.00-S", OPEN, 6, 400),
        ],
    },
    ServerPlan {
        name: "CHI-TSLIC-02",
        company: CONTOSO,
        domain: "CONTOSO",
        version: "Windows Server 2003",
        windows: "Windows Server 2003",
        license_server_id: "78234-6WXY9-2BCDF-GHJKM-PQRTV-WXY78-23469",
        format: Format::Report { hardware_ids: true },
        exports: &[1_085, 800, 540, 280, 6],
        computers: 270,
        people: 0,
        first_name: 41,
        sites: &["CHI", "DET", "ATL"],
        kinds: &["TC", "WS", "NB"],
        packs: &[
            pool(2, "A02-5.00-EX", BUILT_IN),
            pack(3, "A02-5.02-S", VOLUME, 200, LONG_AGO),
            pack(4, "A02-5.02-S", OPEN, 90, LONG_AGO),
            pack(5, "A02-5.02-S", OPEN, 12, 600),
        ],
    },
    ServerPlan {
        name: "HAM-RDLIC-01",
        company: FABRIKAM,
        domain: "FABRIKAM",
        version: "6.3",
        windows: "Windows Server 2012 R2",
        license_server_id: "BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMP",
        format: Format::Wmi,
        exports: &[1_080, 930, 780, 600, 430, 260, 120, 2],
        computers: 560,
        people: 0,
        first_name: 101,
        sites: &["HAM", "RTM", "GDN", "LYN"],
        kinds: &["WS", "NB", "TC", "FL"],
        packs: &[
            pool(2, "A02-5.00-EX", BUILT_IN),
            pack(3, "A02-6.00-S", VOLUME, 160, LONG_AGO),
            pack(4, "A02-6.02-S", OPEN, 300, LONG_AGO),
            pack(5, "A02-6.02-S", RETAIL, 20, LONG_AGO),
            PackPlan { until: 300, ..pack(6, "A02-6.00-S", RETAIL, 5, LONG_AGO) },
            pool(9, "A02-6.02-S", TEMPORARY),
            pack(10, "A02-6.02-S", OPEN, 8, 700),
            pack(11, "A02-6.02-S", VOLUME, 60, 500),
            pack(12, "A02-6.02-S", OPEN, 12, 200),
            reissued(13, "A02-6.02-S", 8, 97),
            reissued(14, "A02-6.02-S", 2, 96),
        ],
    },
    ServerPlan {
        name: "CHI-RDLIC-03",
        company: CONTOSO,
        domain: "CONTOSO",
        version: "10.0",
        windows: "Windows Server 2022",
        license_server_id: "XY234-67892-BCDFG-HJKMP-QRTVW-XY234-67892",
        format: Format::Wmi,
        exports: &[1_000, 850, 690, 520, 350, 190, 95, 60, 40, 20, 9, 0],
        computers: 430,
        people: 250,
        first_name: 1_001,
        sites: &["CHI", "DET", "ATL", "MUC"],
        kinds: &["WS", "NB", "TC"],
        packs: &[
            pool(2, "A02-5.00-EX", BUILT_IN),
            pack(3, "A02-10.02-S", VOLUME, 250, LONG_AGO),
            pack(3, "A02-10.02-S", VOLUME, 320, 400),
            pack(4, "A02-10.01-S", OPEN, 80, LONG_AGO),
            pack(5, "C50-10.02-S", VOLUME, 225, LONG_AGO),
            pack(6, "A02-10.02-S", RETAIL, 20, 900),
            pool(8, "A02-10.02-S", TEMPORARY),
            pack(9, "C50-10.02-S", OVER_USED, 0, 400),
            pack(10, "A02-10.02-VDIS", VOLUME, 5, 650),
            pack(11, "A02-10.02-S", VOLUME, 10, 150),
        ],
    },
];

impl ServerPlan {
    /// The key packs that stand on the server on a day.
    pub fn packs_on(&self, day: i64) -> Vec<&'static PackPlan>
    where
        Self: 'static,
    {
        let mut standing: Vec<&'static PackPlan> = Vec::new();
        for pack in self.packs.iter().filter(|pack| pack.since >= day && pack.until < day) {
            match standing.iter_mut().find(|one| one.keypack_id == pack.keypack_id) {
                Some(before) => *before = pack,
                None => standing.push(pack),
            }
        }
        standing
    }
}

impl PackPlan {
    /// The licenses of the pack in a demonstration of so many percent.
    pub fn quantity(&self, scale: i64) -> Option<i64> {
        if self.is_fixed {
            return self.total;
        }
        self.total.map(|total| if total == 0 { 0 } else { (total * scale / 100).max(1) })
    }

    /// Whether it gives full licenses to computers.
    pub fn is_for_computers(&self) -> bool {
        matches!(self.kind, RETAIL | VOLUME | OPEN) && self.code.starts_with("A02") && self.code.ends_with("-S")
    }

    /// Whether it gives licenses to people.
    pub fn is_for_people(&self) -> bool {
        self.kind != OVER_USED && self.code.starts_with("C50")
    }

    /// The product version in words, and WMI's number of it.
    pub fn version(&self) -> (&'static str, i64) {
        match self.code.split('-').nth(1) {
            Some("5.02") => ("Windows Server 2003", 1),
            Some("6.00") => ("Windows Server 2008 or Windows Server 2008 R2", 2),
            Some("6.02") => ("Windows Server 2012", 4),
            Some("10.01") => ("Windows Server 2019", 6),
            Some("10.02") => ("Windows Server 2022", 7),
            _ => ("Windows 2000 Server", 0),
        }
    }

    /// The kind of license, as Microsoft's tool shows it.
    pub fn model(&self) -> &'static str {
        match self.code {
            _ if self.kind == BUILT_IN => "Built-in TS Per Device CAL",
            code if code.ends_with("-VDIS") => "VDI Standard Suite Per Device subscription license",
            code if code.starts_with("C50") => "RDS Per User CAL",
            "A02-6.00-S" => "TS or RDS Per Device CAL",
            code if code.starts_with("A02-5") => "TS Per Device CAL",
            _ => "RDS Per Device CAL",
        }
    }

    /// WMI's `ProductType`.
    pub fn product_type(&self) -> i64 {
        match self.code {
            _ if self.kind == BUILT_IN => 3,
            code if code.starts_with("C50") => 1,
            _ => 0,
        }
    }

    /// The License Program, in the tool's words.
    pub fn program(&self) -> &'static str {
        match self.kind {
            RETAIL => "Retail Purchase",
            VOLUME => "Volume Purchase",
            TEMPORARY => "Temporary",
            OPEN => "Open License",
            BUILT_IN => "Built-in",
            _ => "Unknown",
        }
    }
}
