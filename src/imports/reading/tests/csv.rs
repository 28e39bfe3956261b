use super::*;

const HEADER: &str =
    "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId";

fn csv(rows: &str) -> Vec<u8> {
    format!("{HEADER}\r\n{rows}").into_bytes()
}

#[test]
fn columns_come_in_any_order_case_and_number() {
    let file = b" sissuedtocomputer ,\"Colour\" ,LICENSESTATUS,keypackID, LicenseID\nPC-0117,blue,2,4,17\n";
    let license = licenses(file).remove(0);
    assert_eq!((license.license_id, license.keypack_id, license.status), (Some(17), Some(4), 2));
    assert_eq!((license.computer.as_str(), license.user.as_str()), ("PC-0117", ""));
}

#[test]
fn a_row_says_the_line_it_starts_in() {
    let file = csv("1,4,\"a\nb\",PC-1,2,,,\r\n\r\n\n2,4,,PC-2,2,,,\r\n3,4,,\"PC\r\n-3\",2,,,\n4,4,,PC-4,2,,,");
    let numbers: Vec<u64> = lines(&file).iter().map(|line| line.number).collect();
    assert_eq!(numbers, [2, 6, 7, 9]);
}

#[test]
fn blank_lines_and_lines_of_delimiters_are_no_rows() {
    let file = csv("1,4,,PC-1,2,,,\r\n,,,,,,,\r\n   \r\n\"\"\r\n\r\n\r\n");
    assert_eq!(licenses(&file).len(), 1);
}

#[test]
fn a_row_with_too_few_values_is_a_problem_of_that_row_only() {
    let found = problems(&csv("1,4,,PC-1,2,,,\r\n2,4,,PC-2\r\n3,4,,PC-3,2,,,\r\n"));
    assert_eq!(found.len(), 1);
    assert!(found[0].0 == 3 && found[0].1.contains("has 4 values where the header names 8"), "{found:?}");
}

#[test]
fn a_row_with_more_values_than_columns_is_a_problem_unless_they_are_empty() {
    let found = problems(&csv("1,4,,PC-1,2,,,,,\r\n2,4,,PC-2,room 7,2,,,0f\r\n"));
    assert_eq!(found.len(), 1);
    assert!(found[0].0 == 3 && found[0].1.contains("in quotes"), "{found:?}");
}

#[test]
fn a_delimiter_in_quotes_does_not_decide_the_delimiter() {
    let file = b"\"a, b, c, d, e\";LicenseId;KeyPackId\r\n\"x;y\";17;4\r\n";
    assert_eq!(look(file).shape, Shape::Csv { delimiter: b';' });
    assert_eq!(licenses(file)[0].license_id, Some(17));
}

#[test]
fn the_server_comes_from_pscomputername_else_from_get_wmiobject() {
    let both = b"PSComputerName,__SERVER,LicenseId,KeyPackId\nLIC-01,LIC-02,1,2\n , LIC-02 ,3,4\n";
    let servers: Vec<_> = lines(both).into_iter().map(|line| line.server).collect();
    assert_eq!(servers, [Some("LIC-01".to_owned()), None]);
    assert_eq!(look(both).blank_server_rows, 1);
    let one = b"__SERVER,LicenseId,KeyPackId\nLIC-02,1,2\nlic-02,3,4\nLIC-03,5,6\n";
    assert_eq!(look(one).servers, ["LIC-02", "LIC-03"]);
    assert_eq!(lines(one)[0].server.as_deref(), Some("LIC-02"));
}

#[test]
fn servers_are_listed_up_to_a_thousand() {
    let rows = (0..1500).map(|number| format!("LIC-{number},{number},1\n")).collect::<Vec<_>>().concat();
    let inspection = look(format!("PSComputerName,LicenseId,KeyPackId\n{rows}").as_bytes());
    assert_eq!((inspection.servers.len(), inspection.rows), (1000, 1500));
}

#[test]
fn the_first_of_two_unknown_columns_counts_and_a_known_one_twice_is_refused() {
    assert_eq!(licenses(b"x,LicenseId,X,KeyPackId\n9,17,9,4\n")[0].license_id, Some(17));
    let told = refusal(b"LicenseId,KeyPackId,keypackid\n1,2,3\n");
    assert!(told.contains("“KeyPackId” twice"), "{told}");
}

#[test]
fn an_excel_separator_line_and_a_type_line_are_passed_over() {
    let file = b"sep=;\r\n#TYPE Selected.System.Management.ManagementObject\r\nLicenseId;KeyPackId\r\n17;4\r\n";
    assert_eq!((look(file).header_line, lines(file)[0].number), (3, 4));
    let unknown = b"#type Something\r\nColour,Size\r\nblue,4\r\n";
    assert_eq!((look(unknown).header_line, look(unknown).kind), (2, Kind::Unmapped));
}

#[test]
fn a_header_alone_is_a_file_without_rows() {
    let inspection = look(csv("").as_slice());
    assert_eq!((inspection.kind, inspection.rows), (Kind::Licenses, 0));
    assert_eq!(lines(&csv("")), []);
}

#[test]
fn the_sample_is_the_first_five_rows_and_long_values_are_cut() {
    let rows = (0..9).map(|number| format!("{number},4,{},PC,2,,,\n", "u".repeat(300))).collect::<Vec<_>>().concat();
    let inspection = look(&csv(&rows));
    assert_eq!((inspection.sample.len(), inspection.sample[4][0].as_str()), (5, "4"));
    assert_eq!(inspection.sample[0][2].len(), 200);
}

#[test]
fn a_reader_may_stop_early() {
    let file = csv("1,4,,PC-1,2,,,\n2,4,,PC-2,2,,,\n3,4,,PC-3,2,,,\n");
    let stop = |line: Line| {
        if line.number == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    assert_eq!(read(file.as_slice(), &look(&file), &settings(), &mut { stop }), Ok(2));
}

#[test]
fn windows_1252_is_taken_when_one_byte_of_the_whole_file_is_no_utf_8() {
    let mut file = csv(&"1,4,,PC-Ä,2,,,\n".repeat(20_000));
    assert_eq!(look(&file).encoding, Encoding::Utf8);
    file.extend_from_slice(b"2,4,CONTOSO\\m\xfcller,PC-2,2,,,\n");
    assert_eq!(look(&file).encoding, Encoding::Windows1252);
    assert_eq!(licenses(&file).last().unwrap().user, "CONTOSO\\müller");
}

#[test]
fn a_character_across_two_chunks_is_still_utf_8() {
    for filler in 0..8 {
        let mut file = csv("");
        file.extend_from_slice("1,4,,PC-1,2,,,\n".repeat(4_362).as_bytes());
        file.extend(std::iter::repeat_n(b' ', filler));
        file.extend_from_slice("2,4,ü€😀ü€😀ü€😀,PC,2,,,\n".repeat(3_000).as_bytes());
        assert_eq!(look(&file).encoding, Encoding::Utf8);
        assert!(licenses(&file).iter().all(|license| !license.user.contains('\u{fffd}')));
    }
    let half = [csv("1,4,"), vec![0xe2, 0x82]].concat();
    assert_eq!(look(&half).encoding, Encoding::Windows1252);
}
