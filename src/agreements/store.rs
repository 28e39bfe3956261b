//! Agreements in the database: adding, correcting, retiring.

use super::agreement::Details;
use crate::check::Problems;
use crate::db::{Query, Tx};
use crate::history::correction::{Correction, not_again};
use crate::history::line::{NewLine, Subject};
use crate::history::store::{record, record_correction, still_newest};
use crate::ids::{AgreementId, CompanyId};
use crate::products::store as products;
use crate::web::error::{Error, Outcome};

/// Records a purchase of a company.
pub async fn add(tx: &mut Tx, company: CompanyId, new: &Details) -> Outcome<AgreementId> {
    let known: i64 = tx.sql("select count(*) from companies where id = $1").bind(company).scalar().await?;
    if known == 0 {
        return Err(Problems::of("company", "Choose the company that bought.").into());
    }
    products::must_know(tx, &new.product_version).await?;
    let now = tx.at;
    let insert = tx.sql(
        "insert into agreements (program, license_number, authorization_number, agreement_number, retail_code_end, \
         product_version, license_type, quantity, purchased_on, transfer_policy, document, note, search, company_id, \
         created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id",
    );
    let id: i64 = filled(insert, new).bind(company).bind(now).scalar().await?;
    let line = NewLine::new("agreement added", Subject("agreement", id)).touching(Subject("company", company.0));
    record(tx, line.after(serde_json::json!(new))).await?;
    Ok(AgreementId(id))
}

/// Binds what is recorded of a purchase, in the order in which the statements name it.
fn filled<'c>(query: Query<'c>, new: &Details) -> Query<'c> {
    query
        .bind(&new.program)
        .bind(&new.license_number)
        .bind(&new.authorization_number)
        .bind(&new.agreement_number)
        .bind(&new.retail_code_end)
        .bind(&new.product_version)
        .bind(&new.license_type)
        .bind(new.quantity)
        .bind(&new.purchased_on)
        .bind(&new.transfer_policy)
        .bind(&new.document)
        .bind(&new.note)
        .bind(new.search())
}

#[derive(sqlx::FromRow)]
struct Held {
    company_id: CompanyId,
    #[sqlx(flatten)]
    details: Details,
}

/// The agreement and its company, held against other changes until this one ends.
async fn hold(tx: &mut Tx, id: AgreementId) -> Outcome<(Subject, Details)> {
    let lock = tx.pick("", " for update");
    let held: Option<Held> = tx
        .sql(
            "select company_id, program, license_number, authorization_number, agreement_number, retail_code_end, \
             product_version, license_type, quantity, purchased_on, transfer_policy, document, note from agreements",
        )
        .push_bind(" where id = ?", id)
        .push(lock)
        .optional()
        .await?;
    let held = held.ok_or(Error::NotFound)?;
    Ok((Subject("company", held.company_id.0), held.details))
}

/// Corrects what is recorded of a purchase.
pub async fn correct(tx: &mut Tx, id: AgreementId, new: &Details, why: &Correction) -> Outcome<()> {
    let (company, before) = hold(tx, id).await?;
    let subject = Subject("agreement", id.0);
    still_newest(tx, subject, why.seen).await?;
    products::must_know(tx, &new.product_version).await?;
    let update = tx.sql(
        "update agreements set program = $1, license_number = $2, authorization_number = $3, agreement_number = $4, \
         retail_code_end = $5, product_version = $6, license_type = $7, quantity = $8, purchased_on = $9, \
         transfer_policy = $10, document = $11, note = $12, search = $13 where id = $14",
    );
    filled(update, new).bind(id).execute().await?;
    record_correction(tx, NewLine::new("agreement corrected", subject).touching(company), (&before, new), why).await
}

/// Retires an agreement that is no longer in force, or takes it back.
pub async fn retire(tx: &mut Tx, id: AgreementId, back: bool, why: &Correction) -> Outcome<()> {
    let (company, _) = hold(tx, id).await?;
    let subject = Subject("agreement", id.0);
    still_newest(tx, subject, why.seen).await?;
    let retired: Option<i64> = tx.sql("select retired_at from agreements where id = $1").bind(id).scalar().await?;
    not_again(retired.is_some(), back)?;
    let at = (!back).then_some(tx.at);
    tx.sql("update agreements set retired_at = $1 where id = $2").bind(at).bind(id).execute().await?;
    let action = if back { "agreement taken back" } else { "agreement retired" };
    record(tx, why.explain(NewLine::new(action, subject).touching(company))).await
}
