//! Saved views in the database.

use super::view::{NewView, SavedView};
use crate::check::Problems;
use crate::db::{Db, Reads, Tx};
use crate::history::line::{NewLine, Subject};
use crate::history::store::record;
use crate::ids::{SavedViewId, UserId};
use crate::users::user::name_key;
use crate::web::error::{Error, Outcome};

const SELECT: &str = "select v.id, v.user_id, u.name as owner, v.list, v.query, v.name, v.shared from saved_views v \
    join users u on u.id = v.user_id where";

/// The most views that are shown of one list, and of all lists together on their own page.
const MOST: i64 = 100;

/// The views of a list that somebody sees: their own and shared ones, by name.
pub async fn of_list(db: &Db, list: &str, user: UserId) -> Outcome<Vec<SavedView>> {
    Ok(db
        .sql(SELECT)
        .push_bind(" v.list = ?", list)
        .push_bind(" and (v.shared = 1 or v.user_id = ?)", user)
        .push_limit(" order by v.name_key, v.id limit ?", MOST)
        .all()
        .await?)
}

/// Every view that somebody sees: their own and shared ones, by list and name.
pub async fn all(db: &Db, user: UserId) -> Outcome<Vec<SavedView>> {
    Ok(db
        .sql(SELECT)
        .push_bind(" (v.shared = 1 or v.user_id = ?)", user)
        .push_limit(" order by v.list, v.name_key, v.id limit ?", 10 * MOST)
        .all()
        .await?)
}

/// One view that somebody sees.
pub async fn find_seen(db: &Db, id: SavedViewId, user: UserId) -> Outcome<SavedView> {
    let view = find(db, id).await?;
    if view.is_seen_by(user) { Ok(view) } else { Err(Error::NotFound) }
}

/// One view that somebody may take away or share.
pub async fn find_own(db: &Db, id: SavedViewId, (user, is_admin): (UserId, bool)) -> Outcome<SavedView> {
    let view = find(db, id).await?;
    if view.is_for(user, is_admin) { Ok(view) } else { Err(Error::NotFound) }
}

/// One view.
pub async fn find<'c>(db: impl Reads<'c>, id: SavedViewId) -> Outcome<SavedView> {
    db.sql(SELECT).push_bind(" v.id = ?", id).optional().await?.ok_or(Error::NotFound)
}

fn told(name: &str, list: &str, query: &str, shared: bool) -> serde_json::Value {
    serde_json::json!({"view": name, "list": list, "filters": query, "shared": shared})
}

/// Saves a view. Of a list nobody has two of one name.
pub async fn save(tx: &mut Tx, user: UserId, new: &NewView) -> Outcome<SavedViewId> {
    let now = tx.at;
    let saved = tx
        .sql(
            "insert into saved_views (user_id, list, query, name, name_key, shared, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7) returning id",
        )
        .bind(user)
        .bind(new.list)
        .bind(&new.query)
        .bind(&new.name)
        .bind(name_key(&new.name))
        .bind(i64::from(new.shared))
        .bind(now)
        .scalar::<i64>()
        .await
        .map_err(Error::from);
    let id = match saved {
        Err(error) if error.is_taken() => {
            let says = "You have a view of this list by that name. Choose another name, or take the other view away.";
            return Err(Problems::of("name", says).into());
        }
        other => other?,
    };
    let line = NewLine::new("view saved", Subject("user", user.0));
    record(tx, line.after(told(&new.name, new.list, &new.query, new.shared))).await?;
    Ok(SavedViewId(id))
}

/// Takes a view away.
pub async fn remove(tx: &mut Tx, view: &SavedView) -> Outcome<()> {
    if tx.sql("delete from saved_views where id = $1").bind(view.id).execute().await? == 0 {
        return Err(Error::NotFound);
    }
    let line = NewLine::new("view taken away", Subject("user", view.user_id.0));
    record(tx, line.before(told(&view.name, &view.list, &view.query, view.is_shared()))).await
}

/// Shows a view to everybody, or to its owner alone.
pub async fn share(tx: &mut Tx, view: &SavedView, shared: bool) -> Outcome<()> {
    if view.is_shared() == shared {
        return Ok(());
    }
    let update = tx.sql("update saved_views set shared = $1 where id = $2").bind(i64::from(shared)).bind(view.id);
    if update.execute().await? == 0 {
        return Err(Error::NotFound);
    }
    let line =
        NewLine::new(if shared { "view shared" } else { "view no longer shared" }, Subject("user", view.user_id.0));
    record(tx, line.after(told(&view.name, &view.list, &view.query, shared))).await
}
