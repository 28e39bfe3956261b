//! Imports: what files from license servers change, and what they never change.

use reseat::history::store::{Filter, list as history, verify};
use reseat::imports::import::State;
use reseat::imports::settle::Which;
use reseat::moment::Moment;
use reseat::web::slice::Window;

use crate::bring::{L, actions, counts, license, licenses, packs, two_clients};
use crate::on_both;

on_both! {
    async fn a_first_import_makes_company_server_pack_clients_and_licenses(console) {
        let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02"), license(3, "PC-0118", "aa02")];
        let import = console
            .bring("LIC-01")
            .file("issued.csv", licenses(&rows))
            .file("keypacks.csv", packs(&[(4, 50, 3)]))
            .apply()
            .await;
        assert_eq!(counts(&import), [4, 0, 0, 0, 0, 0, 0]);
        for (text, expected) in [
            ("select count(*) from companies where name = 'My company'", 1),
            ("select count(*) from license_servers where name = 'LIC-01' and licenses_seen_at is not null", 1),
            ("select count(*) from key_packs where version = '2022' and license_type = 'per_device' and quantity = 50", 1),
            ("select count(*) from key_pack_counts where issued = 3", 1),
            ("select count(*) from clients", 2),
            ("select count(*) from licenses where version = '2022' and status = 2", 3),
            ("select count(*) from history where action = 'import applied'", 1),
            ("select count(*) from import_licenses", 0),
            ("select count(*) from import_chunks", 0),
        ] {
            assert_eq!(console.count(text).await, expected, "{text}");
        }
        assert!(verify(console.db()).await.unwrap().is_ok());
    }

    async fn the_same_file_twice_changes_nothing_at_all(console) {
        two_clients(&console).await;
        let before = console.count("select line from history_tail").await;
        for captured in ["2026-08-22", "2026-08-23"] {
            let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")];
            let again = console
                .bring("LIC-01")
                .captured(captured)
                .file("keypacks.csv", packs(&[(4, 50, 2)]))
                .file("issued.csv", licenses(&rows))
                .preview()
                .await;
            assert_eq!(again.import().await.state, State::NothingToDo, "{captured}");
        }
        assert_eq!(console.count("select line from history_tail").await, before);
        assert_eq!(console.count("select count(*) from licenses").await, 2);
    }

    async fn a_changed_row_is_a_line_of_history_and_a_vanished_one_is_an_event(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let renewed = L { issued: "20260820", expires: "20261101", ..license(1, "PC-0117", "aa01") };
        let rows = [renewed, license(3, "PC-0119", "aa03")];
        let import = console
            .bring("LIC-01")
            .file("keypacks.csv", packs(&[(4, 50, 5)]))
            .file("issued.csv", licenses(&rows))
            .apply()
            .await;
        assert_eq!(counts(&import), [1, 2, 0, 1, 0, 0, 0]);
        assert_eq!(actions(&console, "license", 1).await, ["license changed"]);
        assert_eq!(actions(&console, "license", 2).await, ["license gone from the server"]);
        assert_eq!(actions(&console, "client", 2).await, ["license gone from the server"]);
        assert_eq!(actions(&console, "key_pack", 1).await, ["key pack changed"]);
        let line = &history(console.db(), &Filter::about("license", 1), &Window::first(1)).await.unwrap()[0];
        assert!(line.before.as_ref().unwrap().contains("2026-07-01T09:14:22Z"), "{line:?}");
        assert_eq!(line.differences().len(), 2, "only what differs is said: {line:?}");
        assert_eq!(console.count("select count(*) from licenses").await, 3);
        assert_eq!(console.count("select count(*) from key_pack_counts where key_pack_id = 1").await, 2);
    }

    async fn a_license_that_comes_back_is_the_same_license(console) {
        two_clients(&console).await;
        for (day, rows) in [
            ("2026-08-23", vec![license(1, "PC-0117", "aa01")]),
            ("2026-08-24", vec![license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02")]),
        ] {
            console.pass(2 * 86_400);
            console.bring("LIC-01").captured(day).file("issued.csv", licenses(&rows)).apply().await;
        }
        assert_eq!(actions(&console, "license", 2).await, ["license back on the server", "license gone from the server"]);
        assert_eq!(console.count("select count(*) from licenses where gone_at is null").await, 2);
    }

    async fn a_license_id_that_belongs_to_another_client_now_is_a_conflict(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0900", "cc01"), license(2, "PC-0118", "aa02")];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        assert_eq!(counts(&preview.import().await), [0, 0, 1, 0, 0, 1, 0]);
        let trouble = preview.troubles().await.remove(0);
        assert!(trouble.message.contains("PC-0117") && trouble.message.contains("PC-0900"), "{}", trouble.message);
        assert!(preview.refusal().await.contains("conflict"));
        assert_eq!(console.count("select count(*) from clients").await, 2, "nothing was changed");
        preview.settle(Which::One(trouble.n), "reassigned").await;
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from licenses l join clients c on c.id = l.client_id where c.name = 'PC-0900'").await, 1);
        assert_eq!(actions(&console, "client", 1).await, ["license given to another client"]);
    }

    async fn a_rebuilt_database_begins_a_new_epoch_and_loses_nothing(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0900", "cc01"), license(2, "PC-0901", "cc02")];
        let preview = console
            .bring("LIC-01")
            .file("keypacks.csv", packs(&[(4, 50, 2)]))
            .file("issued.csv", licenses(&rows))
            .preview()
            .await;
        let trouble = preview.troubles().await.remove(0);
        preview.settle(Which::One(trouble.n), "rebuilt").await;
        assert_eq!(counts(&preview.import().await), [3, 0, 0, 3, 0, 0, 0]);
        preview.apply().await.unwrap();
        assert_eq!(console.count("select epoch from license_servers").await, 2);
        assert_eq!(console.count("select count(*) from key_packs where gone_at is null and epoch = 2").await, 1);
        assert_eq!(console.count("select count(*) from key_packs").await, 2);
        assert_eq!(console.count("select count(*) from licenses where gone_at is null").await, 2);
        assert_eq!(console.count("select count(*) from licenses").await, 4);
    }

    async fn an_older_file_adds_to_history_and_changes_no_current_value(console) {
        let now = [L { issued: "20260801", ..license(1, "PC-0117", "aa01") }];
        console.bring("LIC-01").captured("2026-08-20").file("issued.csv", licenses(&now)).apply().await;
        let then = [license(1, "PC-OLDNAME", "aa01"), license(9, "PC-0009", "aa09")];
        let import = console.bring("LIC-01").captured("2026-08-10").file("issued.csv", licenses(&then)).apply().await;
        assert_eq!(counts(&import), [1, 0, 0, 0, 1, 0, 0]);
        assert_eq!(actions(&console, "license", 1).await, ["license seen in an older export"]);
        assert_eq!(console.count("select count(*) from clients where name = 'PC-0117'").await, 1);
        assert_eq!(console.count("select count(*) from licenses where license_number = 9 and gone_at is not null").await, 1);
        assert_eq!(console.count("select licenses_seen_at from license_servers").await, Moment::of_day("2026-08-20").unwrap().0);
        let again = console.bring("LIC-01").captured("2026-08-10").file("issued.csv", licenses(&then)).preview().await;
        assert_eq!(again.import().await.state, State::NothingToDo, "the same older file twice");
    }

    async fn a_file_in_which_much_would_vanish_is_refused_until_someone_says_it_is_so(console) {
        let names: Vec<(String, String)> = (0..60).map(|n| (format!("PC-{n:04}"), format!("aa{n:04}"))).collect();
        let rows: Vec<L<'_>> = (1..).zip(&names).map(|(n, (name, hw))| license(n, name, hw)).collect();
        console.bring("LIC-01").file("issued.csv", licenses(&rows)).apply().await;
        console.pass(86_400);
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows[..30])).preview().await;
        assert!(preview.refusal().await.contains("30 of the 60 licenses of LIC-01 would be gone"));
        let import = console.bring("LIC-01").part().file("issued.csv", licenses(&rows[..30])).preview().await.import().await;
        assert_eq!(import.state, State::NothingToDo, "a part says nothing of the rest");
        let import = console.bring("LIC-01").accepting_gone().file("issued.csv", licenses(&rows[..30])).apply().await;
        assert_eq!(import.gone_count, 30);
        let empty = console.bring("LIC-01").captured("2026-08-24").file("issued.csv", licenses(&[])).preview().await;
        assert!(empty.refusal().await.contains("30 of the 30 licenses"));
    }

    async fn a_file_of_several_servers_is_several_servers(console) {
        let text = |server: &str, rows: &[L<'_>]| {
            let lines: Vec<String> = licenses(rows).lines().skip(1).map(|line| format!("{server},{line}\r\n")).collect();
            lines.concat()
        };
        let head = format!("PSComputerName,{}\r\n", licenses(&[]).trim());
        let file = head
            + &text("LIC-01", &[license(1, "PC-0117", "aa01")])
            + &text("LIC-02", &[license(1, "PC-0118", "aa02")])
            + &text("", &[license(1, "PC-0119", "aa03")]);
        console.bring("LIC-03").company("Contoso").file("issued.csv", file.clone()).apply().await;
        assert_eq!(console.count("select count(*) from license_servers").await, 3);
        assert_eq!(console.count("select count(*) from licenses").await, 3);
        let refused = console.bring("").company("Contoso").captured("2026-08-24").file("issued.csv", file).preview().await.import().await;
        assert_eq!(refused.state, State::Asking);
        assert!(refused.message.contains("Name the server"), "{}", refused.message);
    }

    async fn a_single_computer_name_is_the_server_that_was_named(console) {
        let file = licenses(&[license(1, "PC-0117", "aa01")]);
        let lines: Vec<String> = file
            .lines()
            .enumerate()
            .map(|(n, line)| format!("{},{line}\r\n", if n == 0 { "PSComputerName" } else { "lic-01.corp.example" }))
            .collect();
        console.bring("LIC-01").file("issued.csv", lines.concat()).apply().await;
        assert_eq!(console.count("select count(*) from license_servers where name = 'LIC-01'").await, 1);
    }

    async fn ambiguous_dates_are_asked_about_and_never_guessed(console) {
        let file = "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n\
                    1,4,,PC-0117,2,3/5/2026 9:14:22,5/6/2026 9:14:22,aa01\r\n";
        let asks = console.bring("LIC-01").file("issued.csv", file).preview().await;
        assert_eq!(asks.import().await.state, State::Asking);
        for (order, day) in [("day_first", "2026-05-03"), ("month_first", "2026-03-05")] {
            let import = console.bring(order).dates(order).file("issued.csv", file).apply().await;
            assert_eq!(import.new_count, 1);
            let issued = console.db().sql("select max(issued_at) from licenses where first_import_id = $1").bind(import.id).scalar::<i64>().await.unwrap();
            assert_eq!(Moment(issued).day(&jiff::tz::TimeZone::UTC), day);
        }
    }

    async fn of_rows_that_stand_twice_the_one_that_is_not_left_out_comes_in(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let row = |n, name, id| license(n, name, id);
        let rows = [row(3, "PC-0300", "aa03"), row(3, "PC-0301", "aa04"), row(4, "PC-0302", "aa05"), row(4, "PC-0303", "aa06")];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        let troubles = preview.troubles().await;
        assert_eq!(troubles.iter().map(|trouble| trouble.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
        preview.settle(Which::One(troubles[0].n), "left_out").await;
        let import = preview.import().await;
        assert_eq!((import.error_count, import.left_out_count, import.new_count), (2, 1, 1));
        // Both rows of a license together: none is left to be taken.
        preview.settle(Which::These(&[troubles[2].n, troubles[3].n]), "left_out").await;
        let import = preview.import().await;
        assert_eq!((import.error_count, import.left_out_count, import.new_count), (0, 3, 1));
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from clients where name like 'PC-030%'").await, 1);
        assert_eq!(console.count("select count(*) from clients where name = 'PC-0301'").await, 1);
    }

    async fn rows_with_errors_must_be_mended_or_left_out_on_purpose(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0117", "aa01"), license(3, "PC-0300", "aa03"), license(3, "PC-0301", "aa04")];
        let file = licenses(&rows) + "x,4,,PC-0118,2,20260701091422.000000+000,20260920091422.000000+000,aa02\r\n";
        let preview = console.bring("LIC-01").file("issued.csv", file).preview().await;
        let import = preview.import().await;
        assert_eq!(import.error_count, 3);
        let troubles = preview.troubles().await;
        assert_eq!(troubles.iter().map(|trouble| trouble.line).collect::<Vec<_>>(), [5, 3, 4]);
        let says = "License ID 3 of keypack ID 4 stands twice: here held by PC-0300 since 2026-07-01, in line 4 held by PC-0301 since 2026-07-01. Leave one of the rows out.";
        assert_eq!(troubles[1].message, says);
        assert!(preview.refusal().await.contains("3 rows with errors"));
        preview.settle(Which::AllErrors, "left_out").await;
        let import = preview.import().await;
        assert_eq!((import.error_count, import.left_out_count, import.gone_count), (0, 3, 0), "a file with holes says nothing of what is gone");
    }

    async fn rows_that_are_left_out_bring_no_client(console) {
        let rows = [license(1, "PC-0117", "aa01"), license(3, "PC-0300", "aa03"), license(3, "PC-0301", "aa04")];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        preview.settle(Which::AllErrors, "left_out").await;
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from clients").await, 1);
        assert_eq!(console.count("select count(*) from licenses").await, 1);
    }

    async fn an_export_that_tells_another_license_server_id_is_asked_about(console) {
        let id = |last: char| format!("Name,LicenseServerId\r\nLIC-01,{}{last}\r\n", "ABCDE".repeat(6) + "2345");
        let rows = [license(1, "PC-0117", "aa01")];
        console.bring("LIC-01").file("server.csv", id('6')).file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(console.count("select count(*) from license_servers where license_server_id like '%23456'").await, 1);
        for (way, epoch, new) in [("reactivated", 1, 1), ("rebuilt", 2, 2)] {
            console.pass(86_400);
            let rows = [license(1, "PC-0117", "aa01"), license(7 + epoch, "PC-0118", "aa02")];
            let last = if epoch == 1 { '7' } else { '8' };
            let preview = console.bring("LIC-01").file("server.csv", id(last)).file("issued.csv", licenses(&rows)).preview().await;
            let trouble = preview.troubles().await.remove(0);
            assert_eq!(trouble.kind, "license_server_id");
            preview.settle(Which::One(trouble.n), way).await;
            assert_eq!(preview.import().await.new_count, new, "{way}");
            preview.apply().await.unwrap();
            assert_eq!(console.count("select epoch from license_servers").await, epoch, "{way}");
        }
    }

    async fn licenses_may_come_before_their_packs_and_take_their_version_then(console) {
        let rows = [license(1, "PC-0117", "aa01")];
        console.bring("LIC-01").file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(console.count("select count(*) from licenses where version = 'unknown'").await, 1);
        console.pass(86_400);
        let import = console.bring("LIC-01").file("keypacks.csv", packs(&[(4, 50, 1)])).apply().await;
        assert_eq!(counts(&import), [0, 1, 0, 0, 0, 0, 0]);
        assert_eq!(console.count("select count(*) from licenses where version = '2022'").await, 1);
        assert_eq!(actions(&console, "key_pack", 1).await, ["key pack described"]);
    }

    async fn a_discarded_import_leaves_nothing(console) {
        let rows = [license(1, "PC-0117", "aa01")];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        preview.worker.discard(preview.id, "Ada").await.unwrap();
        for text in [
            "select count(*) from licenses",
            "select count(*) from clients",
            "select count(*) from license_servers",
            "select count(*) from import_licenses",
            "select count(*) from import_chunks",
            "select line from history_tail",
        ] {
            assert_eq!(console.count(text).await, 0, "{text}");
        }
        assert!(preview.refusal().await.contains("Discarded"));
    }

    async fn a_preview_that_another_import_overtook_is_made_anew(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let one = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02"), license(3, "PC-0119", "aa03")];
        let waiting = console.bring("LIC-01").file("issued.csv", licenses(&one)).preview().await;
        let two = [one[0], one[1], one[2], license(4, "PC-0120", "aa04")];
        console.bring("LIC-01").file("issued.csv", licenses(&two)).apply().await;
        assert!(waiting.refusal().await.contains("compared anew"));
        let import = waiting.import().await;
        assert_eq!(counts(&import), [0, 0, 3, 1, 0, 0, 0]);
        waiting.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from licenses").await, 4);
    }

    async fn packs_keep_what_the_server_says_even_over_use_and_odd_pools(console) {
        let odd = packs(&[(4, 20, 23)])
            + "2,A02-5.00-EX,6,3,Windows 2000 Server,0,4294967295,0,4294967295,20351231230000.000000-000,7,Built-in TS Per Device CAL\r\n\
               13,A02-6.00-S,4,0,Windows Server 2008 oder Windows Server 2008 R2,2,-1,100,-1,20380119031407.000000-000,7,x\r\n\
               10,C50-6.02-S,7,1,Windows Server 2012,4,0,0,0,20380119031407.000000-000,7,RDS Per User CAL\r\n";
        console.bring("LIC-01").file("keypacks.csv", odd).apply().await;
        for (text, expected) in [
            ("select count(*) from key_packs where issued = 23 and quantity = 20 and available = 0", 1),
            ("select count(*) from key_packs where origin = 'built_in' and version = '2000' and quantity is null", 1),
            ("select count(*) from key_packs where origin = 'temporary' and version = '2008' and issued = 100", 1),
            ("select count(*) from key_packs where key_pack_type = 7 and quantity = 0 and origin = 'unknown'", 1),
        ] {
            assert_eq!(console.count(text).await, expected, "{text}");
        }
    }

    async fn what_a_copy_left_when_it_ended_is_gone_on_with(console) {
        let rows = [license(1, "PC-0117", "aa01")];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        for state in ["applying", "reading"] {
            let mut tx = console.db().begin("", console.app.now()).await.unwrap();
            tx.sql("update imports set state = $1").bind(state).execute().await.unwrap();
            tx.commit().await.unwrap();
            preview.worker.go_on().await.unwrap();
            assert_ne!(preview.import().await.state, State::Ready, "it may still be at work: {state}");
            console.pass(60);
            preview.worker.go_on().await.unwrap();
            assert_eq!(preview.import().await.state, State::Ready, "{state}");
        }
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from licenses").await, 1);
    }

    async fn an_export_tells_its_own_server_and_when_it_was_made(console) {
        let id = "ABCDE".repeat(7);
        let server = format!("Name,LicenseServerId,ProductId,ExportedAt\r\nLIC-09,{id},00252-80000-00000-AT000,2026-08-20T10:00:00Z\r\n");
        let rows = [license(1, "PC-0117", "aa01")];
        let import = console.bring("").file("server.csv", server).file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(import.server_name, "LIC-09");
        assert_eq!(import.captured_at.iso(), "2026-08-20T10:00:00Z");
        assert_eq!(console.count("select count(*) from license_servers where name = 'LIC-09' and product_id like '00252%'").await, 1);
    }

    async fn a_server_that_is_not_activated_has_no_id_and_that_is_no_error(console) {
        let server = "Name,LicenseServerId,ActivationStatus\r\nLIC-01,,1\r\n";
        let rows = [license(1, "PC-0117", "aa01")];
        console.bring("LIC-01").file("server.csv", server).file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(console.count("select count(*) from license_servers where license_server_id is null").await, 1);
    }

    async fn a_pack_that_only_licenses_tell_of_is_not_gone_with_the_next_file(console) {
        let rows = [license(1, "PC-0117", "aa01"), L { pack: 9, ..license(1, "PC-0118", "aa02") }];
        let both = |company: &'static str| {
            let bring = console.bring("LIC-01").company(company).captured("2026-08-20");
            bring.file("keypacks.csv", packs(&[(4, 50, 1)])).file("issued.csv", licenses(&rows))
        };
        both("Contoso").apply().await;
        for (company, captured) in [("", "2026-08-20"), ("Contoso", "2026-08-21")] {
            let again = both(company).captured(captured).preview().await.import().await;
            assert_eq!(again.state, State::NothingToDo, "{company} {captured}");
        }
    }
}
