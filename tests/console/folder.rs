//! The folder of a license server, for the day it dies.

use crate::bring::actions;
use crate::on_both;
use crate::support::Console;

const SERVER_ID: &str = "BCDFGHJKMPQRTVWXY2346789BCDFGHJKMPQ";
const PACK_ID: &str = "MCDFGHJKMPQRTVWXY2346789BCDFGHJKXYZ";

async fn filled(console: &Console) {
    let stock = console.stock();
    let server = stock.server("LIC-01").id(SERVER_ID).await;
    let pack = stock.key_pack(server).of(40).issued(7).await;
    let client = stock.client("PC-0117").await;
    stock.license(pack, client).await;
    let mut tx = console.db().begin("the test", console.app.now()).await.unwrap();
    let text = "update key_packs set license_key_pack_id = $1";
    tx.sql(text).bind(PACK_ID).execute().await.unwrap();
    let text = "update license_servers set call_number = '+1 425 555 0100', discovery_scope = 'forest', connection_method = 'telephone'";
    tx.sql(text).execute().await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_folder_holds_what_is_needed_and_shows_ids_whole_only_by_a_change_that_history_keeps(console) {
        filled(&console).await;
        let mut hal = console.help_desk().await;
        hal.post("/licenses/1/transfer", &[("destination", "PC-0200"), ("new_client", "yes"), ("reason", "lost")]).await.is(303);
        hal.get("/license-servers/1").await.is(200).says("/license-servers/1/folder");
        let page = hal.get("/license-servers/1/folder").await;
        page.is(200).says("JKXYZ").says("JKMPQ").says_nothing_of("MCDFG").says_nothing_of("BCDFG").says("+1 425 555 0100");
        page.says("The forest").says("Telephone").says("40 licenses").says("7 issued").says("T-1, Queued").says("reactivate").says("rebuild").says("migrate");
        page.says("The purchase is not recorded").says("Show whole, for printing");
        assert!(!actions(&console, "license_server", 1).await.iter().any(|action| action.contains("folder")));
        let page = hal.post("/license-servers/1/folder", &[]).await;
        page.is(200).says("MCDFG").says("BCDFG").says("Bravo Charlie Delta Foxtrot Golf").says_nothing_of("Show whole, for printing");
        assert_eq!(actions(&console, "license_server", 1).await[0], "license server’s folder shown whole");
        assert_eq!(actions(&console, "key_pack", 1).await[0], "license server’s folder shown whole");
        hal.get("/license-servers/1").await.says("folder shown whole").says("Hedda");
        // It is always fresh: what happens meanwhile stands there the next time.
        hal.post("/transfers/1/cancellation", &[("reason", "Found again")]).await.is(303);
        hal.get("/license-servers/1/folder").await.is(200).says_nothing_of("T-1, Queued");
        let mut audrey = console.auditor().await;
        audrey.get("/license-servers/1").await.is(200).says_nothing_of("/license-servers/1/folder").says_nothing_of("MCDFG");
        audrey.get("/license-servers/1/folder").await.is(404);
        audrey.post("/license-servers/1/folder", &[]).await.is(403);
        assert!(reseat::history::store::verify(console.db()).await.unwrap().is_ok());
    }
}
