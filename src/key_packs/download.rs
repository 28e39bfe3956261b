//! Key packs as a file.

use axum::extract::{Query, State};
use axum::response::Response;

use super::filter::{Asked, Filter};
use super::key_pack::KeyPack;
use super::pages;
use super::store;
use crate::companies;
use crate::db::Db;
use crate::web::actor::Auditor;
use crate::web::app::App;
use crate::web::columns;
use crate::web::error::Outcome;
use crate::web::export::{self, Cell, Column, Listed, Wanted, more, shown};
use crate::web::slice::{Cursor, Order, Window};

struct KeyPacks {
    filter: Filter,
    order: Order,
    with_company: bool,
}

/// A number of licenses as license servers write it: −1 is unlimited.
fn licenses(pack: &KeyPack, number: Option<i64>) -> Cell {
    if pack.is_described() { Cell::Number(number.unwrap_or(-1)) } else { Cell::Empty }
}

impl Listed for KeyPacks {
    type Row = KeyPack;
    const NAME: &'static str = "key-packs";
    const PAGE: &'static [columns::Column] = &pages::COLUMNS;
    const COLUMNS: &'static [Column<KeyPacks, KeyPack>] = &[
        shown("License Version and Type", |_, pack| pack.name().into()),
        shown("License Program", |_, pack| pack.is_described().then(|| pack.program()).into()),
        shown("Total Licenses", |_, pack| licenses(pack, pack.quantity)),
        shown("Available", |_, pack| pack.available.into()),
        shown("Issued", |_, pack| pack.issued.into()),
        shown("Expiry Date", |_, pack| pack.is_described().then_some(pack.expires_at).into()),
        shown("Keypack ID", |_, pack| pack.keypack_id.into()),
        shown("Company", |_, pack| pack.company.as_str().into()),
        shown("License server", |_, pack| pack.server.as_str().into()),
        shown("Origin", |_, pack| pack.origin.label().into()),
        more("Stands", |_, pack| pack.state.label().into()),
        more("Agreement", |_, pack| pack.agreement_id.map(|id| id.0).into()),
        more("License key pack ID ends in", |_, pack| pack.license_key_pack_id_end.clone().unwrap_or_default().into()),
        more("Installed on", |_, pack| pack.installed_on.clone().unwrap_or_default().into()),
        more("Note", |_, pack| pack.note.as_str().into()),
        // On the page a badge says this.
        shown("Gone since", |_, pack| pack.gone_at.into()),
        more("Number", |_, pack| pack.id.0.into()),
        more("License database", |_, pack| pack.epoch.into()),
        more("First seen", |_, pack| pack.created_at.into()),
        more("First seen by import", |_, pack| pack.first_import_id.into()),
        // What follows is what a license server's own export has, so that the file can be brought in again.
        more("KeyPackId", |_, pack| pack.keypack_id.into()),
        more("Description", |_, pack| pack.product_code.as_str().into()),
        more("KeyPackType", |_, pack| pack.key_pack_type.into()),
        more("ProductType", |_, pack| pack.product_type.into()),
        more("ProductVersion", |_, pack| pack.product_version.as_str().into()),
        more("ProductVersionID", |_, pack| pack.product_version_id.into()),
        more("TotalLicenses", |_, pack| licenses(pack, pack.quantity)),
        more("IssuedLicenses", |_, pack| pack.issued.into()),
        more("AvailableLicenses", |_, pack| pack.available.into()),
        more("ExpirationDate", |_, pack| pack.is_described().then_some(pack.expires_at).into()),
        more("AccessRights", |_, pack| pack.access_rights.into()),
        more("TypeAndModel", |_, pack| pack.type_and_model.as_str().into()),
        more("PSComputerName", |_, pack| pack.server.as_str().into()),
    ];

    async fn rows(&self, db: &Db, window: &Window) -> Outcome<Vec<KeyPack>> {
        store::list(db, &self.filter, &self.order, window).await
    }

    fn place(&self, pack: &KeyPack) -> Cursor {
        store::place(&self.order, pack)
    }

    fn leaves_out(&self, column: &str) -> bool {
        column == "Company" && !self.with_company
    }
}

/// The list of key packs.
pub async fn list(
    State(app): State<App>,
    auditor: Auditor,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Outcome<Response> {
    let (filter, order) = (Filter::of(&asked), store::order(&asked.paging.sort));
    let with_company = companies::read::are_several(&app.db).await?;
    export::send(app, &auditor, wanted, KeyPacks { filter, order, with_company }).await
}
