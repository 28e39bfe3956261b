//! The folder of a license server: everything that is needed on the day it dies, to be printed while it lives.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::agreements;
use crate::agreements::agreement::Agreement;
use crate::call_numbers;
use crate::call_numbers::call_number::CallNumber;
use crate::calls::sheet::{Group, read_out};
use crate::change;
use crate::companies;
use crate::companies::company::ListedCompany;
use crate::ids::{AgreementId, LicenseServerId};
use crate::key_packs;
use crate::key_packs::filter::Filter as PackFilter;
use crate::key_packs::key_pack::KeyPack;
use crate::license_servers::form::{CONNECTION_METHODS, DISCOVERY_SCOPES};
use crate::license_servers::license_server::{ListedServer, groups};
use crate::license_servers::read;
use crate::licenses::filter::Filter as LicenseFilter;
use crate::licenses::store as licenses;
use crate::moment::Moment;
use crate::transfers;
use crate::transfers::filter::{Filter as TransferFilter, Shown};
use crate::transfers::transfer::Transfer;
use crate::web::actor::HelpDesk;
use crate::web::app::App;
use crate::web::error::Outcome;
use crate::web::format::{capped, number};
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::slice::{CAP, Order, Window};

/// The most key packs that a folder lists: more than any server has, for it is every pack that one wants to have on paper.
const PACKS: i64 = 10_000;

/// The most transfers that it lists; the queue has them all.
const TRANSFERS: i64 = 250;

/// A key pack of the folder.
struct Filed {
    pack: KeyPack,
    /// Its license key pack ID in groups, whole or masked; empty where none is recorded.
    groups: Vec<String>,
    /// The purchase that it came with.
    agreement: Option<Agreement>,
}

#[derive(Template)]
#[template(path = "license_servers/folder.html")]
struct Folder {
    shell: Shell,
    server: ListedServer,
    company: ListedCompany,
    call: Option<CallNumber>,
    /// The license server ID, where it is shown whole.
    server_id: Vec<Group>,
    packs: Vec<Filed>,
    transfers: Vec<Transfer>,
    /// How many licenses the server shows, up to the cap.
    licenses: String,
    /// Whether IDs are shown whole.
    whole: bool,
    now: Moment,
}

impl Folder {
    async fn of(app: &App, shell: Shell, id: i64, whole: Option<Vec<(i64, String)>>) -> Outcome<Folder> {
        let server = read::find(&app.db, LicenseServerId(id)).await?;
        let filter = PackFilter { server: Some(id), ..PackFilter::default() };
        let window = Window::first(PACKS);
        let mut found = key_packs::store::list(&app.db, &filter, &key_packs::store::order(""), &window).await?;
        found.retain(|pack| !pack.is_gone() && !pack.origin.is_pool());
        let mut packs = Vec::with_capacity(found.len());
        let mut bought: HashMap<AgreementId, Agreement> = HashMap::new();
        for pack in found {
            if let Some(id) = pack.agreement_id.filter(|id| !bought.contains_key(id)) {
                bought.insert(id, agreements::read::find(&app.db, id).await?);
            }
            let agreement = pack.agreement_id.and_then(|id| bought.get(&id).cloned());
            let long = whole.iter().flatten().find(|(id, _)| *id == pack.id.0).map(|(_, long)| groups(long));
            packs.push(Filed { groups: long.unwrap_or_else(|| pack.masked_groups()), agreement, pack });
        }
        let filter = TransferFilter { shown: Shown::Open, server: Some(id), ..TransferFilter::default() };
        let order = Order::chosen("", &transfers::read::ORDERS);
        let held = LicenseFilter::on_server(app.now()).of_server(id);
        let held = licenses::count(&app.db, &held, &licenses::order(&held, ""), CAP).await?;
        Ok(Folder {
            company: companies::read::find(&app.db, server.company_id).await?,
            call: call_numbers::store::for_server(&app.db, server.id).await?,
            server_id: if whole.is_some() { read_out(server.raw_id()) } else { Vec::new() },
            transfers: transfers::read::list(&app.db, &filter, &order, &Window::first(TRANSFERS)).await?,
            licenses: capped(held, CAP),
            whole: whole.is_some(),
            now: app.now(),
            shell,
            server,
            packs,
        })
    }

    /// Microsoft's words for a stored name; empty where none is recorded.
    fn words(known: &[(&str, &'static str)], stored: &str) -> &'static str {
        known.iter().find(|(name, _)| *name == stored).map_or("", |(_, words)| words)
    }

    fn connection(&self) -> &'static str {
        Folder::words(&CONNECTION_METHODS, &self.server.connection_method)
    }

    fn scope(&self) -> &'static str {
        Folder::words(&DISCOVERY_SCOPES, &self.server.discovery_scope)
    }

    /// The end of the license server ID, where it is known.
    fn id_end(&self) -> String {
        groups(self.server.raw_id()).pop().unwrap_or_default()
    }

    /// Licenses that its key packs hold in all, and how many of them are issued.
    fn totals(&self) -> (String, String) {
        let sum =
            |of: fn(&KeyPack) -> Option<i64>| number(self.packs.iter().filter_map(|one| of(&one.pack)).sum::<i64>());
        (sum(|pack| pack.quantity), sum(|pack| pack.issued))
    }
}

/// The folder, its IDs masked.
pub async fn show(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    page::show(&Folder::of(&app, help_desk.0.shell, id, None).await?)
}

/// The folder with its IDs whole, for printing. That they were shown stands in history.
pub async fn show_whole(State(app): State<App>, help_desk: HelpDesk, Path(id): Path<i64>) -> Outcome<Response> {
    let server = read::find(&app.db, LicenseServerId(id)).await?.id;
    let shown =
        change!(app.db, &help_desk.name, app.now(), tx, { key_packs::by_hand::show_ids_of_server(tx, server).await? })?;
    let shown = shown.into_iter().map(|(id, long)| (id.0, long)).collect();
    page::show(&Folder::of(&app, help_desk.0.shell, id, Some(shown)).await?)
}
