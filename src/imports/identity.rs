//! Who a license belongs to.

use sha2::{Digest, Sha256};

use super::reading::{LicenseRow, LicenseType};
use crate::clients::client;
use crate::users::user::name_key;

/// Who a license belongs to: the hardware ID where there is one, else the name; for Per User, the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What makes it the same client in every import: `h:…`, `n:…`, `u:…`.
    pub key: String,
    /// `computer` or `user`.
    pub kind: &'static str,
    /// The name, as the server writes it.
    pub name: String,
    /// The hardware ID, in lower case.
    pub hardware_id: Option<String>,
}

impl Identity {
    /// The client of a license row; `None` when the row names nobody.
    pub fn of(row: &LicenseRow, license_type: LicenseType) -> Option<Identity> {
        let (user, computer) = (row.user.trim(), row.computer.trim());
        let hardware_id = row.hardware_id.trim().to_lowercase();
        let is_user = license_type == LicenseType::PerUser || (computer.is_empty() && hardware_id.is_empty());
        if is_user && !user.is_empty() {
            return Some(Identity {
                key: client::identity(client::Kind::User, &name_key(user), None),
                kind: "user",
                name: user.into(),
                hardware_id: None,
            });
        }
        if !hardware_id.is_empty() && !is_user {
            let name = if computer.is_empty() { "(no name)" } else { computer };
            let key = client::identity(client::Kind::Computer, "", Some(&hardware_id));
            return Some(Identity { key, kind: "computer", name: name.into(), hardware_id: Some(hardware_id) });
        }
        if computer.is_empty() {
            return None;
        }
        Some(Identity {
            key: client::identity(client::Kind::Computer, &name_key(computer), None),
            kind: "computer",
            name: computer.into(),
            hardware_id: None,
        })
    }

    /// What a search finds the client by.
    pub(super) fn search(&self) -> String {
        client::search(&name_key(&self.name), self.hardware_id.as_deref())
    }

    pub(super) fn digest(&self) -> [u8; 16] {
        let mut sum = Sha256::new();
        sum.update(self.key.as_bytes());
        sum.update([0]);
        sum.update(name_key(&self.name).as_bytes());
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(sum.finalize()) {
            *to = from;
        }
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(user: &str, computer: &str, hardware_id: &str) -> LicenseRow {
        LicenseRow {
            license_id: Some(1),
            keypack_id: Some(1),
            user: user.into(),
            computer: computer.into(),
            status: 2,
            issued_at: None,
            expires_at: None,
            expires_raw: String::new(),
            hardware_id: hardware_id.into(),
            product_version: String::new(),
            version: None,
            license_type: None,
        }
    }

    #[test]
    fn a_client_is_its_hardware_id_else_its_name_and_for_per_user_the_user() {
        use LicenseType::{PerDevice, PerUser};
        for (user, computer, hardware_id, license_type, key) in [
            ("", "PC-0117", "0AFF", PerDevice, Some("h:0aff")),
            ("CONTOSO\\jdoe", "PC-0117", "0aff", PerDevice, Some("h:0aff")),
            ("", "PC-0117", "", PerDevice, Some("n:pc-0117")),
            ("", "", "0aff", PerDevice, Some("h:0aff")),
            ("CONTOSO\\JDoe", "PC-0117", "0aff", PerUser, Some("u:contoso\\jdoe")),
            ("CONTOSO\\jdoe", "", "", PerDevice, Some("u:contoso\\jdoe")),
            ("", "PC-0117", "", PerUser, Some("n:pc-0117")),
            ("", "", "", PerDevice, None),
        ] {
            let identity = Identity::of(&row(user, computer, hardware_id), license_type);
            assert_eq!(identity.map(|identity| identity.key).as_deref(), key, "{user} {computer} {hardware_id}");
        }
    }
}
