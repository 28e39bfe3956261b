//! `Idempotency-Key`: a creating call that is sent again is answered as the first time, and makes nothing twice.

use axum::http::StatusCode;

use super::answer::Answer;
use super::asked::refuse;
use crate::change;
use crate::db::{Db, Tx};
use crate::ids::TokenId;
use crate::moment::{DAY, Moment};
use crate::web::error::{Error, Outcome};

/// How long an answer is kept, in seconds.
const LASTS: i64 = DAY;

/// The most characters of a key.
const LENGTH: usize = 255;

/// A call that its sender may send again.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose token it was sent with.
    pub token: TokenId,
    /// The sender's name for it.
    pub key: String,
    /// Its method and address.
    pub call: String,
    /// The SHA-256 of what was sent.
    pub body: String,
}

#[derive(sqlx::FromRow)]
struct Before {
    call: String,
    body_hash: String,
    #[sqlx(flatten)]
    answer: Answer,
}

/// Refuses a key that cannot be kept.
///
/// # Errors
/// 422.
pub fn check(key: &str) -> Outcome<()> {
    let plain = key.chars().all(|letter| letter.is_ascii_graphic());
    if !key.is_empty() && key.len() <= LENGTH && plain {
        return Ok(());
    }
    Err(refuse("Idempotency-Key", "Send 1 to 255 letters, digits and signs without blanks, such as a UUID."))
}

/// Takes away the answers that are older than a day, whether keys are still sent or not.
///
/// # Errors
/// The database's.
pub async fn sweep(db: &Db, now: Moment) -> Outcome<()> {
    let old =
        db.sql("select 1 as one from idempotency_keys where at <= $1").bind(now.plus(-LASTS)).count_up_to(1).await?;
    if old > 0 {
        change!(db, "", now, tx, { forget(tx).await? })?;
    }
    Ok(())
}

async fn forget(tx: &mut Tx) -> Outcome<()> {
    let until = tx.at.plus(-LASTS);
    tx.sql("delete from idempotency_keys where at <= $1").bind(until).execute().await?;
    Ok(())
}

/// Takes a key for the call being made; or gives what the same call was answered before. Of two calls at once, the
/// second waits for the first.
///
/// # Errors
/// 422, when the key was used for another call.
pub async fn claim(tx: &mut Tx, key: &Key) -> Outcome<Option<Answer>> {
    let now = tx.at;
    forget(tx).await?;
    let taken = tx
        .sql(
            "insert into idempotency_keys (token_id, key, call, body_hash, at, status, location, tag, answer) \
             values ($1, $2, $3, $4, $5, 0, '', '', '') on conflict do nothing",
        )
        .bind(key.token)
        .bind(&key.key)
        .bind(&key.call)
        .bind(&key.body)
        .bind(now)
        .execute()
        .await?;
    if taken == 1 {
        return Ok(None);
    }
    let before: Before = tx
        .sql(
            "select call, body_hash, status, location, tag, answer from idempotency_keys \
             where token_id = $1 and key = $2",
        )
        .bind(key.token)
        .bind(&key.key)
        .one()
        .await?;
    if before.call == key.call && before.body_hash == key.body {
        return Ok(Some(before.answer));
    }
    let says = "Idempotency-Key: This key was used for another call. Choose a new one for each call.";
    let fields = vec![("Idempotency-Key".to_owned(), says.to_owned())];
    Err(Error::Unmet { status: StatusCode::UNPROCESSABLE_ENTITY, says: says.to_owned(), fields })
}

/// Keeps what a call was answered, in the transaction of what it made.
///
/// # Errors
/// Internal.
pub async fn keep(tx: &mut Tx, key: &Key, answer: &Answer) -> Outcome<()> {
    tx.sql(
        "update idempotency_keys set status = $1, location = $2, tag = $3, answer = $4 where token_id = $5 and key = $6",
    )
    .bind(answer.status)
    .bind(&answer.location)
    .bind(&answer.tag)
    .bind(&answer.answer)
    .bind(key.token)
    .bind(&key.key)
    .execute()
    .await?;
    Ok(())
}
