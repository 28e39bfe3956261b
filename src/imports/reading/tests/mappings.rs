use super::*;
use std::collections::BTreeMap;

const REPORT: &[u8] = b"Summary;50\r\n\r\nWho;Where;Until;When\r\njdoe;PC-0117;25/05/2024;03/04/2024\r\nasmith;PC-0118;26/05/2024;04/04/2024\r\n";

fn mapping(columns: &[(Field, usize)]) -> Mapping {
    Mapping { kind: Kind::Licenses, header_line: 3, columns: columns.iter().copied().collect() }
}

#[test]
fn a_table_nobody_knows_is_unmapped_and_cannot_be_read_without_a_mapping() {
    let inspection = look(REPORT);
    assert_eq!((inspection.kind, inspection.guess.clone()), (Kind::Unmapped, None));
    let told = read(REPORT, &inspection, &settings(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(told.0.contains("choose what each of them holds"), "{told}");
}

#[test]
fn a_mapping_says_where_the_header_is_and_which_columns_hold_dates() {
    let mapping = mapping(&[(Field::User, 0), (Field::Computer, 1), (Field::ExpiresAt, 2), (Field::IssuedAt, 3)]);
    let inspection = inspect(|| Ok(REPORT), Some(&mapping)).unwrap();
    assert_eq!(
        (inspection.header_line, inspection.rows, inspection.dates.clone()),
        (3, 2, Dates::Known(DateOrder::DayFirst))
    );
    assert_eq!(inspection.headers, ["Who", "Where", "Until", "When"]);
    assert_eq!(inspection.signature, "who|where|until|when");
    let lines = lines_with(REPORT, &Settings { mapping: Some(mapping), ..settings() });
    let Ok(Record::License(license)) = &lines[0].record else { panic!("{lines:?}") };
    assert_eq!((license.user.as_str(), license.license_id, license.status, lines[0].number), ("jdoe", None, 0, 4));
    assert_eq!(license.issued_at, Some(1_712_095_200));
}

#[test]
fn a_row_of_a_report_must_name_a_user_or_a_computer() {
    let file = b"User,Computer,Expires\njdoe,,2024-03-05\n,,2024-03-05\n";
    let guess = look(file).guess;
    let lines = lines_with(file, &Settings { mapping: guess, ..settings() });
    assert!(lines[0].record.is_ok() && lines[1].record.is_err(), "{lines:?}");
}

#[test]
fn a_mapping_that_does_not_fit_is_refused_with_what_to_do() {
    let cases = [
        (Mapping { kind: Kind::Unmapped, ..mapping(&[]) }, "licenses, key packs or a license server"),
        (mapping(&[(Field::ExpiresAt, 2)]), "computer or of the user"),
        (Mapping { kind: Kind::KeyPacks, ..mapping(&[(Field::TotalLicenses, 0)]) }, "keypack ID"),
        (Mapping { kind: Kind::Server, ..mapping(&[]) }, "license server ID"),
        (mapping(&[(Field::User, 0), (Field::TotalLicenses, 1)]), "does not belong"),
        (mapping(&[(Field::User, 4)]), "column 5, but the file has 4"),
        (mapping(&[(Field::User, usize::MAX)]), "but the file has 4"),
    ];
    for (mapping, words) in cases {
        let told = mapping.check(4).unwrap_err();
        assert!(told.0.contains(words), "{told}");
        let inspection = inspect(|| Ok(REPORT), Some(&mapping)).unwrap();
        let settings = Settings { mapping: Some(mapping), ..settings() };
        assert_eq!(read(REPORT, &inspection, &settings, &mut |_| { ControlFlow::Continue(()) }), Err(told));
    }
}

#[test]
fn a_mapping_also_reads_json_nobody_knows() {
    let file = br#"[{"Rechner":"PC-0117","Bis":"05.03.2024"},{"Bis":"06.03.2024","Rechner":"PC-0118"}]"#;
    let mapping = mapping(&[(Field::Computer, 0), (Field::ExpiresAt, 1)]);
    let lines = lines_with(file, &Settings { mapping: Some(mapping), ..settings() });
    let Ok(Record::License(license)) = &lines[1].record else { panic!("{lines:?}") };
    assert_eq!((license.computer.as_str(), license.expires_raw.as_str()), ("PC-0118", "06.03.2024"));
}

#[test]
fn headers_that_differ_only_in_case_have_one_signature() {
    assert_eq!(look(b"User,EXPIRES\n").signature, look(b"\xef\xbb\xbf\"user\" , Expires\r\n").signature);
}

#[test]
fn a_mapping_can_be_kept_as_json() {
    let mapping = mapping(&[(Field::User, 0), (Field::ExpiresAt, 2)]);
    let kept = serde_json::to_string(&mapping).unwrap();
    assert_eq!(kept, r#"{"kind":"licenses","header_line":3,"columns":{"user":0,"expires_at":2}}"#);
    assert_eq!(serde_json::from_str::<Mapping>(&kept).unwrap(), mapping);
}

#[test]
fn every_field_of_a_form_has_its_own_label() {
    for kind in [Kind::Licenses, Kind::KeyPacks, Kind::Server] {
        let labels: BTreeMap<&str, Field> = Field::of(kind).iter().map(|field| (field.label(), *field)).collect();
        assert_eq!(labels.len(), Field::of(kind).len());
    }
}
