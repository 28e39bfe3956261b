//! Twins and ghosts: all are found and none is invented; what was said of them stays; they vanish and come back.

use std::fmt::Write;

use reseat::findings::filter::Filter;
use reseat::findings::store::{self, ORDERS};
use reseat::history::store::verify;
use reseat::ids::{ClientId, FindingId, LicenseId};
use reseat::imports::preview::Trouble;
use reseat::imports::settle::Which;
use reseat::moment::DAY;
use reseat::users::user::Role;
use reseat::web::slice::Window;
use serde_json::json;

use crate::bring::{L, actions, license, licenses, packs};
use crate::on_both;
use crate::support::{Console, Person};

/// The server's packs: number 4 gives full licenses of 2022, 8 and 9 temporary ones of 2022 and 2019, 5 those of people.
fn all_packs() -> String {
    let mut text = packs(&[(4, 900, 2)]);
    for (id, code, kind, product, version, number, model) in [
        (8, "A02-10.02-S", 4, 0, "Windows Server 2022", 7, "RDS Per Device CAL"),
        (9, "A02-10.01-S", 4, 0, "Windows Server 2019", 6, "RDS Per Device CAL"),
        (5, "C50-10.02-S", 2, 1, "Windows Server 2022", 7, "RDS Per User CAL"),
    ] {
        let _ = write!(
            text,
            "{id},{code},{kind},{product},{version},{number},4294967295,0,4294967295,20380101000000.000000-000,7,{model}\r\n"
        );
    }
    text
}

/// Rows of an export under construction; the names live as long as the test.
#[derive(Default)]
pub struct Rows(Vec<L<'static>>);

impl Rows {
    fn put(&mut self, row: L<'static>) -> &mut Rows {
        let id = i64::try_from(self.0.len()).unwrap() + 1;
        self.0.push(L { id, ..row });
        self
    }

    fn full(&mut self, computer: &str, hardware_id: &str) -> &mut Rows {
        self.put(full(computer, hardware_id))
    }

    fn text(&self) -> String {
        licenses(&self.0)
    }
}

fn kept(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn full(computer: &str, hardware_id: &str) -> L<'static> {
    license(0, kept(computer), kept(hardware_id))
}

fn temporary(computer: &str, hardware_id: &str) -> L<'static> {
    L { pack: 8, status: 1, expires: "20260929", ..full(computer, hardware_id) }
}

fn user(name: &str) -> L<'static> {
    L { pack: 5, user: kept(name), ..full("", "") }
}

/// A license that ran out.
fn ran_out(issued: &'static str, expires: &'static str, name: &str) -> L<'static> {
    L { issued, expires, ..full(name, &format!("dd{}", name.len() * 1_000 + usize::from(name.as_bytes()[3]))) }
}

/// What is planted, and beside each what only looks like it.
pub fn estate() -> Rows {
    let mut rows = Rows::default();
    for n in 0..150 {
        rows.full(&format!("PC-{n:04}"), &format!("aa{n:04}"));
        rows.put(user(&format!("CONTOSO\\user{n}")));
    }
    // Nine twins by name: seven pairs, and three computers of one name.
    for n in 0..7 {
        rows.full(&format!("TWIN-{n}"), &format!("ba{n}")).full(&format!("twin-{n}"), &format!("bb{n}"));
    }
    rows.full("TRIPLET", "bc1").put(temporary("TRIPLET", "bc2")).full("TRIPLET", "bc3");
    // Not: the old one expired, was revoked, bears no name, or is a person's name.
    rows.full("GONE-1", "bd1").put(L { expires: "20260701", issued: "20260501", ..full("GONE-1", "bd2") });
    rows.full("GONE-2", "bd3").put(L { status: 4, ..full("GONE-2", "bd4") });
    rows.full("", "bd5").full("", "bd6").full("anna", "bd7").put(user("anna"));
    // Five of one hardware ID: four pairs, one of them with a third.
    for n in 0..4 {
        rows.full(&format!("COPY-{n}A"), &format!("ca{n}")).full(&format!("COPY-{n}B"), &format!("ca{n}"));
    }
    rows.full("COPY-3C", "ca3");
    // Six that hold both a full and a temporary one. Not: of another version, expired, or two full ones.
    for n in 0..6 {
        rows.full(&format!("BOTH-{n}"), &format!("cb{n}")).put(temporary(&format!("BOTH-{n}"), &format!("cb{n}")));
    }
    rows.full("OTHER", "cc1").put(L { pack: 9, ..temporary("OTHER", "cc1") });
    rows.full("EXPIRED", "cc2").put(L { issued: "20260401", expires: "20260630", ..temporary("EXPIRED", "cc2") });
    rows.full("TWO-FULL", "cc3").full("TWO-FULL", "cc3");
    // Three that were not seen for 180 days; the last one moved its expiry only.
    rows.put(ran_out("20251001", "20251215", "UNSEEN-A"));
    rows.put(ran_out("20260220", "20260501", "UNSEEN-BB"));
    rows.put(ran_out("20200101", "20260110", "UNSEEN-CCC"));
    // Not: seen 174 days ago, or later by its expiry, never expiring, temporary, or with a newer license.
    rows.put(ran_out("20260301", "20260501", "SEEN-DDDD"));
    rows.put(ran_out("20200101", "20260601", "SEEN-EEEEE"));
    rows.put(ran_out("20200101", "20380101", "SEEN-FFFFFF"));
    rows.put(L { issued: "20250101", expires: "20250401", ..temporary("SEEN-G", "ce1") });
    rows.put(L { issued: "20250101", expires: "20250301", ..full("SEEN-H", "ce2") }).full("SEEN-H", "ce2");
    // Three of one person's spelling: a pair, and a third of another. Not: the same spelling twice, or one that expired.
    rows.put(user("CONTOSO\\UserA")).put(user("CONTOSO\\usera")).put(user("CONTOSO\\USERA"));
    rows.put(user("CONTOSO\\Bo")).put(user("contoso\\bo"));
    rows.put(user("same")).put(user("same"));
    rows.put(user("old")).put(L { issued: "20260501", expires: "20260701", ..user("Old") });
    rows
}

const PLANTED: [(&str, i64); 5] =
    [("same_name", 9), ("same_hardware_id", 5), ("full_and_temporary", 6), ("unseen", 3), ("user_spelling", 3)];

/// Brings an export in, as often as it is asked saying that hardware IDs are cloned.
pub async fn shows(console: &Console, rows: &Rows) {
    let bring = console.bring("LIC-01").accepting_gone().file("keypacks.csv", all_packs());
    let preview = bring.file("issued.csv", rows.text()).preview().await;
    let troubles: Vec<Trouble> = preview.troubles().await;
    for trouble in troubles {
        preview.settle(Which::One(trouble.n), "cloned").await;
    }
    preview.apply().await.unwrap();
}

/// `same_name open`, with how many there are of it.
pub async fn stand(console: &Console) -> Vec<(String, String, i64)> {
    let text = "select kind, state, count(*) from findings group by kind, state order by kind, state";
    console.db().sql(text).all().await.unwrap()
}

pub fn planted(but: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    let mut all: Vec<(String, String, i64)> =
        PLANTED.iter().map(|(kind, many)| ((*kind).to_owned(), "open".to_owned(), *many)).collect();
    for (kind, state, many) in but {
        for one in &mut all {
            if one.0 == *kind && one.1 == "open" {
                one.2 -= many;
            }
        }
        all.push(((*kind).to_owned(), (*state).to_owned(), *many));
    }
    all.retain(|one| one.2 > 0);
    all.sort();
    all
}

/// The open findings of a kind, the oldest first.
pub async fn of_kind(console: &Console, kind: &'static str) -> Vec<i64> {
    let text = "select id from findings where kind = $1 and state = 'open' order by id";
    let ids: Vec<(i64,)> = console.db().sql(text).bind(kind).all().await.unwrap();
    ids.into_iter().map(|(id,)| id).collect()
}

pub async fn state(console: &Console, id: i64) -> String {
    console.db().sql("select state from findings where id = $1").bind(id).scalar().await.unwrap()
}

async fn client(console: &Console, name: &str) -> i64 {
    console.db().sql("select max(id) from clients where name = $1").bind(name).scalar().await.unwrap()
}

async fn retire(person: &mut Person, client: i64, back: &str) {
    let edit = person.get(&format!("/clients/{client}/edit")).await;
    let seen = edit.is(200).seen();
    let fields = [("reason", "Scrapped"), ("seen", seen.as_str()), ("back", back)];
    person.post(&format!("/clients/{client}/retirement"), &fields).await.is(303);
}

/// Two computers of one name, and the finding about them.
pub async fn one_pair(console: &Console) -> (Rows, i64) {
    let mut rows = Rows::default();
    rows.full("PC-0117", "aa01").full("PC-0117", "aa02").full("PC-0118", "aa03");
    shows(console, &rows).await;
    let found = of_kind(console, "same_name").await;
    assert_eq!((found.len(), stand(console).await.len()), (1, 1));
    (rows, found[0])
}

on_both! {
    async fn everything_that_was_planted_is_found_and_nothing_is_invented(console) {
        let rows = estate();
        shows(&console, &rows).await;
        assert_eq!(stand(&console).await, planted(&[]));
        // They are told in the import's own line, and in none of their own.
        let (after,): (String,) =
            console.db().sql("select after from history where action = 'import applied'").one().await.unwrap();
        assert!(after.contains("\"findings\":26"), "{after}");
        assert_eq!(console.count("select count(*) from history where subject_kind = 'finding'").await, 0);
        assert_eq!(console.count("select count(*) from findings where found_import_id = 1").await, 26);
        // The next export, with one row more, finds nothing new.
        console.pass(DAY);
        let mut more = Rows(rows.0);
        more.full("PC-9000", "ff");
        shows(&console, &more).await;
        assert_eq!(stand(&console).await, planted(&[]));
        assert!(verify(console.db()).await.unwrap().is_ok());
    }

    async fn what_was_settled_stays_settled_over_later_imports_and_what_vanished_opens_again(console) {
        let rows = estate();
        shows(&console, &rows).await;
        let mut hal = console.help_desk().await;
        let mut twins = Vec::new();
        for name in ["TWIN-0", "TWIN-1", "TWIN-2"] {
            let text = "select f.id from findings f join clients c on c.id = f.client_id where c.name = $1";
            twins.push(console.db().sql(text).bind(name).scalar::<i64>().await.unwrap());
        }
        let (settled, dismissed, left) = (twins[0], twins[1], twins[2]);
        for (id, what) in [(settled, "settlement"), (dismissed, "dismissal")] {
            hal.post(&format!("/reports/findings/{id}/{what}"), &[("reason", "Looked at")]).await.is(303);
        }
        console.pass(DAY);
        let mut more = Rows(rows.0.clone());
        more.full("PC-9000", "ff");
        shows(&console, &more).await;
        let answered = [("same_name", "settled", 1), ("same_name", "dismissed", 1)];
        assert_eq!(stand(&console).await, planted(&answered));
        // The newer licenses of the first three pairs vanish: two stay answered, one is no longer there.
        console.pass(DAY);
        let gone = |row: &L<'_>| row.computer.starts_with("twin-") && row.computer < "twin-3";
        let kept: Vec<L<'static>> = rows.0.iter().copied().filter(|row| !gone(row)).collect();
        assert_eq!(rows.0.len() - kept.len(), 3);
        shows(&console, &Rows(kept)).await;
        assert_eq!(stand(&console).await, planted(&[answered[0], answered[1], ("same_name", "gone", 1)]));
        assert_eq!(console.count("select count(*) from findings where gone_import_id = 3").await, 3);
        assert_eq!(actions(&console, "finding", left).await, ["finding no longer there"]);
        let (about,): (i64,) = console.db().sql("select client_id from findings where id = $1").bind(left).one().await.unwrap();
        let mut hal = console.help_desk().await;
        hal.get(&format!("/clients/{about}")).await.is(200).says("Finding no longer there").says("/imports/3");
        hal.get(&format!("/reports/findings/{left}")).await.is(200).says("No longer there").says("/imports/3");
        hal.post(&format!("/reports/findings/{left}/settlement"), &[("reason", "x")]).await.is(422).says("is no longer there. There is nothing to answer.");
        // They come back.
        console.pass(DAY);
        shows(&console, &rows).await;
        assert_eq!(stand(&console).await, planted(&answered));
        assert_eq!(actions(&console, "finding", left).await, ["finding there again", "finding no longer there"]);
        assert_eq!(actions(&console, "finding", settled).await, ["finding settled"]);
        assert_eq!(console.count("select count(*) from findings where gone_at is not null").await, 0);
        assert!(verify(console.db()).await.unwrap().is_ok());
    }

    async fn a_license_of_a_client_that_is_taken_out_of_use_is_found_at_once(console) {
        let (_, twin) = one_pair(&console).await;
        let mut hal = console.help_desk().await;
        let (old, other) = (client(&console, "PC-0118").await, client(&console, "PC-0117").await);
        retire(&mut hal, old, "").await;
        let holder = of_kind(&console, "retired_holder").await;
        assert_eq!(holder.len(), 1);
        let page = hal.get(&format!("/reports/findings/{}", holder[0])).await;
        page.is(200).says("PC-0118 is no longer in use, but still holds a license on LIC-01.").says(&format!("/clients/{old}/runbook"));
        assert_eq!(console.count("select count(*) from findings where kind = 'retired_holder' and found_import_id is null").await, 1);
        // In use again: it is no longer there, by the person who said so.
        retire(&mut hal, old, "yes").await;
        assert_eq!(state(&console, holder[0]).await, "gone");
        let who = "select actor from history where action = 'finding no longer there' and import_id is null";
        let (who,): (String,) = console.db().sql(who).one().await.unwrap();
        assert_eq!(who, "Hedda");
        retire(&mut hal, old, "").await;
        assert_eq!(state(&console, holder[0]).await, "open", "it had merely vanished");
        // One of two twins that is out of use is no twin any more, but holds a license.
        retire(&mut hal, other, "").await;
        assert_eq!((state(&console, twin).await.as_str(), of_kind(&console, "retired_holder").await.len()), ("gone", 2));
        // A program changes it as a person does.
        let program = console.program(Role::HelpDesk).await;
        let tag = program.get(&format!("/api/v1/clients/{other}")).await.tag();
        let lost = json!({"status": "lost", "reason": "Stolen"});
        program.change("PATCH", &format!("/api/v1/clients/{other}"), &tag, &lost).await.is(200);
        assert_eq!(of_kind(&console, "retired_holder").await.len(), 2);
        let tag = program.get(&format!("/api/v1/clients/{other}")).await.tag();
        program.change("PATCH", &format!("/api/v1/clients/{other}"), &tag, &json!({"status": "active", "reason": "Found"})).await.is(200);
        assert_eq!((state(&console, twin).await.as_str(), of_kind(&console, "retired_holder").await.len()), ("open", 1));
    }

    async fn what_expired_meanwhile_is_no_longer_there_and_who_stays_away_is_found_by_an_unchanged_export(console) {
        let (rows, twin) = one_pair(&console).await;
        console.pass(40 * DAY);
        let bring = console.bring("LIC-01").file("keypacks.csv", all_packs());
        let mut quoted = rows.text();
        quoted.push_str("\r\n");
        bring.file("issued.csv", quoted).preview().await;
        assert_eq!(state(&console, twin).await, "gone", "both licenses ran out on 20 September");
        console.pass(150 * DAY);
        let mut longer = rows.text();
        longer.push_str("\r\n\r\n");
        console.bring("LIC-01").file("keypacks.csv", all_packs()).file("issued.csv", longer).preview().await;
        assert_eq!(of_kind(&console, "unseen").await.len(), 3);
        assert_eq!(console.count("select count(*) from licenses").await, 3);
    }

    async fn the_list_is_filtered_and_downloaded_and_each_kind_has_its_page(console) {
        shows(&console, &estate()).await;
        let mut audra = console.auditor().await;
        let list = audra.get("/reports/findings?kind=user_spelling").await;
        list.is(200).says("CONTOSO\\UserA").says("CONTOSO\\usera").says_nothing_of("name=\"findings\"");
        audra.get("/reports/findings?size=25").await.is(200).says("25 of 26 findings").says("rel=\"next\"");
        audra.get("/reports/findings?state=settled").await.is(200).says("No finding fits this");
        audra.get("/reports/findings?server=99").await.is(200).says("No finding fits this");
        let about = client(&console, "TRIPLET").await;
        audra.get(&format!("/reports/findings?client={about}")).await.is(200).says(">1 finding<");
        audra.get(&format!("/clients/{about}")).await.is(200).says("Two computers named TRIPLET hold a license each");
        let csv = audra.get("/reports/findings.csv?kind=unseen&columns=all").await;
        csv.is(200).says("UNSEEN-A").says("Not seen for long").says_nothing_of("TWIN");
        assert_eq!(csv.text.lines().count(), 4);
        for (kind, says) in [
            ("same_name", "hold a license each, under different hardware IDs."),
            ("same_hardware_id", "hold a license each, under one hardware ID."),
            ("full_and_temporary", "holds a full and a temporary license of one version"),
            ("unseen", "It is told after 180 days."),
            ("user_spelling", "One person holds licenses as CONTOSO\\UserA and as CONTOSO\\usera."),
        ] {
            let id = of_kind(&console, kind).await[0];
            let page = audra.get(&format!("/reports/findings/{id}")).await;
            page.is(200).says(says).says("What can be done").says_nothing_of("Settle it");
        }
        audra.get("/reports").await.is(200).says("Twins and ghosts");
    }

    async fn no_list_of_findings_reads_every_one_or_sorts_what_it_reads(console) {
        let (_, id) = one_pair(&console).await;
        let one = store::find(console.db(), FindingId(id)).await.unwrap();
        assert_eq!((one.license_id, one.client_id < one.other_client_id.unwrap_or(ClientId(0))), (None::<LicenseId>, true));
        let plan = store::select(console.db(), &Filter::OPEN, &ORDERS[0], &Window::first(50)).plan().await.unwrap();
        if plan.contains("SEARCH f") {
            assert!(plan.contains("USING INDEX findings_state") && !plan.contains("TEMP B-TREE"), "{plan}");
        } else {
            assert!(!plan.contains("SCAN f"), "{plan}");
        }
    }
}
