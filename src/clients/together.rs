//! Several clients in the database: what is known of each, and what is recorded of all of them in one change.

use std::collections::HashMap;

use super::by_hand;
use super::chosen::{Change, MOST, too_many};
use super::client::{Kind, Status};
use super::filter::Filter;
use super::local_license::{LocalLicense, Removal};
use super::removing;
use super::store::{order, select};
use crate::check::Problems;
use crate::db::{Db, Tx};
use crate::history;
use crate::history::correction::Correction;
use crate::history::line::Subject;
use crate::ids::{ClientId, CompanyId, TransferId};
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};
use crate::web::slice::Window;

/// What is known of one client, in a line.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Known {
    /// Its number.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// What identifies it beside its name.
    pub hardware_id: Option<String>,
    /// Its company.
    pub company_id: CompanyId,
    /// That company's name.
    pub company: String,
    /// Computer or user.
    pub kind: Kind,
    /// What became of it.
    pub status: Status,
    /// Where it stands.
    pub site: String,
    /// Who uses it.
    pub owner: String,
    /// What is known of its local license.
    pub local_license: LocalLicense,
    /// Full licenses that servers show for it.
    pub full: i64,
    /// When its last temporary license on a server ends; nothing: it has none.
    pub temporary_until: Option<Moment>,
    /// A transfer on its way that it gives or takes a seat by.
    pub transfer_id: Option<TransferId>,
}

const KNOWN: &str = "select c.id, c.name, c.hardware_id, c.company_id, o.name as company, c.kind, c.status, c.site, c.owner, \
    c.local_license, (select count(*) from licenses l where l.client_id = c.id and l.gone_at is null \
    and l.status in (2, 3)) as full, (select max(l.expires_at) from licenses l where l.client_id = c.id \
    and l.gone_at is null and l.status = 1) as temporary_until, (select max(t.id) from transfers t \
    where (t.source_id = c.id or t.destination_id = c.id) and t.state in ('queued', 'requested', 'granted')) as transfer_id \
    from clients c join companies o on o.id = c.company_id";

/// What is known of clients, by number; those that do not exist are missing.
pub async fn known(db: &Db, ids: &[ClientId]) -> Outcome<Vec<Known>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(db.sql(KNOWN).push(" where c.id in").among(ids).push(" order by c.id").all().await?)
}

/// A name, and the clients that bear it: none, one, or several.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name as it was typed.
    pub name: String,
    /// Who bears it.
    pub clients: Vec<Known>,
}

/// Whoever bears each of these names.
pub async fn named(db: &Db, names: Vec<String>) -> Outcome<Vec<Named>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = db.sql(KNOWN).push(" where c.name_key in (").rows_of(&names, |query, name| query.value(name_key(name)));
    let mut by_key: HashMap<String, Vec<Known>> = HashMap::new();
    for client in query.push(") order by c.id").all::<Known>().await? {
        by_key.entry(name_key(&client.name)).or_default().push(client);
    }
    Ok(names
        .into_iter()
        .map(|name| Named { clients: by_key.remove(&name_key(&name)).unwrap_or_default(), name })
        .collect())
}

/// The numbers of all clients that match a list's filters.
///
/// # Errors
/// More than [`MOST`].
pub async fn matching(db: &Db, filter: &Filter) -> Outcome<Vec<ClientId>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows: Vec<super::client::Client> = select(db, filter, &order(filter, ""), &Window::first(most)).all().await?;
    if rows.len() > MOST {
        return Err(too_many(rows.len()).into());
    }
    Ok(rows.into_iter().map(|client| client.id).collect())
}

/// How many were changed, and how many were so already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Clients that were changed, each with a line of history of its own.
    pub changed: i64,
    /// Clients of which this was recorded already.
    pub same: i64,
}

/// Records the same of several clients; all of them or none. What is wrong with any of them is said together.
pub async fn change_all(tx: &mut Tx, ids: &[ClientId], (change, reason): (&Change, &str)) -> Outcome<Done> {
    let (mut done, mut problems) = (Done::default(), Problems::none());
    for id in ids {
        match change_one(tx, *id, (change, reason)).await {
            Ok(true) => done.changed += 1,
            Ok(false) => done.same += 1,
            Err(Error::Refused(wrong)) => problems.add("clients", format!("Client {id}: {wrong}")),
            Err(Error::NotFound) => problems.add("clients", format!("There is no client {id}. Take it out.")),
            Err(other) => return Err(other),
        }
    }
    Ok(problems.or(done)?)
}

/// Whether there was anything to change.
async fn change_one(tx: &mut Tx, id: ClientId, (change, reason): (&Change, &str)) -> Outcome<bool> {
    if let Change::Removal(by) = change {
        return ask_removal(tx, id, (by, reason)).await;
    }
    let mut details = by_hand::details(&mut *tx, id).await?;
    let before = details.clone();
    match change {
        Change::Site(site) => details.site.clone_from(site),
        Change::Owner(owner) => details.owner.clone_from(owner),
        Change::Status(status) => details.status = *status,
        Change::Removal(_) => {}
    }
    if details == before {
        return Ok(false);
    }
    let seen = history::store::newest(&mut *tx, Subject("client", id.0)).await?;
    let why = Correction { reason: reason.to_owned(), effective_on: None, seen };
    by_hand::correct(tx, id, &details, &why).await?;
    Ok(true)
}

async fn ask_removal(tx: &mut Tx, id: ClientId, (by, reason): (&str, &str)) -> Outcome<bool> {
    let standing: Option<(LocalLicense,)> =
        tx.sql("select local_license from clients where id = $1").bind(id).optional().await?;
    let (standing,) = standing.ok_or(Error::NotFound)?;
    if standing == LocalLicense::RemovalRequested {
        return Ok(false);
    }
    let removal = Removal {
        state: LocalLicense::RemovalRequested,
        by: by.to_owned(),
        on: None,
        method: String::new(),
        backup: String::new(),
        note: reason.to_owned(),
        decommission: false,
        seen: None,
    };
    removing::record(tx, id, &removal).await?;
    Ok(true)
}
