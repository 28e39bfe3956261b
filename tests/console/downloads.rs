//! Downloads: every list and timeline as a file, and that such a file brought in again changes nothing.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use reseat::history::line::Line;
use reseat::imports::import::State;
use reseat::moment::{DAY, Moment};

use crate::bring::{L, counts, license, licenses, packs};
use crate::on_both;
use crate::support::{Console, Person};

/// The rows of a CSV, its heading first.
async fn csv(person: &mut Person, address: &str) -> Vec<Vec<String>> {
    let reply = person.get(address).await;
    reply.is(200);
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    let text = reply.text.strip_prefix('\u{feff}').expect("a spreadsheet knows UTF-8 by its mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The first sheet of a workbook.
async fn xlsx(person: &mut Person, address: &str) -> Vec<Vec<Data>> {
    let reply = person.get(address).await;
    reply.is(200);
    let mut book = Xlsx::new(Cursor::new(reply.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(<[Data]>::to_vec).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|heading| heading == name).unwrap_or_else(|| panic!("{name} in {:?}", rows[0]));
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

on_both! {
    async fn a_list_is_downloaded_with_its_filters_its_order_and_its_columns(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).await;
        let pc = stock.client("PC, \"0117\"").await;
        let odd = stock.client("=cmd()").await;
        let day = |days| console.app.now().plus_days(days);
        stock.license(pack, pc).issued(day(-5)).expires(day(60)).await;
        stock.license(pack, odd).issued(day(-9)).expires(day(50)).await;
        stock.license(pack, pc).issued(day(-300)).expires(Moment::NEVER).gone(day(-40)).await;
        let mut audrey = console.auditor().await;
        let text = audrey.get("/licenses.csv?sort=-issued&size=25").await.text;
        assert_eq!(
            text,
            "\u{feff}License,Client,License Version and Type,License Status,Issued On,Expires On,License server,Keypack ID\r\n\
             2,'=cmd(),Windows Server 2019 Per Device,Active,2026-08-13T00:00:00Z,2026-10-11T00:00:00Z,LIC-01,2\r\n\
             1,\"PC, \"\"0117\"\"\",Windows Server 2019 Per Device,Active,2026-08-17T00:00:00Z,2026-10-21T00:00:00Z,LIC-01,2\r\n"
        );
        let gone = csv(&mut audrey, "/licenses.csv?on=gone").await;
        assert_eq!((column(&gone, "License"), column(&gone, "Gone since")), (vec!["3".into()], vec!["2026-07-13T00:00:00Z".to_owned()]));
        assert_eq!(column(&gone, "Expires On"), ["Never"]);
        let all = csv(&mut audrey, "/licenses.csv?on=all&columns=all").await;
        assert_eq!(column(&all, "License"), ["3", "2", "1"]);
        assert_eq!(column(&all, "PSComputerName"), ["LIC-01"; 3]);
        assert!(csv(&mut audrey, "/licenses.csv?server=999").await.len() == 1, "an empty list still has its heading");
        let searched = csv(&mut audrey, "/clients.csv?q=cmd").await;
        assert_eq!(column(&searched, "Name"), ["'=cmd()"]);
        audrey.get("/licenses?sort=-issued").await.says("/licenses.xlsx?sort=-issued&#38;columns=all").says("/licenses.csv?sort=-issued\"");
    }

    async fn every_list_is_downloaded_as_what_a_spreadsheet_opens(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let pack = stock.key_pack(server).unlimited().issued(3).expires(console.app.now().plus_days(9)).await;
        let pc = stock.client("=PC-0117").await;
        stock.license(pack, pc).await;
        let mut audrey = console.auditor().await;
        let rows = xlsx(&mut audrey, "/key-packs.xlsx").await;
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0][2], Data::String("Total Licenses".into()));
        assert_eq!((&rows[1][2], &rows[1][4]), (&Data::Float(-1.0), &Data::Float(3.0)));
        assert!(matches!(&rows[1][5], Data::DateTime(at) if at.is_datetime()), "{:?}", rows[1][5]);
        let rows = xlsx(&mut audrey, "/clients.xlsx").await;
        assert_eq!(rows[1][0], Data::String("=PC-0117".into()), "a text is a text in a workbook and needs no mark");
        for list in ["key-packs", "clients", "licenses", "license-servers", "imports", "history"] {
            let (lines, rows) = (csv(&mut audrey, &format!("/{list}.csv?columns=all")).await, xlsx(&mut audrey, &format!("/{list}.xlsx?columns=all")).await);
            assert_eq!(lines.len(), rows.len(), "{list}");
            let headings: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
            assert_eq!(lines[0], headings, "{list}");
        }
    }

    async fn more_rows_than_one_step_reads_all_come_and_each_once(console) {
        let stock = console.stock();
        let server = stock.server("LIC-01").await;
        let (pack, client) = (stock.key_pack(server).await, stock.client("PC-0117").await);
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        tx.sql(
            "insert into licenses (key_pack_id, version, license_type, server_id, license_number, client_id, user_name, computer, \
             hardware_id, status, issued_at, expires_at, first_issued_at, first_seen_at) \
             with recursive n (n) as (select 1 union all select n + 1 from n where n < 4500) \
             select $1, '2019', 'per_device', $2, n, $3, '', 'PC-0117', '', 2, 1780000000 + n / 7, 1790000000, 1780000000, 1780000000 from n",
        )
        .bind(pack).bind(server).bind(client).execute().await.unwrap();
        tx.commit().await.unwrap();
        let rows = csv(&mut console.auditor().await, "/licenses.csv").await;
        let mut ids: Vec<i64> = column(&rows, "License").iter().map(|id| id.parse().unwrap()).collect();
        assert_eq!(ids.len(), 4_500);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4_500);
    }

    async fn a_license_server_id_is_in_no_download_of_an_auditor(console) {
        console.stock().server("LIC-01").id("ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789").await;
        let address = "/license-servers.csv?columns=all";
        console.auditor().await.get(address).await.says("known").says_nothing_of("ABCDE");
        console.help_desk().await.get(address).await.says("ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789");
    }

    async fn key_packs_and_licenses_that_were_downloaded_change_nothing_when_they_are_brought_in_again(console) {
        let odd = L { user: "", ..license(3, "=PC-0003", "'-hw") };
        let rows = [license(1, "PC-0001", "aa"), license(2, "PC-0002", ""), odd, L { expires: "20360101", ..license(4, "+PC", "@") }];
        console.bring("LIC-01").company("Contoso").file("k.csv", packs(&[(4, 4_294_967_295, 4), (5, 20, 0)])).file("l.csv", licenses(&rows)).apply().await;
        console.pass(DAY);
        let mut audrey = console.auditor().await;
        let packs = audrey.get("/key-packs.csv?columns=all&on=server").await;
        let issued = audrey.get("/licenses.csv?columns=all").await;
        issued.says("'=PC-0003").says("'-hw").says("PSComputerName");
        packs.says(",-1,");
        let preview = console.bring("").company("Contoso").file("k.csv", packs.bytes).file("l.csv", issued.bytes).preview().await;
        let import = preview.import().await;
        assert_eq!((import.state, counts(&import)), (State::NothingToDo, [0, 0, 6, 0, 0, 0, 0]), "{} {:?}", import.message, preview.troubles().await);
    }

    async fn what_the_demonstration_holds_changes_nothing_when_it_is_brought_in_again(console) {
        reseat::demo::make(&console.app, 10).await.unwrap();
        let mut audrey = console.person("Audrey", reseat::users::user::Role::Auditor).await;
        let servers: Vec<(i64, String, String)> = console
            .db()
            .sql("select s.id, s.name, c.name from license_servers s join companies c on c.id = s.company_id")
            .all()
            .await
            .unwrap();
        for (id, server, company) in servers {
            let packs = audrey.get(&format!("/key-packs.csv?columns=all&on=server&server={id}")).await;
            let issued = audrey.get(&format!("/licenses.csv?columns=all&server={id}")).await;
            let preview = console.bring("").company(&company).file("k.csv", packs.bytes).file("l.csv", issued.bytes).preview().await;
            let import = preview.import().await;
            assert_eq!(import.state, State::NothingToDo, "{server}: {} {:?} {:?}", import.message, counts(&import), preview.troubles().await);
            assert!(import.unchanged_count > 10);
        }
    }

    async fn anybody_can_check_historys_chain_from_its_lines(console) {
        bring_two(&console).await;
        let reply = console.help_desk().await.get("/history.jsonl").await;
        let lines: Vec<serde_json::Value> = reply.is(200).text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.len() > 3);
        for (n, said) in lines.iter().enumerate() {
            let text = |name: &str| said[name].as_str().map(str::to_owned);
            let line = Line {
                id: said["id"].as_i64().unwrap(),
                at: Moment(said["at"].as_i64().unwrap()),
                effective_on: text("effective_on"),
                actor: text("actor").unwrap(),
                action: text("action").unwrap(),
                subject_kind: text("subject_kind").unwrap(),
                subject_id: said["subject_id"].as_i64().unwrap(),
                before: text("before"),
                after: text("after"),
                reason: text("reason"),
                import_id: said["import_id"].as_i64(),
                previous_hash: text("previous_hash").unwrap(),
                hash: text("hash").unwrap(),
            };
            assert_eq!(line.hash, line.expected_hash(), "{said}");
            let before = lines.get(n + 1).map_or("", |line| line["hash"].as_str().unwrap());
            assert_eq!(line.previous_hash, before);
        }
    }

    async fn a_timeline_is_downloaded_as_its_page_says_it(console) {
        bring_two(&console).await;
        let mut audrey = console.auditor().await;
        for address in ["/clients/1/timeline.csv", "/licenses/1/timeline.csv"] {
            let rows = csv(&mut audrey, address).await;
            assert!(column(&rows, "What happened").contains(&"First issued".to_owned()), "{rows:?}");
            assert!(column(&rows, "What changed").iter().any(|text| text.contains("Expires On: ")), "{rows:?}");
            let book = xlsx(&mut audrey, &address.replace(".csv", ".xlsx")).await;
            assert_eq!(book.len(), rows.len());
        }
        let rows = csv(&mut audrey, "/history.csv?kind=license&id=1").await;
        assert_eq!(column(&rows, "What happened"), ["License changed"]);
        audrey.get("/clients/1").await.says("/clients/1/timeline.csv");
        audrey.get("/licenses/1").await.says("/licenses/1/timeline.xlsx");
        audrey.get("/license-servers/1").await.says("/history.csv?kind=license_server&");
    }
}

/// Two exports of one server, between which a license was renewed.
async fn bring_two(console: &Console) {
    let first = [license(1, "PC-0001", "aa"), license(2, "PC-0002", "bb")];
    let packs = packs(&[(4, 20, 2)]);
    console.bring("LIC-01").file("k.csv", packs.clone()).file("l.csv", licenses(&first)).apply().await;
    console.pass(DAY);
    let second = [L { expires: "20261120", ..first[0] }, first[1]];
    console.bring("LIC-01").file("k.csv", packs).file("l.csv", licenses(&second)).apply().await;
}
