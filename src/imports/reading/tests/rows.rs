use super::*;

const PACK: &str = "KeyPackId,Description,KeyPackType,ProductType,ProductVersion,ProductVersionID,TotalLicenses,IssuedLicenses,AvailableLicenses";

fn pack(row: &str) -> KeyPackRow {
    key_packs(format!("{PACK}\n{row}\n").as_bytes()).remove(0)
}

fn license(user: &str, computer: &str, status: &str) -> Vec<u8> {
    format!("LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus\n17,4,{user},{computer},{status}\n")
        .into_bytes()
}

#[test]
fn unlimited_is_minus_one_or_the_largest_number() {
    for unlimited in ["-1", "4294967295", "\u{2212}1", "\u{2013}1"] {
        let pack = pack(&format!("2,A02-5.00-EX,6,3,Windows 2000 Server,0,{unlimited},0,{unlimited}"));
        assert_eq!((pack.quantity, pack.issued, pack.available), (None, Some(0), None), "{unlimited}");
    }
    let json = r#"{"KeyPackId":2,"TotalLicenses":-1,"IssuedLicenses":4294967295,"AvailableLicenses":7}"#;
    let pack = key_packs(json.as_bytes()).remove(0);
    assert_eq!((pack.quantity, pack.issued, pack.available), (None, None, Some(7)));
}

#[test]
fn a_number_out_of_range_or_with_separators_is_a_problem_of_its_row() {
    for (number, words) in [
        ("4294967296", "out of range"),
        ("-2", "out of range"),
        ("99999999999999999999999", "out of range"),
        ("1.000", "digits only"),
        ("1 000", "digits only"),
        ("fifty", "no whole number"),
        ("0x10", "no whole number"),
        ("", "is empty"),
        ("--1", "digits only"),
    ] {
        let file = format!("{PACK}\n2,A02-6.02-S,2,0,,4,{number},0,0\n");
        let found = problems(file.as_bytes());
        assert!(
            found.len() == 1 && found[0].1.contains(words) && found[0].1.starts_with("Total Licenses"),
            "{number}: {found:?}"
        );
    }
}

#[test]
fn all_problems_of_a_row_are_told_at_once() {
    let found = problems(format!("{PACK}\nx,A02-6.02-S,y,0,,4,z,0,0\n").as_bytes());
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|(line, sentence)| *line == 2 && sentence.ends_with('.')), "{found:?}");
}

#[test]
fn the_version_comes_from_its_number_and_the_code_and_never_from_text() {
    let table = [
        (Some(2), "A02-6.00-S", Some("2008")),
        (Some(3), "", Some("2008")),
        (Some(4), "A02-6.02-S", Some("2012")),
        (Some(5), "", Some("2016")),
        (Some(6), "", Some("2019")),
        (Some(7), "", Some("2022")),
        (Some(8), "", Some("2025")),
        (Some(0), "", Some("2000")),
        (Some(1), "", Some("2003")),
        (Some(0), "A02-5.02-S", Some("2003")),
        (Some(1), "A02-5.00-EX", Some("2000")),
        (Some(4), "A02-10.03-S", Some("2012")),
        (Some(99), "C50-10.02-S", Some("2022")),
        (None, "C50-10.00-S", Some("2016")),
        (None, "C50-10.01-S", Some("2019")),
        (None, "Windows Server 2012", None),
        (Some(99), "", None),
        (None, "A02-7.00-S", None),
    ];
    for (id, code, version) in table {
        assert_eq!(Version::of(id, code).map(String::from).as_deref(), version, "{id:?} {code}");
    }
    assert_eq!(pack("2,none,2,0,Windows Server 2012,,5,0,5").version, None);
}

#[test]
fn the_license_type_comes_from_the_product_type_the_pool_and_the_code() {
    let table = [
        (0, 2, "A02-6.02-S", "per_device"),
        (1, 2, "C50-6.02-S", "per_user"),
        (3, 6, "A02-5.00-EX", "per_device"),
        (3, 6, "", "per_device"),
        (3, 2, "C50-6.02-S", "per_user"),
        (2, 2, "a02-6.02-s", "per_device"),
        (2, 2, "", "other"),
        (6, 2, "A02-10.01-VDIS", "other"),
        (0, 2, "A02-10.01-VDIS", "other"),
        (9, 9, "X", "other"),
    ];
    for (product, pool, code, wanted) in table {
        assert_eq!(LicenseType::of(product, pool, code).as_str(), wanted, "{product} {pool} {code}");
    }
}

#[test]
fn a_status_is_a_number_from_0_to_6_or_its_english_word() {
    for (text, status) in [
        ("0", 0),
        ("6", 6),
        ("Temporary", 1),
        ("active", 2),
        ("UPGRADE", 3),
        ("Revoked", 4),
        ("Pending", 5),
        ("Concurrent", 6),
        ("Unknown", 0),
    ] {
        assert_eq!(licenses(&license("", "PC-0117", text))[0].status, status, "{text}");
    }
    for text in ["7", "-1", "aktiv", ""] {
        let found = problems(&license("", "PC-0117", text));
        assert!(found.len() == 1 && found[0].1.starts_with("License Status"), "{text}: {found:?}");
    }
}

#[test]
fn names_are_trimmed_and_may_not_be_endless_or_broken() {
    let row = &licenses(&license(" CONTOSO\\jdoe\t", "  PC-0117 ", "2"))[0];
    assert_eq!((row.user.as_str(), row.computer.as_str()), ("CONTOSO\\jdoe", "PC-0117"));
    assert_eq!(licenses(&license(&"ü".repeat(256), "", "2")).len(), 1);
    for (user, words) in [
        ("u".repeat(257), "longer than 256"),
        ("\"a\nb\"".to_owned(), "control character"),
        ("a\u{7}b".to_owned(), "control character"),
    ] {
        let found = problems(&license(&user, "PC-0117", "2"));
        assert!(found.len() == 1 && found[0].1.contains(words), "{found:?}");
    }
    let marked = [b"\xef\xbb\xbf".as_slice(), &license("m\u{1}", "PC", "2")].concat();
    let broken: Vec<u8> = marked.iter().map(|byte| if *byte == 1 { 0xfc } else { *byte }).collect();
    assert!(problems(&broken)[0].1.contains("could not be read"));
}

#[test]
fn a_license_server_s_own_rows_need_their_numbers() {
    let found = problems(b"LicenseId,KeyPackId,sIssuedToUser\n,4,jdoe\n17,,jdoe\n");
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(_, sentence)| sentence.contains("as an administrator")), "{found:?}");
}

#[test]
fn a_license_server_id_is_stripped_of_signs_and_must_have_35() {
    let server = |id: &str| lines(format!("Name,sLicenseServerId\nLIC-01,{id}\n").as_bytes()).remove(0).record;
    let Ok(Record::Server(row)) = server("bcdfg hjkmp-qrtvw.XY234-67892-BCDFG-HJKMP") else { panic!() };
    assert_eq!((row.license_server_id.as_str(), row.name.as_str()), ("BCDFGHJKMPQRTVWXY23467892BCDFGHJKMP", "LIC-01"));
    for id in ["BCDFG", "BCDFG-HJKMP-QRTVW-XY234-67892-BCDFG-HJKMÜ"] {
        let found = server(id).unwrap_err();
        assert!(found.len() == 1 && found[0].starts_with("License server ID"), "{found:?}");
    }
}

#[test]
fn an_inspection_can_be_kept_and_taken_up_again() {
    let inspection = look(&license("jdoe", "PC-0117", "2"));
    let kept = serde_json::to_string(&inspection).unwrap();
    assert_eq!(serde_json::from_str::<Inspection>(&kept).unwrap(), inspection);
}
