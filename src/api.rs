//! The interface for programs: what every address under `/api/v1` shares. A noun's own addresses are in its `api.rs`.

pub mod answer;
pub mod asked;
pub mod body;
pub mod call;
pub mod document;
pub mod explorer;
pub mod form;
pub mod kept;
pub mod operations;
pub mod tag;

/// What every address of the interface begins with.
pub const ROOT: &str = "/api/v1";

/// Whether an address is one of the interface: tokens are taken there, cookies are not, and every answer is JSON.
pub fn is_for(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Makes something new, unless the same call did so before, and answers with it: the block gives it as programs get it.
macro_rules! made {
    ($app:ident, $actor:ident, $call:ident, $tx:ident, $work:block) => {{
        let reply = $crate::change!($app.db, &$actor.name, $app.now(), $tx, {
            match $call.before($tx, &$actor).await? {
                Some(before) => before,
                None => {
                    let item = $work;
                    let newest = $crate::api::answer::newest_of(&mut *$tx, &item).await?;
                    $call.made($tx, &$actor, newest, &item).await?
                }
            }
        });
        reply?.response()
    }};
}

/// Makes or changes several things at once, unless the same call did so before, and answers with what the block gives.
macro_rules! made_together {
    ($app:ident, $actor:ident, $call:ident, $tx:ident, $work:block) => {{
        let reply = $crate::change!($app.db, &$actor.name, $app.now(), $tx, {
            match $call.before($tx, &$actor).await? {
                Some(before) => before,
                None => {
                    let done = $work;
                    $call.made_together($tx, &$actor, &done).await?
                }
            }
        });
        reply?.response()
    }};
}

/// Changes something, and answers with it as it is then: the block gives it as programs get it.
macro_rules! changed {
    ($app:ident, $actor:ident, $tx:ident, $work:block) => {{
        let done = $crate::change!($app.db, &$actor.name, $app.now(), $tx, {
            let item = $work;
            ($crate::api::answer::newest_of(&mut *$tx, &item).await?, item)
        });
        let (newest, item) = done.map_err($crate::api::tag::overtaken)?;
        $crate::api::answer::changed(newest, &item)
    }};
}

pub(crate) use {changed, made, made_together};
