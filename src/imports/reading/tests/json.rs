use super::*;

const ROW: &str = r#"{"LicenseId":17,"KeyPackId":"4","sIssuedToComputer":"PC-0117","LicenseStatus":2}"#;

#[test]
fn a_list_one_object_and_a_wrapped_list_are_the_same() {
    let forms = [
        format!("[{ROW}]"),
        ROW.to_owned(),
        format!("{{\"value\":[{ROW}],\"Count\":1}}"),
        format!("{{\"Count\":1,\"value\":[{ROW}]}}"),
        format!("\u{feff}  \n [ null, {ROW} ]\n"),
    ];
    for form in forms {
        let inspection = look(form.as_bytes());
        assert_eq!((inspection.kind, inspection.rows, inspection.shape), (Kind::Licenses, 1, Shape::Json), "{form}");
        assert_eq!(inspection.headers.len(), 4, "{form}");
        let license = licenses(form.as_bytes()).remove(0);
        assert_eq!((license.license_id, license.keypack_id, license.computer.as_str()), (Some(17), Some(4), "PC-0117"));
    }
}

#[test]
fn nothing_null_and_an_empty_list_have_no_rows() {
    for text in ["", " \r\n ", "\u{feff}", "null", "null\n", "[]", "[ ]", "[null]", "{}", "{\"value\":[],\"Count\":0}"]
    {
        assert_eq!(lines(text.as_bytes()), [], "{text:?}");
    }
}

#[test]
fn a_row_says_the_line_its_object_starts_in() {
    let text = format!("[\n {ROW},\r\n\r\n {{\n\"LicenseId\": 1,\n\"KeyPackId\": 2 }}, {ROW}]");
    let numbers: Vec<u64> = lines(text.as_bytes()).iter().map(|line| line.number).collect();
    assert_eq!(numbers, [2, 4, 6]);
}

#[test]
fn keys_come_in_any_case_order_and_row() {
    let text = r#"[{"keypackid":4,"LICENSEID":17},{"LicenseId":18,"sIssuedToUser":"CONTOSO\\jdoe","Other":[{}],"KeyPackId":4.0}]"#;
    let licenses = licenses(text.as_bytes());
    assert_eq!((licenses[0].license_id, licenses[0].user.as_str()), (Some(17), ""));
    assert_eq!((licenses[1].keypack_id, licenses[1].user.as_str()), (Some(4), "CONTOSO\\jdoe"));
}

#[test]
fn unknown_keys_of_any_shape_are_passed_over() {
    let row = r#"{"CimClass":{"a":[1,{"b":null}],"value":7},"LicenseId":17,"x":true,"y":-1.5e3,"KeyPackId":4,"Scope":[[],[[]]],"z":"\u00fc"}"#;
    assert_eq!(licenses(row.as_bytes())[0].license_id, Some(17));
}

#[test]
fn an_element_that_is_no_object_is_a_problem_of_its_own() {
    let text = format!("[{ROW},\n7,\n\"text\",\n[1,2],\ntrue,\n{ROW}]");
    let numbers: Vec<u64> = problems(text.as_bytes()).into_iter().map(|(line, _)| line).collect();
    assert_eq!(numbers, [2, 3, 4, 5]);
}

#[test]
fn a_known_key_twice_is_a_problem_of_its_row() {
    let found = problems(br#"[{"LicenseId":1,"KeyPackId":2,"licenseid":3}]"#);
    assert!(found[0].1.contains("“licenseid” twice"), "{found:?}");
}

#[test]
fn damaged_json_is_refused_with_its_line() {
    let cases = [
        ("[{\"LicenseId\":1,\n\"KeyPackId\":2", "breaks off in line 2"),
        ("[{\"LicenseId\":1},\n{\"LicenseId\" 2}]", "damaged in line 2"),
        ("[{\"LicenseId\":1}]\n[2]", "damaged in line 2"),
        ("{\"value\":7}", "damaged in line 1"),
        ("[{\"LicenseId\":\"\\ud800\"}]", "damaged in line 1"),
    ];
    for (text, words) in cases {
        let told = refusal(text.as_bytes());
        assert!(told.contains(words), "{text}: {told}");
    }
}

#[test]
fn a_reader_may_stop_early_in_json_too() {
    let text = format!("[{ROW},{ROW},{ROW}]");
    let mut seen = 0;
    let rows = read(text.as_bytes(), &look(text.as_bytes()), &settings(), &mut |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((rows, seen), (Ok(2), 2));
}
