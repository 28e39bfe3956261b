//! The tables of a bundle: what of each thing is told, and which columns are printed.

use std::collections::HashMap;

use super::form::Scope;
use super::store::{self, Count, Grant, Note, Removal, STEP};
use crate::agreements;
use crate::agreements::agreement::Agreement;
use crate::calls::call::{Call, NOTES};
use crate::clients::local_license::{LocalLicense, method_words};
use crate::db::Db;
use crate::ids::TransferId;
use crate::key_packs;
use crate::key_packs::key_pack::KeyPack;
use crate::moment::Moment;
use crate::reissues::reissue::Reissue;
use crate::transfers::transfer::Transfer;
use crate::web::error::Outcome;
use crate::web::export::Cell;
use crate::web::slice::{Cursor, Order, Window};

/// A column: its heading, whether it is printed, and what a row has in it.
pub type Column<R> = (&'static str, bool, fn(&R) -> Cell);

/// A table of a bundle, read in steps.
pub trait Table: Default + Send {
    /// One row.
    type Row: Send + Sync + 'static;
    /// Its file.
    const FILE: &'static str;
    /// What it is called.
    const TITLE: &'static str;
    /// Which rows are in it.
    const ABOUT: &'static str;
    /// Its columns.
    const COLUMNS: &'static [Column<Self::Row>];

    /// The next rows; none: that was all.
    fn step(&mut self, db: &Db, scope: &Scope) -> impl Future<Output = Outcome<Option<Vec<Self::Row>>>> + Send;
}

/// The column is printed.
pub const PRINTED: bool = true;
/// Only the file has the column.
pub const ONLY_FILE: bool = false;

/// Agreements.
#[derive(Default)]
pub struct Purchases {
    behind: i64,
    over: bool,
}

impl Table for Purchases {
    type Row = Agreement;
    const FILE: &'static str = "purchases.csv";
    const TITLE: &'static str = "Purchases";
    const ABOUT: &'static str = "Every agreement that was recorded before the end of the period.";
    const COLUMNS: &'static [Column<Agreement>] = &[
        ("Agreement", PRINTED, |one| one.id.0.into()),
        ("Program and number", PRINTED, |one| one.title().into()),
        ("License Version and Type", PRINTED, |one| one.product().into()),
        ("Quantity", PRINTED, |one| one.details.quantity.into()),
        ("Purchased", PRINTED, |one| one.details.purchased_on.clone().unwrap_or_default().into()),
        ("Seats move", PRINTED, |one| one.policy().into()),
        ("Authorization number", ONLY_FILE, |one| one.details.authorization_number.as_str().into()),
        ("Agreement number", ONLY_FILE, |one| one.details.agreement_number.as_str().into()),
        ("Papers", PRINTED, |one| one.details.document.as_str().into()),
        ("Note", ONLY_FILE, |one| one.details.note.as_str().into()),
        ("Recorded", ONLY_FILE, |one| one.created_at.into()),
        ("Retired", PRINTED, |one| one.retired_at.into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Agreement>>> {
        if self.over {
            return Ok(None);
        }
        let order = Order { descending: false, ..Order::chosen("newest", &agreements::read::ORDERS) };
        let window = Window::after_id(self.behind, STEP);
        let rows = agreements::read::list(db, Some(scope.company), &order, &window).await?;
        let slice = window.cut(rows, |one| Cursor::new(one.id, one.id.0));
        self.over = slice.next.is_none();
        self.behind = slice.rows.last().map_or(self.behind, |one| one.id.0);
        Ok(Some(slice.rows.into_iter().filter(|one| one.created_at < scope.ends).collect()))
    }
}

/// A key pack, and what the last export before the period's end said of it.
pub struct Pack {
    pack: KeyPack,
    count: Option<Count>,
}

impl Pack {
    /// A number of licenses as license servers write it: −1 is unlimited.
    fn licenses(&self, of: fn(&Count) -> Option<i64>) -> Cell {
        self.count.as_ref().map_or(Cell::Empty, |count| Cell::Number(of(count).unwrap_or(-1)))
    }
}

/// Key packs.
#[derive(Default)]
pub struct KeyPacks {
    servers: Option<Vec<i64>>,
    behind: i64,
}

impl Table for KeyPacks {
    type Row = Pack;
    const FILE: &'static str = "key-packs.csv";
    const TITLE: &'static str = "Key packs";
    const ABOUT: &'static str = "Every key pack installation that was recorded before the end of the period, with the counts that \
        the last export before that end told. −1 stands for unlimited.";
    const COLUMNS: &'static [Column<Pack>] = &[
        ("Key pack", PRINTED, |one| one.pack.id.0.into()),
        ("License server", PRINTED, |one| one.pack.server.as_str().into()),
        ("Keypack ID", PRINTED, |one| one.pack.keypack_id.into()),
        ("License Version and Type", PRINTED, |one| one.pack.name().into()),
        ("Origin", PRINTED, |one| one.pack.origin.label().into()),
        ("Request", PRINTED, |one| one.pack.reissue_id.map(|id| format!("R-{id}")).into()),
        ("Total Licenses", PRINTED, |one| one.licenses(|count| count.quantity)),
        ("Issued", PRINTED, |one| one.count.as_ref().and_then(|count| count.issued).into()),
        ("Available", ONLY_FILE, |one| one.count.as_ref().and_then(|count| count.available).into()),
        ("Counted", PRINTED, |one| one.count.as_ref().map(|count| count.captured_at).into()),
        ("Licenses as recorded", ONLY_FILE, |one| one.pack.quantity.into()),
        ("Stands", PRINTED, |one| one.pack.state.label().into()),
        ("Agreement", ONLY_FILE, |one| one.pack.agreement_id.map(|id| id.0).into()),
        ("Superseded by request", ONLY_FILE, |one| one.pack.superseded_by_id.map(|id| format!("R-{id}")).into()),
        ("License key pack ID ends in", ONLY_FILE, |one| {
            one.pack.license_key_pack_id_end.clone().unwrap_or_default().into()
        }),
        ("License database", ONLY_FILE, |one| one.pack.epoch.into()),
        ("Installed on", ONLY_FILE, |one| one.pack.installed_on.clone().unwrap_or_default().into()),
        ("First seen", ONLY_FILE, |one| one.pack.created_at.into()),
        ("Gone since", ONLY_FILE, |one| one.pack.gone_at.into()),
        ("Note", ONLY_FILE, |one| one.pack.note.as_str().into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Pack>>> {
        let servers = match &mut self.servers {
            Some(servers) => servers,
            none => none.insert(store::servers(db, scope.company).await?.into_iter().rev().collect()),
        };
        let Some(server) = servers.last().copied() else { return Ok(None) };
        let filter = key_packs::filter::Filter { server: Some(server), ..key_packs::filter::Filter::default() };
        let order = Order { descending: false, ..key_packs::store::order("newest") };
        let window = Window::after_id(self.behind, STEP);
        let slice = window.cut(key_packs::store::list(db, &filter, &order, &window).await?, |pack| {
            key_packs::store::place(&order, pack)
        });
        self.behind = slice.rows.last().map_or(0, |pack| pack.id.0);
        if slice.next.is_none() {
            servers.pop();
            self.behind = 0;
        }
        let counts = store::counts(db, server, scope.ends).await?;
        let mut counts: HashMap<_, _> = counts.into_iter().map(|count| (count.key_pack_id, count)).collect();
        let packs = slice.rows.into_iter().filter(|pack| pack.created_at < scope.ends);
        Ok(Some(packs.map(|pack| Pack { count: counts.remove(&pack.id), pack }).collect()))
    }
}

/// A transfer, what became of it, and the calls about it.
pub struct Moved {
    one: Transfer,
    denied: Option<Moment>,
    cancelled: Option<Moment>,
    calls: String,
}

/// Transfers.
#[derive(Default)]
pub struct Transfers {
    behind: i64,
}

impl Table for Transfers {
    type Row = Moved;
    const FILE: &'static str = "transfers.csv";
    const TITLE: &'static str = "Transfers";
    const ABOUT: &'static str = "Every transfer of a seat that was queued before the end of the period and had not ended before it began, \
        with the calls that asked for it, and with who allowed a further move and why.";
    const COLUMNS: &'static [Column<Moved>] = &[
        ("Transfer", PRINTED, |row| format!("T-{}", row.one.id).into()),
        ("Seat", PRINTED, |row| format!("S-{}", row.one.seat_id).into()),
        ("Move of the seat", ONLY_FILE, |row| row.one.move_number.into()),
        ("From", PRINTED, |row| row.one.source.as_str().into()),
        ("To", PRINTED, |row| row.one.destination.as_str().into()),
        ("License Version and Type", PRINTED, |row| row.one.product().into()),
        ("License server", ONLY_FILE, |row| row.one.server.as_str().into()),
        ("Reason", PRINTED, |row| row.one.reason_words().into()),
        ("Queued", PRINTED, |row| row.one.queued_at.into()),
        ("Queued by", ONLY_FILE, |row| row.one.queued_by.as_str().into()),
        ("State", PRINTED, |row| row.one.state.word().into()),
        ("Granted", ONLY_FILE, |row| row.one.granted_at.into()),
        ("Completed", ONLY_FILE, |row| row.one.completed_at.into()),
        ("Denied", ONLY_FILE, |row| row.denied.into()),
        ("Cancelled", ONLY_FILE, |row| row.cancelled.into()),
        ("Request", PRINTED, |row| row.one.reissue_id.map(|id| format!("R-{id}")).into()),
        ("Calls", PRINTED, |row| row.calls.as_str().into()),
        ("Key pack", ONLY_FILE, |row| row.one.key_pack_id.map(|id| id.0).into()),
        ("Override", PRINTED, |row| row.one.override_reason.clone().unwrap_or_default().into()),
        ("Override by", PRINTED, |row| row.one.override_by.clone().unwrap_or_default().into()),
        ("License", ONLY_FILE, |row| row.one.license_id.0.into()),
        ("License of the destination", ONLY_FILE, |row| row.one.destination_license_id.map(|id| id.0).into()),
        ("Note", ONLY_FILE, |row| row.one.note.as_str().into()),
    ];

    async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<Moved>>> {
        let rows = store::transfers(db, scope, self.behind).await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
        let (first, last) = (first.id, last.id);
        self.behind = last.0;
        let mut calls: HashMap<TransferId, Vec<String>> = HashMap::new();
        for (id, call) in store::calls_of(db, first, last).await? {
            calls.entry(id).or_default().push(call.to_string());
        }
        let undone = store::undone(db, first, last).await?;
        let undone: HashMap<_, _> =
            undone.into_iter().map(|(id, denied, cancelled)| (id, (denied, cancelled))).collect();
        let moved = |one: Transfer| {
            let (denied, cancelled) = undone.get(&one.id).copied().unwrap_or_default();
            Moved { calls: calls.remove(&one.id).unwrap_or_default().join(", "), denied, cancelled, one }
        };
        Ok(Some(rows.into_iter().map(moved).collect()))
    }
}

/// A table that is read behind a number.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident of $row:ty: $read:path, $id:expr; $file:literal, $title:literal, $about:literal, $columns:expr) => {
        $(#[$doc])*
        #[derive(Default)]
        pub struct $name {
            behind: i64,
        }

        impl Table for $name {
            type Row = $row;
            const FILE: &'static str = $file;
            const TITLE: &'static str = $title;
            const ABOUT: &'static str = $about;
            const COLUMNS: &'static [Column<$row>] = $columns;

            async fn step(&mut self, db: &Db, scope: &Scope) -> Outcome<Option<Vec<$row>>> {
                let rows = $read(db, scope, self.behind).await?;
                let id: fn(&$row) -> i64 = $id;
                let Some(last) = rows.last() else { return Ok(None) };
                self.behind = id(last);
                Ok(Some(rows))
            }
        }
    };
}

table! {
    /// Requests.
    Requests of Reissue: store::requests, |one| one.id.0;
    "requests.csv", "Requests",
    "Every request to Microsoft that was opened before the end of the period and was not closed before it began.",
    &[
        ("Request", PRINTED, |one| format!("R-{}", one.id).into()),
        ("State", PRINTED, |one| one.state.word().into()),
        ("License Version and Type", PRINTED, |one| one.product().into()),
        ("License server", PRINTED, |one| one.server.as_str().into()),
        ("For", PRINTED, |one| one.reason.label().into()),
        ("Reason", PRINTED, |one| one.cause_words().into()),
        ("Asked for", PRINTED, |one| one.quantity.into()),
        ("Granted", PRINTED, |one| one.granted.into()),
        ("Opened", PRINTED, |one| one.opened_at.into()),
        ("Opened by", ONLY_FILE, |one| one.opened_by.as_str().into()),
        ("Closed", PRINTED, |one| one.closed_at.into()),
        ("Agreement", ONLY_FILE, |one| one.agreement_id.map(|id| id.0).into()),
        ("Note", ONLY_FILE, |one| one.note.as_str().into()),
    ]
}

table! {
    /// Calls.
    Calls of Call: store::calls, |one| one.id.0;
    "calls.csv", "Calls",
    "Every call to Microsoft that began before the end of the period and was not closed before it began.",
    &[
        ("Call", PRINTED, |one| one.id.0.into()),
        ("State", ONLY_FILE, |one| one.standing().word().into()),
        ("Began", PRINTED, |one| one.started_at.into()),
        ("Ended", ONLY_FILE, |one| one.ended_at.into()),
        ("Made by", PRINTED, |one| one.operator.as_str().into()),
        ("License server", PRINTED, |one| one.server.as_str().into()),
        ("About", PRINTED, |one| one.about_words().into()),
        ("Number called", ONLY_FILE, |one| one.number_called.as_str().into()),
        ("Representative", PRINTED, |one| one.representative.as_str().into()),
        ("Case reference", PRINTED, |one| one.case_reference.as_str().into()),
        ("Outcome", PRINTED, |one| one.outcome_words().into()),
        ("Granted", PRINTED, |one| one.granted.into()),
        ("Follows call", ONLY_FILE, |one| one.follows_id.map(|id| id.0).into()),
        ("Call back", ONLY_FILE, |one| one.call_back_at.into()),
        ("Closed", ONLY_FILE, |one| one.closed_at.into()),
        ("Closed by", ONLY_FILE, |one| one.closed_by.clone().unwrap_or_default().into()),
        ("Closing", ONLY_FILE, |one| one.closing.as_str().into()),
        ("Note", ONLY_FILE, |one| one.note.as_str().into()),
    ]
}

table! {
    /// Notes of calls.
    Notes of Note: store::notes, |one| one.id;
    "call-notes.csv", "Notes of calls",
    "What was noted during and after those calls.",
    &[
        ("Call", PRINTED, |one| one.call_id.into()),
        ("When", PRINTED, |one| one.at.into()),
        ("By", PRINTED, |one| one.author.as_str().into()),
        ("Kind", PRINTED, |one| NOTES.iter().find(|(name, _)| *name == one.kind).map_or(one.kind.as_str(), |(_, words)| words).into()),
        ("Note", PRINTED, |one| one.note.as_str().into()),
    ]
}

table! {
    /// What calls granted.
    Grants of Grant: store::grants, |one| one.id;
    "grants.csv", "Granted",
    "What those calls granted: so many licenses for a request, each license key pack ID a key pack.",
    &[
        ("Call", PRINTED, |one| one.call_id.into()),
        ("Request", PRINTED, |one| format!("R-{}", one.reissue_id).into()),
        ("Asked for by the call", PRINTED, |one| one.asked.into()),
        ("Granted", PRINTED, |one| one.quantity.into()),
        ("Key pack", PRINTED, |one| one.key_pack_id.into()),
        ("License key pack ID ends in", PRINTED, |one| one.id_end.clone().unwrap_or_default().into()),
    ]
}

table! {
    /// Removals of local licenses.
    Removals of Removal: store::removals, |one| one.id;
    "local-license-removals.csv", "Local licenses",
    "Every computer whose local license was asked to be removed, was removed, or could not be, if that was last said within the period.",
    &[
        ("Client", PRINTED, |one| one.id.into()),
        ("Name", PRINTED, |one| one.name.as_str().into()),
        ("Local license", PRINTED, |one| {
            LocalLicense::parse(&one.local_license).map_or_else(|| one.local_license.clone(), |state| state.word().to_owned()).into()
        }),
        ("When", PRINTED, |one| one.local_license_at.into()),
        ("By", PRINTED, |one| one.local_license_by.as_str().into()),
        ("How", PRINTED, |one| method_words(&one.local_license_method).into()),
        ("Backup", ONLY_FILE, |one| one.local_license_backup.as_str().into()),
    ]
}
