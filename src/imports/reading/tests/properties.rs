use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// Inspects and reads with whatever the file allows; only that it ends well counts.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok(inspection) = inspect(|| Ok(bytes), None) else {
        return Ok(());
    };
    for date_order in [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)] {
        let settings = Settings { date_order, zone: berlin(), mapping: inspection.guess.clone() };
        let mut seen = 0;
        let rows = read(bytes, &inspection, &settings, &mut |_| {
            seen += 1;
            ControlFlow::Continue(())
        });
        if let Ok(rows) = rows {
            prop_assert_eq!((rows, seen), (inspection.rows, rows));
        }
    }
    Ok(())
}

fn one_date(date: &str) -> Vec<u8> {
    format!("LicenseId;KeyPackId;IssueDate\n1;2;{date}\n").into_bytes()
}

fn issued(date: &str, date_order: DateOrder) -> Option<i64> {
    let settings = Settings { date_order: Some(date_order), zone: TimeZone::UTC, mapping: None };
    match lines_with(&one_date(date), &settings).remove(0).record {
        Ok(Record::License(license)) => license.issued_at,
        other => panic!("{date}: {other:?}"),
    }
}

/// A cell that needs quotes now and then, without blanks around it.
fn cell() -> impl Strategy<Value = String> {
    proptest::string::string_regex("([a-zäß€\"',;|]([a-z \",;|\t\r\n]{0,8}[a-z\",;|])?)?").unwrap()
}

fn written(rows: &[Vec<String>], delimiter: u8) -> String {
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        cells.join(&char::from(delimiter).to_string()) + "\r\n"
    };
    rows.iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_at_all_make_it_panic(bytes in vec(any::<u8>(), 0..400)) {
        survives(&bytes)?;
    }

    #[test]
    fn no_bytes_under_a_known_header_make_it_panic(bytes in vec(any::<u8>(), 0..400), separator in "[,;\t|]") {
        let mut file = ["LicenseId", "KeyPackId", "IssueDate", "ExpirationDate", "sIssuedToUser\n"].join(&separator).into_bytes();
        file.extend_from_slice(&bytes);
        survives(&file)?;
    }

    #[test]
    fn no_text_of_its_own_signs_makes_it_panic(text in "[\\[\\]{}\",:;|\t\n0-9a-zA-Z/\\\\.+ü-]{0,200}") {
        survives(text.as_bytes())?;
        survives(&one_date(&text))?;
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        survives(&wide)?;
        survives(format!("[{{\"LicenseId\":1,\"KeyPackId\":2,\"IssueDate\":{text}").as_bytes())?;
    }

    #[test]
    fn no_damage_to_a_file_of_the_corpus_makes_it_panic(
        file in any::<proptest::sample::Index>(),
        damage in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
        kept in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = file.get(&corpus::files()).clone();
        for (place, byte) in damage.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
            let place = place.index(bytes.len());
            bytes[place] = *byte;
        }
        survives(&bytes)?;
        bytes.truncate(kept.index(bytes.len() + 1));
        survives(&bytes)?;
    }

    #[test]
    fn a_date_written_in_any_form_is_read_back(moment in 31_536_000_i64..4_000_000_000, minutes in -840_i32..=840) {
        let utc = jiff::Timestamp::from_second(moment).unwrap();
        let offset = jiff::tz::Offset::from_seconds(minutes * 60).unwrap();
        let local = offset.to_datetime(utc);
        let plain = jiff::tz::Offset::UTC.to_datetime(utc);
        prop_assume!(local.year() > 1970 && plain.year() > 1970);
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest, all) = (minutes.abs() / 60, minutes.abs() % 60, minutes.abs());
        prop_assert_eq!(issued(&format!("{}{sign}{all:03}", local.strftime("%Y%m%d%H%M%S.000000")), DateOrder::DayFirst), Some(moment));
        prop_assert_eq!(issued(&format!("{}{sign}{hours:02}:{rest:02}", local.strftime("%Y-%m-%dT%H:%M:%S.1234567")), DateOrder::DayFirst), Some(moment));
        prop_assert_eq!(issued(&format!("/Date({moment}000{sign}0100)/"), DateOrder::DayFirst), Some(moment));
        for form in ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S"] {
            prop_assert_eq!(issued(&plain.strftime(form).to_string(), DateOrder::DayFirst), Some(moment), "{}", form);
        }
        for form in ["%m/%d/%Y %H:%M:%S", "%-m/%-d/%Y %-I:%M:%S %p"] {
            prop_assert_eq!(issued(&plain.strftime(form).to_string(), DateOrder::MonthFirst), Some(moment), "{}", form);
        }
    }

    #[test]
    fn csv_written_with_any_delimiter_reads_back_the_same(
        cells in vec(vec(cell(), 2..=2), 1..12),
        delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let header = ["LicenseId", "KeyPackId", "First", "Second"].map(str::to_owned).to_vec();
        let body = cells.iter().enumerate().map(|(number, cells)| [vec![number.to_string(), "4".to_owned()], cells.clone()].concat());
        let rows: Vec<Vec<String>> = std::iter::once(header.clone()).chain(body).collect();
        let inspection = look(written(&rows, delimiter).as_bytes());
        prop_assert_eq!(inspection.shape, Shape::Csv { delimiter });
        prop_assert_eq!(inspection.headers, header);
        prop_assert_eq!(inspection.rows, cells.len() as u64);
        prop_assert_eq!(inspection.sample.as_slice(), &rows[1..rows.len().min(6)]);
    }

    #[test]
    fn the_same_text_in_every_encoding_is_the_same_inspection(rows in vec("[a-zA-ZäöüÄÖÜß]{1,12}", 1..20)) {
        let rows = rows.iter().enumerate().map(|(number, name)| format!("{number},4,{name}\r\n")).collect::<Vec<_>>().concat();
        let text = format!("LicenseId,KeyPackId,sIssuedToUser\r\n{rows}");
        let plain = lines(text.as_bytes());
        let marked = format!("\u{feff}{text}");
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let western: Vec<u8> = text.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap()).collect();
        for bytes in [marked.as_bytes(), &little, &big, &western] {
            prop_assert_eq!(&lines(bytes), &plain);
        }
    }
}
