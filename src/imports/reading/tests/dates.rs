use super::*;

fn file(dates: &[&str]) -> Vec<u8> {
    let rows = dates.iter().map(|date| format!("1;2;{date};\n")).collect::<Vec<_>>().concat();
    format!("LicenseId;KeyPackId;IssueDate;ExpirationDate\n{rows}").into_bytes()
}

fn expiries(dates: &[&str]) -> Vec<u8> {
    let rows = dates.iter().map(|date| format!("1;2;;{date}\n")).collect::<Vec<_>>().concat();
    format!("LicenseId;KeyPackId;IssueDate;ExpirationDate\n{rows}").into_bytes()
}

fn issued(date: &str) -> Option<i64> {
    licenses(&file(&[date]))[0].issued_at
}

/// 5 March 2024, 09:14:22 in Berlin.
const MOMENT: i64 = 1_709_626_462;

#[test]
fn every_form_of_one_moment_is_the_same_moment() {
    let forms = [
        "20240305091422.000000+060",
        "20240305081422.123456-000",
        "20240305081422.******+000",
        "20240304221422.000000-600",
        "/Date(1709626462000)/",
        "\\/Date(1709626462999)\\/",
        "/Date(1709626462000+0100)/",
        "/Date(1709626462000-0800)/",
        "2024-03-05T09:14:22+01:00",
        "2024-03-05T08:14:22Z",
        "2024-03-05 08:14:22.1234567Z",
        "2024-03-05T09:14:22",
        "2024-03-05T09:14:22.0000000+0100",
        "2024-03-05 09:14:22",
        "2024-03-05T09:14:22+01",
        "2024/03/05 09:14:22",
        "2024/3/5 9:14:22",
        "05.03.2024 09:14:22",
        "5.3.2024, 9:14:22",
        "05.03.2024 09.14.22",
        "5.3.2024 9:14:22 AM",
        "05.03.2024 09:14:22 a.m.",
        "05.03.2024 9:14:22\u{202f}a. m.",
        "\u{200e}05.03.2024\u{a0}9:14:22",
        "2024.03.05 09:14:22",
    ];
    for form in forms {
        assert_eq!(issued(form), Some(MOMENT), "{form}");
    }
}

#[test]
fn a_time_may_lack_seconds_or_all_of_it() {
    assert_eq!(issued("05.03.2024 09:14"), Some(MOMENT - 22));
    assert_eq!(issued("2024-03-05"), Some(MOMENT - 22 - 14 * 60 - 9 * 3600));
    assert_eq!(issued("05.03.2024"), issued("2024/03/05"));
}

#[test]
fn noon_and_midnight_are_read_as_americans_write_them() {
    assert_eq!(issued("2024-03-05 12:00:00 AM"), issued("2024-03-05 00:00"));
    assert_eq!(issued("2024-03-05 12:00:00 PM"), issued("2024-03-05 12:00"));
    assert_eq!(issued("2024-03-05 11:59:59 PM"), issued("2024-03-05 23:59:59"));
}

#[test]
fn an_hour_that_the_clock_skips_or_repeats_is_still_a_moment() {
    assert_eq!(issued("2024-03-31 02:30:00"), issued("2024-03-31T03:30:00+02:00"));
    assert_eq!(issued("2024-10-27 02:30:00"), issued("2024-10-27T02:30:00+02:00"));
}

#[test]
fn what_is_no_date_is_a_problem_and_never_a_panic() {
    let dates = [
        "31.02.2024",
        "2024-02-30",
        "13/13/2024",
        "0/0/2024",
        "00.00.2024 00:00",
        "2024-13-01",
        "5/3/24",
        "2024-03-05T25:00",
        "yesterday",
        "2024-03-05T09:14:22+99:00",
        "2024-03-05T",
        "2024-03-05T09",
        "2024-03-05 13:00 PM",
        "2024-03-05 0:30 PM",
        "/Date()/",
        "/Date(1",
        "/Date(99999999999999999999999)/",
        "2024030509142",
        "20240305091422",
        "20240399091422.000000+000",
        "2024-03-05 09:14:22 CET",
        "-2024-03-05",
        "2024-03/05",
        "٠٥/٠٣/٢٠٢٤",
        "2024-03-05 09:14:60",
        "2024-03-05 09:1",
        "20240305091422.000000+0600",
    ];
    for date in dates {
        let found = problems(&file(&[date]));
        assert!(found.len() == 1 && found[0].1.starts_with("Issued On “"), "{date}: {found:?}");
    }
}

#[test]
fn one_field_over_twelve_proves_the_order_of_the_whole_file() {
    let day_first = file(&["03/05/2024", "25/05/2024"]);
    assert_eq!(look(&day_first).dates, Dates::Known(DateOrder::DayFirst));
    assert_eq!(licenses(&day_first)[0].issued_at, issued("2024-05-03"));
    let month_first = file(&["3/5/2024 9:14:22 AM", "5/25/2024 9:14:22 AM"]);
    assert_eq!(look(&month_first).dates, Dates::Known(DateOrder::MonthFirst));
    assert_eq!(licenses(&month_first)[0].issued_at, Some(MOMENT));
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_about_and_never_guessed() {
    let open = file(&["04/04/2024", "03-05-2024", "06/07/2024"]);
    assert_eq!(look(&open).dates, Dates::Ambiguous { example: "03-05-2024".to_owned(), line: 3 });
    let found = problems(&open);
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
    assert!(found[0].1.contains("choose the date order"), "{found:?}");
    let answered = Settings { date_order: Some(DateOrder::MonthFirst), ..settings() };
    let Ok(Record::License(license)) = &lines_with(&open, &answered)[1].record else { panic!() };
    assert_eq!(license.issued_at, issued("2024-03-05"));
}

#[test]
fn a_file_that_proves_both_orders_is_contradictory_and_says_where() {
    let both = file(&["03/05/2024", "25/05/2024", "05/26/2024"]);
    let Dates::Contradictory { day_first, month_first } = look(&both).dates else { panic!() };
    assert_eq!((day_first.line, month_first.line, month_first.text.as_str()), (3, 4, "05/26/2024"));
    // Only the date that can be read in two ways is left to ask about.
    assert_eq!(problems(&both).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2]);
    let answered = Settings { date_order: Some(DateOrder::DayFirst), ..settings() };
    let bad: Vec<bool> = lines_with(&both, &answered).iter().map(|line| line.record.is_err()).collect();
    assert_eq!(bad, [false, false, true]);
}

#[test]
fn dates_that_need_no_order_do_not_ask() {
    for date in
        ["03/03/2024", "05.03.2024", "2024/03/05", "2024-03-05", "20240305091422.000000+000", "0/0/2024", "nonsense"]
    {
        assert_eq!(look(&file(&[date])).dates, Dates::NoneNeeded, "{date}");
    }
}

#[test]
fn an_expiry_that_means_never_is_none_and_proves_nothing() {
    let dates = [
        "",
        "0",
        "Never",
        "20380119031407.000000-000",
        "20351231230000.000000-000",
        "20351231000000.000000+000",
        "01/01/2036 00:00:00",
        "1/2/2036",
        "1/19/2038 3:14:07 AM",
        "12/31/2035",
        "31/12/2035",
        "31.12.2035",
        "9999-12-31T23:59:59.9999999",
        "99991231235959.999999+000",
        "16010101000000.000000+000",
        "01/02/1601",
        "01.01.1970",
        "1970-01-01T01:00:00+01:00",
        "00000000000000.000000+000",
        "0001-01-01T00:00:00",
        "/Date(2145920400000)/",
        "/Date(-62135596800000)/",
        "/Date(253402300799999)/",
        "/Date(9223372036854775807)/",
        "/Date(0)/",
    ];
    for date in dates {
        let file = expiries(&[date]);
        assert_eq!(look(&file).dates, Dates::NoneNeeded, "{date}");
        assert_eq!(licenses(&file)[0].expires_at, None, "{date}");
    }
    assert_eq!(licenses(&expiries(&["20351230230000.000000+000"]))[0].expires_at, Some(2_082_668_400));
    assert!(problems(&expiries(&["31.02.2036"]))[0].1.contains("no day of the calendar"));
}

#[test]
fn the_never_date_is_kept_as_the_file_writes_it() {
    assert_eq!(licenses(&expiries(&["01/01/2036 00:00:00"]))[0].expires_raw, "01/01/2036 00:00:00");
}

#[test]
fn an_issue_date_never_set_is_none_and_one_far_ahead_is_a_problem() {
    for date in ["", "16010101000000.000000+000", "01.01.1970", "/Date(0)/"] {
        assert_eq!(issued(date), None, "{date}");
    }
    assert!(issued("2036-03-05").is_some());
    for date in ["2101-01-02", "9999-12-31T23:59:59", "/Date(9223372036854775807)/", "99991231235959.999999+000"] {
        let found = problems(&file(&[date]));
        assert_eq!(found.len(), 1, "{date}: {found:?}");
    }
}
