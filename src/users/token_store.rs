//! API tokens in the database.

use super::api_token::{ApiToken, NewToken, PREFIX};
use super::password::{token, token_hash};
use crate::db::{Db, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{TokenId, UserId};
use crate::moment::Moment;
use crate::web::error::{Error, Outcome};
use crate::web::slice::Window;

const TOKENS: &str = "select t.id, t.user_id, u.name as user, u.role as user_role, u.disabled_at as user_disabled_at, t.label, \
    t.role, t.created_at, t.expires_at, t.last_used_at, t.revoked_at from api_tokens t join users u on u.id = t.user_id";

/// Everybody's tokens, the newest first.
pub async fn list(db: &Db, window: &Window) -> Outcome<Vec<ApiToken>> {
    Ok(window.by_id(db.sql(TOKENS).push(" where true"), "t.id").all().await?)
}

/// How many tokens there are, up to a cap.
pub async fn count(db: &Db, cap: i64) -> Outcome<i64> {
    Ok(db.sql("select 1 as one from api_tokens").count_up_to(cap).await?)
}

/// A person's tokens that are not revoked, the newest first (at most 100).
pub async fn of(db: &Db, user: UserId) -> Outcome<Vec<ApiToken>> {
    let own = db.sql(TOKENS).push_bind(" where t.user_id = ?", user);
    Ok(own.push(" and t.revoked_at is null order by t.id desc limit 100").all().await?)
}

/// The token that somebody shows, if it lets in now.
pub async fn find(db: &Db, shown: &str, now: Moment) -> Outcome<Option<ApiToken>> {
    let found: Option<ApiToken> =
        db.sql(TOKENS).push_bind(" where t.token_hash = ?", token_hash(shown)).optional().await?;
    Ok(found.filter(|token| token.is_live(&now)))
}

/// Notes that a token was used; skipped while another change is being made.
pub async fn note_use(db: &Db, id: TokenId, now: Moment) -> Outcome<()> {
    if let Some(mut tx) = db.try_begin(now).await? {
        tx.sql("update api_tokens set last_used_at = $1 where id = $2").bind(now).bind(id).execute().await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Makes a token for a person, and gives it: nobody can read it again.
pub async fn make(tx: &mut Tx, user: UserId, new: &NewToken) -> Outcome<String> {
    let (now, shown) = (tx.at, format!("{PREFIX}{}", token()?));
    let id: i64 = tx
        .sql(
            "insert into api_tokens (user_id, label, role, token_hash, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6) returning id",
        )
        .bind(user)
        .bind(&new.label)
        .bind(new.role)
        .bind(token_hash(&shown))
        .bind(now)
        .bind(new.expires_at)
        .scalar()
        .await?;
    let expires = if new.expires_at.is_never() { "never".to_owned() } else { new.expires_at.iso() };
    let values = serde_json::json!({"token": id, "label": new.label, "role": new.role, "expires": expires});
    record(tx, NewLine::new("API token made", Subject("user", user.0)).after(values)).await?;
    Ok(shown)
}

/// Revokes a token; with an owner, only one of theirs.
pub async fn revoke(tx: &mut Tx, id: TokenId, owner: Option<UserId>) -> Outcome<()> {
    let now = tx.at;
    let revoked: Option<(UserId, String)> = tx
        .sql("update api_tokens set revoked_at = $1 where id = $2 and revoked_at is null")
        .bind(now)
        .bind(id)
        .push_some(" and user_id = ?", owner)
        .push(" returning user_id, label")
        .optional()
        .await?;
    let (user, label) = revoked.ok_or(Error::NotFound)?;
    let values = serde_json::json!({"token": id, "label": label});
    record(tx, NewLine::new("API token revoked", Subject("user", user.0)).before(values)).await
}

/// Revokes all tokens of a person who may sign in no more, and gives their numbers for the line about the person.
pub(super) async fn revoke_all(tx: &mut Tx, user: UserId) -> Outcome<Vec<i64>> {
    let now = tx.at;
    let revoked: Vec<(i64,)> = tx
        .sql("update api_tokens set revoked_at = $1 where user_id = $2 and revoked_at is null returning id")
        .bind(now)
        .bind(user)
        .all()
        .await?;
    Ok(revoked.into_iter().map(|(id,)| id).collect())
}
