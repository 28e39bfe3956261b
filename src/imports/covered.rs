//! A license server that an import speaks of: how much of it the files cover, and how much would be gone.

use crate::web::format::number;

/// A license server that an import speaks of, and how much of it the import covers.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Covered {
    /// Its number within the import.
    pub n: i64,
    /// Its name.
    pub name: String,
    /// The register's server, when there is one.
    pub server_id: Option<i64>,
    /// The register's epoch, or the new one.
    pub epoch: i64,
    /// The imports applied to it when it was compared.
    pub revision: i64,
    /// The license server ID that the export told; empty: none.
    pub license_server_id: String,
    /// The product ID that the export told; empty: none.
    pub product_id: String,
    /// Whether the import has a file of its key packs.
    pub has_packs: i64,
    /// Whether the import has a file of its licenses.
    pub has_licenses: i64,
    /// Whether a newer file of key packs was applied already.
    pub older_packs: i64,
    /// Whether a newer file of licenses was applied already.
    pub older_licenses: i64,
    /// Whether its license database was rebuilt.
    pub new_epoch: i64,
    /// Key packs that are gone.
    pub gone_packs: i64,
    /// Licenses that are gone.
    pub gone_licenses: i64,
    /// Key packs that were there.
    pub live_packs: i64,
    /// Licenses that were there.
    pub live_licenses: i64,
}

/// So many rows may vanish without anybody being asked.
const VANISH_UNASKED: i64 = 20;

impl Covered {
    /// Whether the register does not have it yet.
    pub fn is_new(&self) -> bool {
        self.server_id.is_none()
    }

    /// Whether something newer was applied already.
    pub fn is_older(&self) -> bool {
        self.older_packs == 1 || self.older_licenses == 1
    }

    /// A sentence when so much would vanish that the file is probably not the whole server.
    pub(super) fn loses_too_much(&self) -> Option<String> {
        let too_much = |gone: i64, live: i64| gone > VANISH_UNASKED && gone * 5 > live;
        if self.new_epoch == 1 {
            return None;
        }
        let (gone, live, what) = if too_much(self.gone_licenses, self.live_licenses) {
            (self.gone_licenses, self.live_licenses, "licenses")
        } else if too_much(self.gone_packs, self.live_packs) {
            (self.gone_packs, self.live_packs, "key packs")
        } else if self.gone_licenses > 0 && self.gone_licenses == self.live_licenses {
            (self.gone_licenses, self.live_licenses, "licenses")
        } else if self.gone_packs > 0 && self.gone_packs == self.live_packs {
            (self.gone_packs, self.live_packs, "key packs")
        } else {
            return None;
        };
        Some(format!(
            "{} of the {} {what} of {} would be gone. If the file is the whole server, say so (“it is so”, or --accept-gone); \
             if it is only a part, bring it in as a part.",
            number(gone),
            number(live),
            self.name
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(gone: i64, live: i64) -> Covered {
        Covered {
            n: 1,
            name: "LIC-01".into(),
            server_id: Some(1),
            epoch: 1,
            revision: 1,
            license_server_id: String::new(),
            product_id: String::new(),
            has_packs: 0,
            has_licenses: 1,
            older_packs: 0,
            older_licenses: 0,
            new_epoch: 0,
            gone_packs: 0,
            gone_licenses: gone,
            live_packs: 0,
            live_licenses: live,
        }
    }

    #[test]
    fn more_than_twenty_and_a_fifth_may_not_vanish_unasked() {
        for (gone, live, refused) in [
            (0, 0, false),
            (20, 50, false),
            (21, 50, true),
            (21, 105, false),
            (21, 104, true),
            (3, 3, true),
            (0, 100, false),
        ] {
            assert_eq!(server(gone, live).loses_too_much().is_some(), refused, "{gone} of {live}");
        }
        assert!(Covered { new_epoch: 1, ..server(50, 50) }.loses_too_much().is_none(), "a rebuilt database loses all");
    }
}
