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
        assert_eq!(
            identity.map(|identity| identity.key).as_deref(),
            key,
            "{user} {computer} {hardware_id}"
        );
    }
}
