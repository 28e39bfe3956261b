//! Finding things in the database. Each question is one range of one index, or a look at one of the small tables.

use super::found::{Group, Hit, MOST, Piece, of_client, pieces};
use super::term::{Named, Term};
use crate::clients::client::Client;
use crate::clients::filter::{Asked, Filter, Search};
use crate::clients::store as clients;
use crate::companies;
use crate::db::{Db, Query};
use crate::web::error::Outcome;
use crate::web::slice::Window;

/// One more than is shown, so that the page knows whether there are more.
const LIMIT: i64 = 9;

/// Of clients that fit somewhere so many are looked at, so that names come before hardware IDs.
const LOOKED_AT: i64 = 51;

/// Where a number with a letter leads; nothing when there is none of it.
pub async fn named(db: &Db, named: Named, number: i64) -> Outcome<Option<String>> {
    let (room, text) = match named {
        Named::Seat => return Ok(seat(db, number).await?.map(|license| format!("/licenses/{license}"))),
        Named::Transfer => ("transfers", "select 1 as one from transfers where id = $1"),
        Named::Reissue => ("reissues", "select 1 as one from reissues where id = $1"),
        Named::KeyPack => ("key-packs", "select 1 as one from key_packs where id = $1"),
    };
    let known = db.sql(text).bind(number).count_up_to(1).await?;
    Ok((known > 0).then(|| format!("/{room}/{number}")))
}

/// The latest license of a seat, which is named by its first one.
async fn seat(db: &Db, number: i64) -> Outcome<Option<i64>> {
    let later: Option<(i64,)> = select_later(db, number).optional().await?;
    if let Some((id,)) = later {
        return Ok(Some(id));
    }
    let first: Option<(i64,)> =
        db.sql("select id from licenses where id = $1 and coalesce(seat_id, id) = id").bind(number).optional().await?;
    Ok(first.map(|(id,)| id))
}

/// Everything that fits, in groups. `ids`: whether license server IDs and license key pack IDs may be read.
pub async fn find(db: &Db, term: &Term, ids: bool) -> Outcome<Vec<Group>> {
    let mut groups = vec![found_clients(db, term).await?];
    if let Some(number) = term.number() {
        groups.push(Group::of("By number", by_number(db, number, term).await?, None));
        groups.push(Group::of("Key packs", by_keypack_id(db, number, term).await?, None));
    }
    if ids {
        groups.push(Group::of("By ID", by_id(db, term).await?, None));
    }
    groups.push(Group::of(
        "License servers",
        servers(db, term).await?,
        Some(("/license-servers".into(), "The list of license servers")),
    ));
    groups.push(Group::of("Companies", found_companies(db, term).await?, None));
    groups.push(Group::of(
        "Agreements",
        agreements(db, term).await?,
        Some(("/agreements".into(), "The list of agreements")),
    ));
    groups.retain(|group| !group.hits.is_empty());
    Ok(groups)
}

async fn found_clients(db: &Db, term: &Term) -> Outcome<Group> {
    let filter = Filter::of(&Asked { q: term.text.clone(), ..Asked::default() });
    let start = Filter { search: Some(Search::Start(term.key.clone())), ..filter.clone() };
    let mut found = some_clients(db, &start, LIMIT).await?;
    if matches!(filter.search, Some(Search::Part { .. })) && found.len() <= MOST {
        let mut parts = some_clients(db, &filter, LOOKED_AT).await?;
        parts.retain(|client| !found.iter().any(|known| known.id == client.id));
        // Whoever types digits means a name far more often than a part of a hardware ID.
        parts.sort_by_key(|client| !client.name.to_lowercase().contains(&term.key));
        found.append(&mut parts);
    }
    let several = companies::read::are_several(db).await?;
    let hits = found.iter().map(|client| of_client(client, several, term)).collect();
    Ok(Group::of("Clients", hits, Some((filter.address().to_string(), "All clients that fit"))))
}

async fn some_clients(db: &Db, filter: &Filter, limit: i64) -> Outcome<Vec<Client>> {
    clients::list(db, filter, &clients::order(filter, ""), &Window::first(limit - 1)).await
}

type Row = (i64, String, String);

/// The rows whose text has the key, those that begin with it first. There are few servers, companies and agreements.
async fn having(query: Query<'_>, order: &'static str) -> Outcome<Vec<Row>> {
    Ok(query.push(order).push_limit(" limit ?", LIMIT).all().await?)
}

async fn servers(db: &Db, term: &Term) -> Outcome<Vec<Hit>> {
    let query = db
        .sql("select s.id, s.name, o.name as company from license_servers s join companies o on o.id = s.company_id")
        .push_bind(db.pick(" where instr(s.name_key, ?) > 0", " where strpos(s.name_key, ?) > 0"), &term.key);
    let order = db.pick(
        " order by instr(s.name_key, $1) > 1, s.name_key, s.id",
        " order by strpos(s.name_key, $1) > 1, s.name_key, s.id",
    );
    let rows = having(query, order).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, company)| Hit::titled(format!("/license-servers/{id}"), &name, "name", term, company))
        .collect())
}

async fn found_companies(db: &Db, term: &Term) -> Outcome<Vec<Hit>> {
    let query = db
        .sql("select id, name, '' as none from companies")
        .push_bind(db.pick(" where instr(name_key, ?) > 0", " where strpos(name_key, ?) > 0"), &term.key);
    let order = db.pick(" order by instr(name_key, $1) > 1, name_key", " order by strpos(name_key, $1) > 1, name_key");
    let rows = having(query, order).await?;
    let href = |id| format!("/companies/{id}");
    Ok(rows
        .into_iter()
        .map(|(id, name, _)| Hit::titled(href(id), &name, "name", term, "its license servers"))
        .collect())
}

async fn agreements(db: &Db, term: &Term) -> Outcome<Vec<Hit>> {
    // One or two characters are in nearly every number.
    if term.squeezed.chars().count() < 3 {
        return Ok(Vec::new());
    }
    let query = db
        .sql(
            "select a.id, a.license_number || ' ' || a.authorization_number || ' ' || a.agreement_number || ' ' || \
             a.retail_code_end as numbers, o.name as company \
             from agreements a join companies o on o.id = a.company_id",
        )
        .push_bind(db.pick(" where (instr(a.search, ?) > 0", " where (strpos(a.search, ?) > 0"), &term.squeezed)
        .push(" or a.retail_code_end = $1)");
    let rows = having(query, " order by a.id desc").await?;
    let hit = |(id, numbers, company): Row| {
        let number = numbers.split_whitespace().find(|number| squeeze(number).contains(&term.squeezed));
        let part = part_of(number.unwrap_or(&numbers), term);
        Hit::parted(format!("/agreements/{id}"), &format!("Agreement {id}"), "number", part, company)
    };
    Ok(rows.into_iter().map(hit).collect())
}

fn squeeze(text: &str) -> String {
    Term::of(text).map(|term| term.squeezed).unwrap_or_default()
}

/// A number with what fits marked: as it was typed, else the whole number.
fn part_of(number: &str, term: &Term) -> Vec<Piece> {
    let made = pieces(number, &term.key);
    if made.iter().any(|piece| piece.fits) {
        return made;
    }
    vec![Piece { text: number.to_owned(), fits: true }]
}

/// What has a number as its own: a seat, a client, a key pack, an import.
async fn by_number(db: &Db, number: i64, term: &Term) -> Outcome<Vec<Hit>> {
    let mut hits = Vec::new();
    if let Some(license) = seat(db, number).await? {
        hits.push(Hit::titled(format!("/licenses/{license}"), &format!("Seat S-{number}"), "number", term, ""));
    }
    let rows: Vec<(String, String)> = select_by_number(db, number).all().await?;
    for (kind, name) in rows {
        let (room, label) = match kind.as_str() {
            "client" => ("clients", "Client "),
            "key pack" => ("key-packs", "Key pack K-"),
            _ => ("imports", "Import "),
        };
        hits.push(Hit::titled(format!("/{room}/{number}"), &format!("{label}{number}"), "number", term, name));
    }
    Ok(hits)
}

/// The packs that servers number so in their present license databases: one look per server.
async fn by_keypack_id(db: &Db, number: i64, term: &Term) -> Outcome<Vec<Hit>> {
    let rows: Vec<Row> = select_by_keypack_id(db, number).all().await?;
    Ok(rows
        .into_iter()
        .map(|(id, server, model)| {
            let mut hit = Hit::titled(format!("/key-packs/{id}"), &format!("{number}"), "keypack ID", term, model);
            hit.title.insert(0, Piece { text: "Keypack ID ".into(), fits: false });
            hit.title.push(Piece { text: format!(" on {server}"), fits: false });
            hit
        })
        .collect())
}

/// License servers and key packs by their 35 characters, or the last five of them. Only these five are shown.
async fn by_id(db: &Db, term: &Term) -> Outcome<Vec<Hit>> {
    let Some((servers, packs)) = select_by_id(db, term) else { return Ok(Vec::new()) };
    let (servers, packs): (Vec<Row>, Vec<Row>) = (servers.all().await?, packs.all().await?);
    let end = |text: String| vec![Piece { text: "…-".into(), fits: false }, Piece { text, fits: true }];
    let of_server = |(id, name, text): Row| {
        Hit::parted(format!("/license-servers/{id}"), &name, "license server ID", end(text), "")
    };
    let of_pack = |(id, server, text): Row| {
        let title = format!("Key pack K-{id} on {server}");
        Hit::parted(format!("/key-packs/{id}"), &title, "license key pack ID", end(text), "")
    };
    Ok(servers.into_iter().map(of_server).chain(packs.into_iter().map(of_pack)).collect())
}

/// The questions about what grows large, for those who ask how they would be run. Clients are asked for as their list does.
pub fn questions<'c>(db: &'c Db, term: &Term) -> Vec<Query<'c>> {
    let number = term.number().unwrap_or(1);
    let mut all = vec![select_later(db, number), select_by_number(db, number), select_by_keypack_id(db, number)];
    all.extend(select_by_id(db, term).into_iter().flat_map(|(servers, packs)| [servers, packs]));
    all
}

fn select_later(db: &Db, seat: i64) -> Query<'_> {
    db.sql("select id from licenses where seat_id = $1 order by id desc limit 1").bind(seat)
}

fn select_by_number(db: &Db, number: i64) -> Query<'_> {
    db.sql(
        "select 'client' as kind, name from clients where id = $1 \
         union all select 'key pack' as kind, type_and_model as name from key_packs where id = $1 \
         union all select 'import' as kind, server_name as name from imports where id = $1",
    )
    .bind(number)
}

fn select_by_keypack_id(db: &Db, number: i64) -> Query<'_> {
    db.sql(
        "select k.id, s.name, k.type_and_model from license_servers s \
         join key_packs k on k.server_id = s.id and k.epoch = s.epoch and k.keypack_id = $1 \
         order by s.name_key, s.id limit $2",
    )
    .bind(number)
    .bind(LIMIT)
}

fn select_by_id<'c>(db: &'c Db, term: &Term) -> Option<(Query<'c>, Query<'c>)> {
    let (server, pack, value) = match (term.long_id(), term.last_group()) {
        (Some(id), _) => (" where s.license_server_id = $1", " where k.license_key_pack_id = $1", id),
        (None, Some(end)) => {
            (" where substr(s.license_server_id, 31) = $1", " where substr(k.license_key_pack_id, 31) = $1", end)
        }
        (None, None) => return None,
    };
    let servers = db
        .sql("select s.id, s.name, coalesce(substr(s.license_server_id, 31), '') as end_of from license_servers s")
        .push(server)
        .bind(value)
        .push_limit(" order by s.id limit ?", LIMIT);
    let packs = db
        .sql(
            "select k.id, s.name, coalesce(substr(k.license_key_pack_id, 31), '') as end_of \
             from key_packs k join license_servers s on s.id = k.server_id",
        )
        .push(pack)
        .bind(value)
        .push_limit(" order by k.id limit ?", LIMIT);
    Some((servers, packs))
}
