//! People, their sessions and one-time links in the database.

use serde_json::json;

use super::password::{token, token_hash};
use super::session::{LINK_LASTS, Limits, OwnSession, Session, THROTTLE_WINDOW, TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS};
use super::user::{NewUser, Role, User, name_key};
use crate::change;
use crate::check::Problems;
use crate::db::{Db, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{SessionId, UserId};
use crate::moment::{DAY, Moment};
use crate::web::error::{Error, Outcome};
use crate::web::slice::Window;

/// Whether anybody may sign in yet.
pub async fn exist(db: &Db) -> Outcome<bool> {
    Ok(db.sql("select count(*) from (select 1 as one from users limit 1) as found").scalar::<i64>().await? > 0)
}

const USERS: &str = "select u.id, u.name, u.role, u.created_at, u.disabled_at, \
    u.password_hash is not null as has_password, \
    (select max(s.last_used_at) from sessions s where s.user_id = u.id) as last_used_at from users u where true";

/// Everybody, by name.
pub async fn list(db: &Db) -> Outcome<Vec<User>> {
    Ok(db.sql(USERS).push(" order by u.name_key").all().await?)
}

/// Everybody who may sign in, a slice at a time, who was added last first.
pub async fn slice(db: &Db, window: &Window) -> Outcome<Vec<User>> {
    Ok(window.by_id(db.sql(USERS), "u.id").all().await?)
}

/// One person.
pub async fn find(db: &Db, id: UserId) -> Outcome<User> {
    db.sql(USERS).push_bind(" and u.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

/// The person who signs in with a name.
pub async fn look_up(db: &Db, name: &str) -> Outcome<User> {
    let key = name_key(name);
    db.sql(USERS).push_bind(" and u.name_key = ?", key).optional().await?.ok_or(Error::NotFound)
}

/// Adds a person. Without a password they get in by a one-time link.
pub async fn add(tx: &mut Tx, new: &NewUser, password_hash: Option<&str>) -> Outcome<UserId> {
    let now = tx.at;
    let added = tx
        .sql(
            "insert into users (name, name_key, role, password_hash, created_at) \
             values ($1, $2, $3, $4, $5) returning id",
        )
        .bind(&new.name)
        .bind(name_key(&new.name))
        .bind(new.role)
        .bind(password_hash)
        .bind(now)
        .scalar::<i64>()
        .await
        .map_err(Error::from);
    let id = match added {
        Err(error) if error.is_taken() => {
            return Err(Problems::of("name", "Somebody signs in with this name already. Choose another one.").into());
        }
        other => other?,
    };
    let values = serde_json::json!({"name": new.name, "role": new.role});
    record(tx, NewLine::new("person added", Subject("user", id)).after(values)).await?;
    Ok(UserId(id))
}

/// Gives a person another role, unless somebody changed the one that `was` shown.
pub async fn change_role(tx: &mut Tx, user: &User, was: Role, role: Role) -> Outcome<()> {
    let change = tx.sql("update users set role = $1 where id = $2 and role = $3").bind(role).bind(user.id).bind(was);
    if change.execute().await? == 0 {
        let sentence = format!(
            "Somebody changed the role of {} while your page was open. See it below, and choose again.",
            user.name
        );
        return Err(Problems::of("role", sentence).into());
    }
    keep_an_admin(tx).await?;
    let line = NewLine::new("role changed", Subject("user", user.id.0))
        .before(serde_json::json!({"role": was}))
        .after(serde_json::json!({"role": role}));
    record(tx, line).await
}

/// Ends a person's sessions and tokens, and lets them sign in no more.
pub async fn disable(tx: &mut Tx, id: UserId) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update users set disabled_at = $1 where id = $2").bind(now).bind(id).execute().await?;
    keep_an_admin(tx).await?;
    end_sessions(tx, id, None).await?;
    let tokens = super::token_store::revoke_all(tx, id).await?;
    let line = NewLine::new("person disabled", Subject("user", id.0));
    if tokens.is_empty() {
        return record(tx, line).await;
    }
    let tokens: Vec<String> = tokens.iter().map(i64::to_string).collect();
    record(tx, line.before(serde_json::json!({"api_tokens": tokens.join(", ")}))).await
}

/// Lets a disabled person sign in again.
pub async fn enable(tx: &mut Tx, id: UserId) -> Outcome<()> {
    tx.sql("update users set disabled_at = null where id = $1").bind(id).execute().await?;
    record(tx, NewLine::new("person enabled", Subject("user", id.0))).await
}

/// Refuses a change after which no admin could sign in.
async fn keep_an_admin(tx: &mut Tx) -> Outcome<()> {
    let left: i64 = tx.sql("select count(*) from users where role = 'admin' and disabled_at is null").scalar().await?;
    if left == 0 {
        let sentence = "This is the last admin who can sign in. Make somebody else an admin first.";
        return Err(Problems::of("role", sentence).into());
    }
    Ok(())
}

/// A one-time link's token for a person (or, with nobody yet, for the first admin). Older links end.
pub async fn make_link(tx: &mut Tx, user: Option<UserId>) -> Outcome<String> {
    let now = tx.at;
    let token = token()?;
    match user {
        Some(id) => {
            tx.sql("update one_time_links set used_at = $1 where user_id = $2 and used_at is null")
                .bind(now)
                .bind(id)
                .execute()
                .await?;
            record(tx, NewLine::new("sign-in link made", Subject("user", id.0))).await?;
        }
        None => {
            tx.sql("update one_time_links set used_at = $1 where user_id is null and used_at is null")
                .bind(now)
                .execute()
                .await?;
        }
    }
    tx.sql("insert into one_time_links (token_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)")
        .bind(token_hash(&token))
        .bind(user)
        .bind(now)
        .bind(now.plus(LINK_LASTS))
        .execute()
        .await?;
    Ok(token)
}

/// The person a link is for (nobody: the first admin); not found when it was used, replaced or is too old.
pub async fn find_link(db: &Db, token: &str, now: Moment) -> Outcome<Option<User>> {
    let found: Option<(Option<UserId>,)> = db
        .sql("select user_id from one_time_links where token_hash = $1 and used_at is null and expires_at > $2")
        .bind(token_hash(token))
        .bind(now)
        .optional()
        .await?;
    match found {
        None => Err(Error::NotFound),
        Some((None,)) if exist(db).await? => Err(Error::NotFound),
        Some((None,)) => Ok(None),
        Some((Some(id),)) => Ok(Some(find(db, id).await?)),
    }
}

/// Uses a link up. Not found when somebody was quicker.
pub async fn use_link(tx: &mut Tx, token: &str) -> Outcome<()> {
    let now = tx.at;
    let used = tx
        .sql("update one_time_links set used_at = $1 where token_hash = $2 and used_at is null and expires_at > $1")
        .bind(now)
        .bind(token_hash(token))
        .execute()
        .await?;
    if used == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Sets a person's password and ends their sessions, but for the one they are using.
pub async fn set_password(tx: &mut Tx, id: UserId, hashed: &str, keep: Option<SessionId>) -> Outcome<()> {
    tx.sql("update users set password_hash = $1 where id = $2").bind(hashed).bind(id).execute().await?;
    end_sessions(tx, id, keep).await?;
    record(tx, NewLine::new("password changed", Subject("user", id.0))).await
}

/// Notes the time zone in which a person reads moments; empty: as their browser says.
pub async fn choose_zone(tx: &mut Tx, id: UserId, zone: &str) -> Outcome<()> {
    let before: String = tx.sql("select time_zone from users where id = $1").bind(id).scalar().await?;
    if before == zone {
        return Ok(());
    }
    tx.sql("update users set time_zone = $1 where id = $2").bind(zone).bind(id).execute().await?;
    let line = NewLine::new("time zone chosen", Subject("user", id.0));
    record(tx, line.before(json!({ "time_zone": before })).after(json!({ "time_zone": zone }))).await
}

async fn end_sessions(tx: &mut Tx, id: UserId, keep: Option<SessionId>) -> Outcome<()> {
    let now = tx.at;
    tx.sql("update sessions set ended_at = $1 where user_id = $2 and ended_at is null and id <> $3")
        .bind(now)
        .bind(id)
        .bind(keep.map_or(0, |session| session.0))
        .execute()
        .await?;
    Ok(())
}

/// The number and password hash of the person who may sign in with a name.
pub async fn password_of(db: &Db, name: &str) -> Outcome<Option<(UserId, String)>> {
    Ok(db
        .sql(
            "select id, password_hash from users \
             where name_key = $1 and disabled_at is null and password_hash is not null",
        )
        .bind(name_key(name))
        .optional()
        .await?)
}

/// Whether too many tries for an account or from an address have failed lately.
pub async fn is_throttled(db: &Db, account: &str, address: &str, now: Moment) -> Outcome<bool> {
    let since = now.plus(-THROTTLE_WINDOW);
    let account = db
        .sql("select 1 as one from sign_in_attempts where account = $1 and at > $2")
        .bind(name_key(account))
        .bind(since)
        .count_up_to(TRIES_PER_ACCOUNT)
        .await?;
    let from_here = db
        .sql("select 1 as one from sign_in_attempts where address = $1 and at > $2")
        .bind(address)
        .bind(since)
        .count_up_to(TRIES_PER_ADDRESS)
        .await?;
    Ok(account >= TRIES_PER_ACCOUNT || from_here >= TRIES_PER_ADDRESS)
}

/// Notes a failed try, and forgets those that no longer count.
pub async fn note_failure(db: &Db, account: &str, address: &str, now: Moment) -> Outcome<()> {
    let account: String = name_key(account).chars().take(64).collect();
    change!(db, "", now, tx, {
        tx.sql("insert into sign_in_attempts (at, account, address) values ($1, $2, $3)")
            .bind(now)
            .bind(&account)
            .bind(address)
            .execute()
            .await?;
        tx.sql("delete from sign_in_attempts where at < $1").bind(now.plus(-THROTTLE_WINDOW)).execute().await?;
    })
}

/// Begins a session and gives its token.
pub async fn begin_session(tx: &mut Tx, id: UserId, address: &str, browser: &str) -> Outcome<String> {
    let now = tx.at;
    let token = token()?;
    let browser: String = browser.chars().take(200).collect();
    tx.sql(
        "insert into sessions (user_id, token_hash, address, browser, created_at, last_used_at) \
         values ($1, $2, $3, $4, $5, $5)",
    )
    .bind(id)
    .bind(token_hash(&token))
    .bind(address)
    .bind(&browser)
    .bind(now)
    .execute()
    .await?;
    Ok(token)
}

/// The live session of a token, if there is one.
pub async fn find_session(db: &Db, token: &str, now: Moment, limits: Limits) -> Outcome<Option<Session>> {
    let session: Option<Session> = db
        .sql_at_the_door(
            "select s.id, s.user_id, u.name, u.role, u.time_zone, s.created_at, s.last_used_at, \
             (select count(*) from imports where state = 'applying') as applying, \
             cast((select coalesce(sum(case k.work when 'backup' then 1 else 2 end), 0) from upkeep k \
                 where k.failed_at is not null and (k.work <> 'backup' or k.failed_at > $2)) as bigint) as failing \
             from sessions s join users u on u.id = s.user_id \
             where s.token_hash = $1 and s.ended_at is null and u.disabled_at is null",
        )
        .bind(token_hash(token))
        .bind(now.plus(-DAY))
        .optional()
        .await?;
    Ok(session.filter(|session| session.is_live(now, limits)))
}

/// Notes that a session was used; skipped while another change is being made, for a page view never waits.
pub async fn note_use(db: &Db, id: SessionId, now: Moment) -> Outcome<()> {
    if let Some(mut tx) = db.try_begin(now).await? {
        tx.sql("update sessions set last_used_at = $1 where id = $2").bind(now).bind(id).execute().await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A person's live sessions, newest first.
pub async fn sessions_of(db: &Db, id: UserId, now: Moment, limits: Limits) -> Outcome<Vec<OwnSession>> {
    Ok(db
        .sql(
            "select id, address, browser, created_at, last_used_at from sessions \
             where user_id = $1 and ended_at is null and last_used_at >= $2 and created_at >= $3 \
             order by id desc limit 100",
        )
        .bind(id)
        .bind(now.plus(-limits.idle))
        .bind(now.plus(-limits.whole))
        .all()
        .await?)
}

/// Ends one of a person's own sessions.
pub async fn end_session(tx: &mut Tx, user: UserId, id: SessionId) -> Outcome<()> {
    let now = tx.at;
    let ended = tx
        .sql("update sessions set ended_at = $1 where id = $2 and user_id = $3 and ended_at is null")
        .bind(now)
        .bind(id)
        .bind(user)
        .execute()
        .await?;
    if ended == 0 { Err(Error::NotFound) } else { Ok(()) }
}
