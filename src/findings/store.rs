//! Findings in the database: reading them, and what people say of them.

use super::filter::Filter;
use super::finding::{Answer, Finding, State};
use super::look;
use crate::check::Problems;
use crate::db::{Db, Query, Reads, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_all};
use crate::ids::{ClientId, FindingId};
use crate::web::error::{Error, Outcome};
use crate::web::slice::{Order, Window};

const COLUMNS: &str = "f.id, f.kind, f.company_id, o.name as company, f.server_id, s.name as server, f.client_id, \
    a.name as client, f.other_client_id, b.name as other_client, f.license_id, l.user_name as spelling, f.other_license_id, \
    m.user_name as other_spelling, f.state, f.found_at, f.found_import_id, f.gone_at, f.gone_import_id, f.answered_at, \
    f.answered_by, f.answer";

/// Left joins, so that SQLite begins with the findings and keeps their order.
const FROM: &str = " from findings f left join companies o on o.id = f.company_id \
    left join license_servers s on s.id = f.server_id left join clients a on a.id = f.client_id \
    left join clients b on b.id = f.other_client_id left join licenses l on l.id = f.license_id \
    left join licenses m on m.id = f.other_license_id where true";

/// The orders of the list.
pub static ORDERS: [Order; 1] = [Order { name: "newest", column: "f.id", id: "f.id", text: false, descending: true }];

/// The most findings that a client's page lists.
pub const MOST: i64 = 50;

/// The most findings that are answered at once.
pub const AT_ONCE: usize = 250;

fn source<'c>(db: &'c Db, columns: &'static str, filter: &Filter) -> Query<'c> {
    let query = db.sql("select ").push(columns).push(FROM);
    let query = query
        .push_some(" and f.kind = ?", filter.kind)
        .push_some(" and f.state = ?", filter.state)
        .push_some(" and f.company_id = ?", filter.company)
        .push_some(" and f.server_id = ?", filter.server);
    match filter.client {
        Some(client) => {
            query.push_bind(" and (f.client_id = ?", client).push_bind(" or f.other_client_id = ?)", client)
        }
        None => query,
    }
}

/// The query of a list, also for those who ask how it would be run.
pub fn select<'c>(db: &'c Db, filter: &Filter, order: &Order, window: &Window) -> Query<'c> {
    window.by(source(db, COLUMNS, filter), order)
}

/// Findings in an order.
pub async fn list(db: &Db, filter: &Filter, order: &Order, window: &Window) -> Outcome<Vec<Finding>> {
    Ok(select(db, filter, order, window).all().await?)
}

/// How many there are, up to a cap.
pub async fn count(db: &Db, filter: &Filter, cap: i64) -> Outcome<i64> {
    Ok(source(db, "1 as one", filter).count_up_to(cap).await?)
}

/// How many wait for an answer, up to a cap.
pub async fn count_open(db: &Db, cap: i64) -> Outcome<i64> {
    Ok(db.sql("select 1 as one from findings where state = 'open'").count_up_to(cap).await?)
}

/// One finding.
pub async fn find<'c>(db: impl Reads<'c>, id: FindingId) -> Outcome<Finding> {
    db.sql("select ").push(COLUMNS).push(FROM).push_bind(" and f.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// The open findings about a client, the latest first (at most [`MOST`]).
pub async fn of_client(db: &Db, client: ClientId) -> Outcome<Vec<Finding>> {
    let filter = Filter { client: Some(client.0), ..Filter::OPEN };
    let [order] = ORDERS;
    list(db, &filter, &order, &Window::first(MOST)).await
}

/// A finding as it stands, while nobody else answers or looks.
async fn hold(tx: &mut Tx, id: FindingId) -> Outcome<Finding> {
    let _turn = look::begin(tx).await?;
    find(tx, id).await
}

fn line(finding: &Finding, action: &'static str, reason: &str) -> NewLine {
    let mut line = NewLine::new(action, Subject("finding", finding.id.0))
        .touching(Subject("client", finding.client_id.0))
        .after(serde_json::json!({"finding": finding.kind.word()}));
    if let Some(other) = finding.other_client_id {
        line = line.touching(Subject("client", other.0));
    }
    for license in [finding.license_id, finding.other_license_id].into_iter().flatten() {
        line = line.touching(Subject("license", license.0));
    }
    line.because(reason)
}

/// Settles or dismisses a finding, with the reason.
pub async fn answer(tx: &mut Tx, id: FindingId, answer: Answer, reason: &str) -> Outcome<()> {
    let finding = hold(tx, id).await?;
    finding.may_answer()?;
    write(tx, id, answer, reason).await?;
    record(tx, line(&finding, answer.action(), reason)).await
}

async fn write(tx: &mut Tx, id: FindingId, answer: Answer, reason: &str) -> Outcome<()> {
    let (now, actor) = (tx.at, tx.actor.clone());
    tx.sql("update findings set state = $1, answered_at = $2, answered_by = $3, answer = $4 where id = $5")
        .bind(answer.state())
        .bind(now)
        .bind(actor)
        .bind(reason)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// Opens a finding again that somebody answered. Where it is no longer there, it is closed as such.
pub async fn reopen(tx: &mut Tx, id: FindingId, reason: &str) -> Outcome<()> {
    let finding = hold(tx, id).await?;
    finding.may_reopen()?;
    let state = if finding.gone_at.is_some() { State::Gone } else { State::Open };
    tx.sql("update findings set state = $1, answered_at = null, answered_by = null, answer = '' where id = $2")
        .bind(state)
        .bind(id)
        .execute()
        .await?;
    let before = serde_json::json!({"state": finding.state.word(), "answer": finding.answer});
    record(tx, line(&finding, "finding opened again", reason).before(before)).await
}

/// What came of answering many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Those that are answered now.
    pub answered: usize,
    /// Those that others had answered, or that are no longer there: they stay as they are.
    pub left: usize,
}

/// Settles or dismisses many findings at once, with one reason; those that are no longer open are left as they are.
///
/// # Errors
/// Refused, when none is open any more.
pub async fn answer_many(tx: &mut Tx, ids: &[FindingId], answer: Answer, reason: &str) -> Outcome<Answered> {
    let _turn = look::begin(tx).await?;
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let finding = match find(&mut *tx, *id).await {
            Ok(finding) if finding.is_open() => finding,
            Ok(_) | Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        write(tx, *id, answer, reason).await?;
        lines.push(line(&finding, answer.action(), reason));
    }
    if lines.is_empty() {
        let says = "None of these is open any more: others have answered them, or they are no longer there.";
        return Err(Problems::of("findings", says).into());
    }
    let answered = lines.len();
    record_all(tx, lines).await?;
    Ok(Answered { answered, left: ids.len() - answered })
}
