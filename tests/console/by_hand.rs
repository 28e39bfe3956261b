//! Key packs, clients and licenses by hand: recording, correcting with a reason, two tabs, taking off; and who is shown
//! a license key pack ID.

use reseat::imports::import::State;
use reseat::imports::settle::Which;

use crate::bring::{counts, license, licenses, packs};
use crate::on_both;
use crate::support::{Console, Person};

const ID: &str = "bcdfg hjkmp qrtvw xy234 6789b cdfgh jkmpq";

/// A company with a Windows 2000 server, neither of which any import tells of.
async fn old_server(console: &Console) -> Person {
    let mut ada = console.admin().await;
    ada.post("/companies", &[("name", "Contoso")]).await.is(303);
    ada.post("/license-servers", &[("company", "1"), ("name", "LIC-2000")]).await.is(303);
    ada
}

const PACK: [(&str, &str); 6] = [
    ("license_server", "1"),
    ("product_version", "2000"),
    ("license_type", "per_device"),
    ("total", "20"),
    ("origin", "original"),
    ("state", "installed"),
];

/// The fields, some of them otherwise.
fn with<'a>(fields: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| other.iter().all(|(changed, _)| changed != name));
    kept.chain(other).copied().collect()
}

on_both! {
    async fn a_key_pack_of_an_old_server_is_recorded_with_its_agreement_and_its_id_is_masked(console) {
        let mut ada = old_server(&console).await;
        let bought = [("company", "1"), ("program", "other"), ("agreement_number", "X-1"), ("product_version", "2000"),
            ("license_type", "per_device"), ("quantity", "20"), ("transfer_policy", "one_time")];
        ada.post("/agreements", &bought).await.is(303);
        ada.get("/key-packs/new?server=1").await.is(200).says("Other agreement X-1").says("<option value=\"1\" selected>LIC-2000");
        let fields = with(&PACK, &[("license_key_pack_id", ID), ("agreement", "1"), ("installed_on", "2004-05-06"), ("issued", "3")]);
        let page = ada.post_and_follow("/key-packs", &fields).await;
        page.is(200).says("Windows 2000 Server Per Device").says("recorded by hand").says("Other agreement X-1").says("2004-05-06");
        page.says("<span>•••••</span><span>JKMPQ</span>").says_nothing_of("BCDFG").says(">17<");
        for address in ["/key-packs", "/key-packs.csv?columns=all", "/history", "/key-packs/1/edit", "/key-packs?agreement=1"] {
            ada.get(address).await.is(200).says_nothing_of("BCDFG");
        }
        ada.get("/key-packs?agreement=2").await.says("No key pack fits");
        console.auditor().await.get("/key-packs").await.says("Windows 2000 Server Per Device").says_nothing_of("/key-packs/new");
    }

    async fn a_license_key_pack_id_is_shown_to_the_help_desk_by_a_change_that_history_keeps(console) {
        let mut ada = old_server(&console).await;
        ada.post("/key-packs", &with(&PACK, &[("license_key_pack_id", ID)])).await.is(303);
        ada.post("/key-packs", &PACK).await.is(303);
        let mut audrey = console.auditor().await;
        audrey.get("/key-packs/1").await.says("JKMPQ").says_nothing_of("Show it whole");
        audrey.post("/key-packs/1/license-key-pack-id", &[]).await.is(403);
        let mut hal = console.help_desk().await;
        let shown = hal.post("/key-packs/1/license-key-pack-id", &[]).await;
        shown.is(200).says("<span>BCDFG</span><span>HJKMP</span>").says("BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ");
        assert_eq!(shown.headers["cache-control"], "no-store");
        hal.get("/key-packs/1").await.says("License key pack ID shown").says_nothing_of("BCDFG");
        hal.post("/key-packs/2/license-key-pack-id", &[]).await.is(404);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_refused_key_pack_keeps_what_was_typed_and_changes_nothing(console) {
        let mut ada = old_server(&console).await;
        console.stock().company("Fabrikam").await;
        let bought = [("company", "2"), ("program", "other"), ("agreement_number", "X-1"), ("product_version", "2000"),
            ("license_type", "per_device"), ("quantity", "20"), ("transfer_policy", "one_time")];
        ada.post("/agreements", &bought).await.is(303);
        ada.post("/key-packs", &with(&PACK, &[("license_key_pack_id", ID), ("keypack_id", "7")])).await.is(303);
        for (other, says) in [
            (("license_server", ""), "Choose the license server"),
            (("license_server", "99"), "Choose the license server"),
            (("product_version", "1999"), "Choose the product version"),
            (("license_type", ""), "Choose the license type"),
            (("total", ""), "Only a pool of Windows itself has no end"),
            (("total", "-1"), "a number from 1 to 9,999,999"),
            (("total", "99999999999999999999"), "a number from 1 to 9,999,999"),
            (("issued", "some"), "how many of its licenses are issued"),
            (("keypack_id", "one"), "the number under “Keypack ID”"),
            (("keypack_id", "7"), "Key pack K-1 has the keypack ID 7 on this server already."),
            (("license_key_pack_id", "bcdfg"), "these are 5"),
            (("license_key_pack_id", "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ"), "Key pack K-1 bears this license key pack ID"),
            (("agreement", "1"), "an agreement of the company whose server it is"),
            (("origin", "found"), "Choose how it came to be"),
            (("state", "lost"), "Choose where it stands"),
            (("installed_on", "5/6/2004"), "Write a day that exists, like 2026-08-22"),
            (("expires_on", "never"), "Write a day that exists, like 2026-08-22"),
            (("note", "a\0b"), "characters that cannot be shown"),
        ] {
            let page = ada.post("/key-packs", &with(&with(&PACK, &[("note", "kept words")]), &[other])).await;
            page.is(422).says(says);
            if other.0 != "note" {
                page.says("kept words");
            }
        }
        ada.get("/key-packs").await.says(">1 key pack<");
    }

    async fn a_key_pack_is_corrected_with_a_reason_and_two_ids_of_one_ending_are_told_apart(console) {
        let mut ada = old_server(&console).await;
        ada.post("/key-packs", &with(&PACK, &[("license_key_pack_id", ID)])).await.is(303);
        let seen = ada.get("/key-packs/1/edit").await.is(200).says("ends in JKMPQ").seen();
        let heard = "ccdfg hjkmp qrtvw xy234 6789b cdfgh jkmpq";
        let fields = with(&PACK, &[("license_key_pack_id", heard), ("seen", &seen), ("reason", "Heard wrongly")]);
        let page = ada.post_and_follow("/key-packs/1", &fields).await;
        page.is(200).says("Heard wrongly").says("<del>…-JKMPQ (").says("<ins>…-JKMPQ (");
        // An older page overwrites nothing.
        ada.post("/key-packs/1", &with(&PACK, &[("total", "25"), ("seen", &seen), ("reason", "Counted")])).await.is(422).says("Changed meanwhile").says("value=\"25\"");
        let seen = ada.get("/key-packs/1/edit").await.seen();
        let nothing = ada.post("/key-packs/1", &with(&PACK, &[("seen", &seen), ("reason", "Again")])).await;
        nothing.is(422).says("Nothing differs");
        let fields = with(&PACK, &[("forget_license_key_pack_id", "yes"), ("state", "superseded"), ("seen", &seen), ("reason", "Not its ID")]);
        ada.post_and_follow("/key-packs/1", &fields).await.is(200).says("Superseded").says_nothing_of("Show it whole");
    }

    async fn of_a_key_pack_that_its_server_shows_people_correct_only_what_no_server_tells(console) {
        let server = console.stock().server("LIC-01").await;
        let pack = console.stock().key_pack(server).of(10).await;
        let mut ada = console.admin().await;
        let page = format!("/key-packs/{pack}");
        let seen = ada.get(&format!("{page}/edit")).await.is(200).says_nothing_of("name=\"total\"").says("What its server shows").seen();
        let fields = with(&PACK, &[("origin", "reissue"), ("total", "99"), ("seen", &seen), ("reason", "The call of 3 May")]);
        let after = ada.post_and_follow(&page, &fields).await;
        after.is(200).says("<ins>Reissue</ins>").says_nothing_of(">99<").says("<dd>10</dd>");
        let seen = ada.get(&format!("{page}/edit")).await.seen();
        let retired = ada.post(&format!("{page}/retirement"), &[("seen", &seen), ("reason", "Gone")]).await;
        retired.is(422).says("Its server shows this key pack: take it off there");
    }

    async fn a_key_pack_recorded_by_hand_is_taken_off_its_server_and_put_back(console) {
        let mut ada = old_server(&console).await;
        ada.post("/key-packs", &PACK).await.is(303);
        for (back, reason, says) in [("", "Server switched off", "off its server"), ("yes", "Still needed", "on its server again")] {
            let seen = ada.get("/key-packs/1/edit").await.seen();
            ada.post("/key-packs/1/retirement", &[("seen", &seen), ("back", back)]).await.is(422).says("Say why");
            let fields = [("seen", seen.as_str()), ("back", back), ("reason", reason)];
            ada.post_and_follow("/key-packs/1/retirement", &fields).await.is(200).says(says).says(reason);
        }
        ada.get("/key-packs?state=installed").await.says(">1 key pack<");
        // Said by a correction it is the same.
        for (state, on) in [("removed", "gone"), ("installed", "server")] {
            let seen = ada.get("/key-packs/1/edit").await.seen();
            ada.post("/key-packs/1", &with(&PACK, &[("state", state), ("seen", &seen), ("reason", "Counted")])).await.is(303);
            ada.get(&format!("/key-packs?on={on}")).await.says(">1 key pack<");
        }
    }

    async fn a_client_is_added_by_the_help_desk_corrected_and_decommissioned(console) {
        console.stock().company("Contoso").await;
        let mut hal = console.help_desk().await;
        let fields = [("company", "1"), ("kind", "computer"), ("name", "PC-0117"), ("os_family", "2"), ("site", "Berlin"), ("owner", "Ada"), ("status", "active")];
        let page = hal.post_and_follow("/clients", &fields).await;
        page.is(200).says("<h1>PC-0117</h1>").says("Windows XP Professional").says("Berlin").says("PC-0117 is recorded.");
        let seen = hal.get("/clients/1/edit").await.is(200).says("value=\"PC-0117\"").seen();
        let fields = with(&fields, &[("hardware_id", "0AFF"), ("os_family", "3"), ("seen", &seen), ("reason", "Read on the computer")]);
        let page = hal.post_and_follow("/clients/1", &fields).await;
        page.is(200).says("0aff").says("<del>Windows XP Professional</del>").says("<ins>Windows XP Home</ins>").says("Read on the computer");
        hal.post("/clients/1", &fields).await.is(422).says("Changed meanwhile");
        let seen = hal.get("/clients/1/edit").await.seen();
        let gone = [("seen", seen.as_str()), ("reason", "Replaced")];
        hal.post_and_follow("/clients/1/retirement", &gone).await.is(200).says("Decommissioned").says("Replaced");
        hal.get("/clients?status=decommissioned").await.says("PC-0117");
        hal.get("/clients?os_family=3").await.says("PC-0117").says("Windows XP Home");
        hal.get("/clients?status=active").await.says("No client fits");
        let seen = hal.get("/clients/1/edit").await.seen();
        let back = [("seen", seen.as_str()), ("reason", "Used again"), ("back", "yes")];
        hal.post_and_follow("/clients/1/retirement", &back).await.is(200).says("in use again");
    }

    async fn a_refused_client_keeps_what_was_typed_and_changes_nothing(console) {
        console.stock().company("Contoso").await;
        let mut hal = console.help_desk().await;
        let fields = [("company", "1"), ("kind", "computer"), ("name", "PC-0117"), ("status", "active")];
        hal.post("/clients", &fields).await.is(303);
        hal.post("/clients", &with(&fields, &[("name", "PC-0118"), ("hardware_id", "0aff")])).await.is(303);
        for (other, says) in [
            (("company", ""), "Choose the company"),
            (("company", "9"), "Choose the company"),
            (("kind", "printer"), "a computer or a user"),
            (("name", " "), "Type its name"),
            (("name", "pc-0117"), "is known already, as client number 1"),
            (("name", "PC-0118"), "A computer of this name is known already, as client number 2"),
            (("hardware_id", "0AFF"), "PC-0118 is known already, as client number 2"),
            (("os_family", "99"), "Choose one of the systems"),
            (("status", "asleep"), "Choose what became of it"),
        ] {
            hal.post("/clients", &with(&fields, &[("note", "kept words"), other])).await.is(422).says(says).says("kept words");
        }
        hal.get("/clients").await.says(">2 clients<");
    }

    async fn a_license_of_an_old_server_is_recorded_with_its_holder(console) {
        let mut ada = old_server(&console).await;
        ada.post("/key-packs", &PACK).await.is(303);
        ada.get("/licenses/new?key_pack=1").await.is(200).says("Windows 2000 Server Per Device");
        ada.get("/licenses/new?key_pack=99").await.is(200).says("Its number here");
        let fields = [("key_pack", "1"), ("client", "PC-0117"), ("status", "active"), ("issued_on", "2026-06-01")];
        ada.post("/licenses", &fields).await.is(422).says("No client of this company is named PC-0117").says("value=\"PC-0117\"");
        let page = ada.post_and_follow("/licenses", &with(&fields, &[("new_client", "yes"), ("note", "From the paper list")])).await;
        page.is(200).says("recorded by hand").says("PC-0117").says("From the paper list");
        ada.get("/clients/1").await.says("License recorded").says("Windows 2000 Server Per Device");
        ada.get("/licenses").await.says(">1 license<");
        // The holder is found again by name or number; two of a name are told apart by number.
        ada.post("/licenses", &with(&fields, &[("client", "pc-0117"), ("status", "temporary"), ("expires_on", "2026-08-30")])).await.is(303);
        ada.post("/clients", &[("company", "1"), ("kind", "computer"), ("name", "PC-0117"), ("status", "active"), ("hardware_id", "0aff")]).await.is(303);
        ada.post("/licenses", &fields).await.is(422).says("Several clients are named PC-0117").says("2 (hardware ID 0aff)");
        ada.post("/licenses", &with(&fields, &[("client", "2")])).await.is(303);
        ada.get("/clients/2").await.says("License recorded");
    }

    async fn a_refused_license_keeps_what_was_typed_and_changes_nothing(console) {
        let mut ada = old_server(&console).await;
        ada.post("/key-packs", &PACK).await.is(303);
        let fields = [("key_pack", "1"), ("client", "PC-0117"), ("new_client", "yes"), ("status", "active"), ("issued_on", "2026-06-01"), ("license_number", "7")];
        ada.post("/licenses", &fields).await.is(303);
        for (other, says) in [
            (("key_pack", "99"), "No key pack has this number"),
            (("key_pack", "A02"), "Type the key pack’s number"),
            (("client", " "), "Type the name of the computer or user"),
            (("status", "expired"), "Choose the status"),
            (("status", "temporary"), "the temporary license expires"),
            (("issued_on", ""), "Type the day on which it was issued"),
            (("issued_on", "June"), "Write a day that exists, like 2026-08-22"),
            (("expires_on", "2026-05-01"), "It cannot expire before it was issued"),
            (("license_number", "7"), "has a license of this number already"),
        ] {
            ada.post("/licenses", &with(&fields, &[("note", "kept words"), other])).await.is(422).says(says).says("kept words");
        }
        ada.get("/licenses").await.says(">1 license<");
        ada.get("/clients").await.says(">1 client<");
    }

    async fn a_license_recorded_by_hand_is_corrected_and_taken_off_and_one_of_an_export_only_gets_a_note(console) {
        let mut ada = old_server(&console).await;
        ada.post("/key-packs", &PACK).await.is(303);
        let fields = [("client", "PC-0117"), ("new_client", "yes"), ("status", "active"), ("issued_on", "2026-06-01")];
        ada.post("/licenses", &with(&fields, &[("key_pack", "1")])).await.is(303);
        let seen = ada.get("/licenses/1/edit").await.is(200).says("value=\"PC-0117\"").seen();
        let other = with(&fields, &[("client", "PC-0200"), ("seen", &seen), ("reason", "Wrong row read")]);
        let page = ada.post_and_follow("/licenses/1", &other).await;
        page.is(200).says("<del>PC-0117</del>").says("<ins>PC-0200</ins>");
        ada.get("/clients/1").await.says("License corrected").says("No server shows a license");
        ada.get("/clients/2").await.says("License corrected");
        ada.post("/licenses/1", &other).await.is(422).says("Changed meanwhile");
        let seen = ada.get("/licenses/1/edit").await.seen();
        ada.post_and_follow("/licenses/1/retirement", &[("seen", &seen), ("reason", "Revoked")]).await.is(200).says("no longer on the server").says("Revoked");

        let stock = console.stock();
        let pack = stock.key_pack(1).await;
        let license = stock.license(pack, 1).await;
        let page = format!("/licenses/{license}");
        let seen = ada.get(&format!("{page}/edit")).await.is(200).says_nothing_of("name=\"issued_on\"").seen();
        let noted = [("note", "Asked on 3 May"), ("client", "PC-0200"), ("seen", seen.as_str()), ("reason", "For the audit")];
        ada.post_and_follow(&page, &noted).await.is(200).says("Asked on 3 May").says("held by <a href=\"/clients/1\">");
        let seen = ada.get(&format!("{page}/edit")).await.seen();
        ada.post(&format!("{page}/retirement"), &[("seen", &seen), ("reason", "Gone")]).await.is(422).says("the next import says when it is gone");
    }

    async fn an_import_recognizes_the_pack_and_the_license_that_were_recorded_by_hand(console) {
        let mut ada = old_server(&console).await;
        let pack = with(&PACK, &[("product_version", "2022"), ("total", "50"), ("state", "received"), ("license_key_pack_id", ID)]);
        ada.post("/key-packs", &pack).await.is(303);
        for client in ["PC-0117", "PC-0118"] {
            let license = [("key_pack", "1"), ("client", client), ("new_client", "yes"), ("status", "active"), ("issued_on", "2026-06-01")];
            ada.post("/licenses", &license).await.is(303);
        }
        let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0119", "aa02")];
        let files = || console.bring("LIC-2000").file("keypacks.csv", packs(&[(4, 50, 2)])).file("issued.csv", licenses(&rows));
        assert_eq!(counts(&files().apply().await), [1, 2, 0, 0, 0, 0, 0]);
        for (text, count) in [
            ("select count(*) from key_packs where keypack_id = 4 and state = 'installed' and entered_by_hand = 0", 1),
            ("select count(*) from key_packs", 1),
            ("select count(*) from licenses where license_number = 1 and entered_by_hand = 0 and id = 1 and first_import_id = 1", 1),
            ("select count(*) from licenses where entered_by_hand = 1 and gone_at is null", 1),
            ("select count(*) from clients where name = 'PC-0117' and hardware_id = 'aa01'", 1),
            ("select count(*) from clients", 3),
        ] {
            assert_eq!(console.count(text).await, count, "{text}");
        }
        let page = ada.get("/key-packs/1").await;
        page.says("Key pack recognized on the server").says("<ins>Installed</ins>").says("JKMPQ").says_nothing_of("recorded by hand");
        console.pass(86_400);
        assert_eq!(files().preview().await.import().await.state, State::NothingToDo);
    }

    async fn what_may_be_recorded_by_hand_already_is_asked_and_never_guessed(console) {
        let mut ada = old_server(&console).await;
        let pack = with(&PACK, &[("product_version", "2022"), ("total", "50")]);
        for _ in 0..2 {
            ada.post("/key-packs", &pack).await.is(303);
        }
        let files = console.bring("LIC-2000").file("keypacks.csv", packs(&[(4, 50, 2), (5, 20, 0)]));
        let preview = files.preview().await;
        let troubles = preview.troubles().await;
        assert_eq!(troubles.len(), 2);
        assert!(troubles[0].message.contains("Keypack ID 4 on LIC-2000 (Windows Server 2022 Per Device, 50 licenses)"), "{}", troubles[0].message);
        assert!(preview.refusal().await.contains("2 conflicts"));
        ada.get("/imports/1?show=conflicts").await.is(200).reads("It is key pack K-1, recorded by hand").says("It is another key pack");
        preview.settle(Which::One(troubles[0].n), "2").await;
        // One thing on paper is one thing on the server: it is not offered again.
        let left = preview.troubles().await.remove(0).n;
        for taken in ["2", "3"] {
            ada.post("/imports/1/answers", &[("n", &left.to_string()), ("way", taken)]).await.is(422).says("Choose one of the answers");
        }
        preview.settle(Which::One(left), "another").await;
        preview.apply().await.unwrap();
        for (text, count) in [
            ("select count(*) from key_packs where id = 2 and keypack_id = 4 and entered_by_hand = 0", 1),
            ("select count(*) from key_packs where id = 1 and keypack_id is null and entered_by_hand = 1", 1),
            ("select count(*) from key_packs where keypack_id = 5 and quantity = 20", 1),
            ("select count(*) from key_packs", 3),
        ] {
            assert_eq!(console.count(text).await, count, "{text}");
        }
    }

    async fn a_change_by_hand_while_an_import_waits_is_compared_anew_before_it_is_applied(console) {
        let mut ada = old_server(&console).await;
        let preview = console.bring("LIC-2000").file("keypacks.csv", packs(&[(4, 50, 2)])).preview().await;
        ada.post("/key-packs", &with(&PACK, &[("product_version", "2022"), ("total", "50")])).await.is(303);
        assert!(preview.apply().await.is_err());
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from key_packs").await, 1);
    }
}
