//! Numbers to call: by company and country, and which one is called about a license server.

use reseat::call_numbers::call_number::CallNumber;
use reseat::call_numbers::store;
use reseat::ids::LicenseServerId;
use reseat::web::slice::{Order, Window};

use crate::on_both;
use crate::support::Console;

const GERMANY: [(&str, &str); 4] =
    [("company", "1"), ("country", "Germany"), ("number", "+49 30 5550100"), ("hours", "Mon–Fri 8–18")];

async fn set(console: &Console, statement: &'static str, value: &str) {
    let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
    tx.sql(statement).bind(value).execute().await.unwrap();
    tx.commit().await.unwrap();
}

async fn called(console: &Console, server: i64) -> Option<CallNumber> {
    let within = {
        let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
        store::for_server(&mut tx, LicenseServerId(server)).await.unwrap()
    };
    assert_eq!(store::for_server(console.db(), LicenseServerId(server)).await.unwrap(), within);
    within
}

on_both! {
    async fn an_admin_records_and_corrects_a_number_and_everybody_reads_it(console) {
        console.stock().company("Contoso").await;
        let mut ada = console.admin().await;
        ada.get("/call-numbers").await.is(200).says("No number to call yet").says("/call-numbers/new");
        let added = ada.post_and_follow("/call-numbers", &GERMANY).await;
        added.is(200).says("The number to call in Germany is recorded.").says("+49 30 5550100").says("Mon–Fri 8–18");
        let form = ada.get("/call-numbers/1").await;
        form.is(200).says("value=\"+49 30 5550100\"");
        let seen = form.seen();
        let fields = [("country", "Germany"), ("number", "+49 30 5550199"), ("hours", ""), ("seen", &seen), ("reason", "Microsoft moved")];
        ada.post("/call-numbers/1", &fields).await.is(303);
        ada.post("/call-numbers/1", &fields).await.is(422).says("Changed meanwhile").says("Microsoft moved");
        let mut audrey = console.auditor().await;
        audrey.get("/call-numbers").await.is(200).says("+49 30 5550199").says_nothing_of("href=\"/call-numbers/1\"");
        audrey.get("/companies/1").await.says("+49 30 5550199").says("Number to call added").says("Microsoft moved");
        audrey.get("/history?kind=call_number&id=1").await.says("number to call in Germany").says("Microsoft moved");
        audrey.get("/calendars").await.says("/call-numbers");
        audrey.get("/call-numbers.csv").await.is(200).says("Country or region,Company,Number to call,Hours\r\nGermany,Contoso,'+49 30 5550199,");
    }

    async fn a_refused_number_keeps_what_was_typed_and_changes_nothing(console) {
        let stock = console.stock();
        stock.company("Contoso").await;
        stock.company("Fabrikam").await;
        let mut ada = console.admin().await;
        ada.post("/call-numbers", &GERMANY).await.is(303);
        for (field, says) in [
            (("company", ""), "Choose the company that calls it."),
            (("company", "99"), "Choose the company that calls it."),
            (("country", ""), "Type the country or region"),
            (("country", " germany"), "The company has a number for this country already."),
            (("number", "ask"), "Type the telephone number"),
            (("hours", "a\0b"), "characters that cannot be shown"),
        ] {
            let fields: Vec<_> = GERMANY.into_iter().filter(|(name, _)| *name != field.0).chain([field]).collect();
            let kept = if field.0 == "number" { "Mon–Fri 8–18" } else { "+49 30 5550100" };
            ada.post("/call-numbers", &fields).await.is(422).says(says).says(kept);
        }
        assert_eq!(console.count("select count(*) from call_numbers").await, 1);
        // Another company may have another number for the same country.
        let fields = [("company", "2"), ("country", "Germany"), ("number", "0800 555 0100")];
        ada.post("/call-numbers", &fields).await.is(303);
        ada.get("/call-numbers").await.says(">2 numbers to call<");
        ada.get("/call-numbers?company=2").await.says(">1 number to call<").says("0800 555 0100").says_nothing_of("+49 30 5550100");
        let spain = [("company", "1"), ("country", "Spain"), ("number", "+34 900 5550100")];
        ada.post("/call-numbers", &spain).await.is(303);
        let spain = format!("/call-numbers/{}", console.count("select max(id) from call_numbers").await);
        let seen = ada.get(&spain).await.seen();
        let fields = [("country", "GERMANY"), ("number", "1234"), ("seen", &seen), ("reason", "so")];
        ada.post(&spain, &fields).await.is(422).says("The company has a number for this country already.");
    }

    async fn a_servers_own_number_comes_first_then_its_country_then_its_companys(console) {
        let server = console.stock().server("LIC-01").await;
        assert_eq!(called(&console, server).await, None);
        let mut ada = console.admin().await;
        ada.post("/call-numbers", &GERMANY).await.is(303);
        let spain = [("company", "1"), ("country", "Spain"), ("number", "+34 900 5550100")];
        ada.post("/call-numbers", &spain).await.is(303);
        assert_eq!(called(&console, server).await, None);
        set(&console, "update companies set country = $1", "germany").await;
        let number = called(&console, server).await.unwrap();
        assert_eq!((&number.number[..], &number.hours[..]), ("+49 30 5550100", "Mon–Fri 8–18"));
        set(&console, "update license_servers set country = $1", "Spain").await;
        assert_eq!(called(&console, server).await.unwrap().number, "+34 900 5550100");
        ada.get(&format!("/license-servers/{server}")).await.says("+34 900 5550100");
        // The number of another country is not passed off as this one's.
        set(&console, "update license_servers set country = $1", "Norway").await;
        assert_eq!(called(&console, server).await, None);
        set(&console, "update license_servers set call_number = $1", "555 0142").await;
        assert_eq!(called(&console, server).await.unwrap().number, "555 0142");
        assert!(store::for_server(console.db(), LicenseServerId(99)).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_numbers_to_call_sorts_nothing() {
    let console = Console::on_sqlite().await;
    for company in [None, Some(reseat::ids::CompanyId(1))] {
        let order = Order::chosen("", &store::ORDERS);
        let plan = store::select(console.db(), company, &order, &Window::after_id(9, 50)).plan().await.unwrap();
        assert!(!plan.contains("TEMP B-TREE") && plan.contains("SEARCH n USING INTEGER PRIMARY KEY"), "{plan}");
    }
}
