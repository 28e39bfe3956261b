//! Receiving files: they are kept in the database in small pieces until the import is over, so that any copy of the
//! program can go on with them and nothing is lost with a process.

use sha2::{Digest, Sha256};

use super::form::NewImport;
use super::import::State;
use super::store;
use crate::change;
use crate::db::{Db, Tx};
use crate::draft;
use crate::history::line::hex;
use crate::ids::ImportId;
use crate::moment::Moment;
use crate::web::error::Outcome;

/// The bytes of one piece.
const PIECE: usize = 1024 * 1024;

/// Begins an import; its files follow.
pub async fn begin(db: &Db, new: &NewImport, actor: &str, worker: &str, now: Moment) -> Outcome<ImportId> {
    let id = change!(db, actor, now, tx, {
        tx.sql(
            "insert into imports (state, source, actor, company_name, server_name, captured_at, time_zone, date_order, \
             covers, accept_gone, created_at, heartbeat_at, worker, captured_said) \
             values ('receiving', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12) returning id",
        )
        .bind(new.source)
        .bind(actor)
        .bind(&new.company_name)
        .bind(&new.server_name)
        .bind(new.captured_at.min(now))
        .bind(&new.time_zone)
        .bind(&new.date_order)
        .bind(new.covers)
        .bind(i64::from(new.accept_gone))
        .bind(now)
        .bind(worker)
        .bind(i64::from(new.captured_said))
        .scalar::<i64>()
        .await?
    })?;
    Ok(ImportId(id))
}

/// Says of an import what its form's fields said, once they are all there.
async fn describe(tx: &mut Tx, id: ImportId, new: &NewImport) -> Outcome<()> {
    let captured = new.captured_at.min(tx.at);
    tx.sql(
        "update imports set company_name = $1, server_name = $2, captured_at = $3, time_zone = $4, date_order = $5, \
         covers = $6, accept_gone = $7, captured_said = $8 where id = $9",
    )
    .bind(&new.company_name)
    .bind(&new.server_name)
    .bind(captured)
    .bind(&new.time_zone)
    .bind(&new.date_order)
    .bind(new.covers)
    .bind(i64::from(new.accept_gone))
    .bind(i64::from(new.captured_said))
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Says so, and takes the import for reading, in one change: whoever ends in between leaves it to be read by another.
pub async fn hand_over(tx: &mut Tx, id: ImportId, new: &NewImport, worker: &str) -> Outcome<()> {
    describe(tx, id, new).await?;
    store::pass_in(tx, id, &[State::Receiving], State::Reading, worker).await?;
    Ok(())
}

/// A file that is being received.
pub struct Receiver<'a> {
    db: &'a Db,
    import: ImportId,
    file: i64,
    pieces: i64,
    size: u64,
    sum: Sha256,
    held: Vec<u8>,
}

impl<'a> Receiver<'a> {
    /// Begins a file of an import.
    pub async fn begin(db: &'a Db, import: ImportId, name: &str, now: Moment) -> Outcome<Receiver<'a>> {
        let name: String = name.rsplit(['/', '\\']).next().unwrap_or(name).chars().take(200).collect();
        let file = change!(db, "", now, tx, {
            tx.sql("insert into import_files (import_id, name, size, sha256) values ($1, $2, 0, '') returning id")
                .bind(import)
                .bind(&name)
                .scalar::<i64>()
                .await?
        })?;
        Ok(Receiver { db, import, file, pieces: 0, size: 0, sum: Sha256::new(), held: Vec::with_capacity(PIECE) })
    }

    /// The bytes received so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes some more bytes.
    pub async fn take(&mut self, mut bytes: &[u8], now: Moment) -> Outcome<()> {
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now_held, rest) = bytes.split_at((PIECE - self.held.len()).min(bytes.len()));
            self.held.extend_from_slice(now_held);
            bytes = rest;
            if self.held.len() == PIECE {
                self.keep(now).await?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    pub async fn end(mut self, now: Moment) -> Outcome<()> {
        if !self.held.is_empty() {
            self.keep(now).await?;
        }
        let (sum, size) = (hex(&self.sum.finalize()), i64::try_from(self.size).unwrap_or(i64::MAX));
        change!(self.db, "", now, tx, {
            tx.sql("update import_files set size = $1, sha256 = $2 where id = $3")
                .bind(size)
                .bind(&sum)
                .bind(self.file)
                .execute()
                .await?;
        })
    }

    async fn keep(&mut self, now: Moment) -> Outcome<()> {
        self.sum.update(&self.held);
        draft!(self.db, now, tx, {
            tx.sql("insert into import_chunks (file_id, n, bytes) values ($1, $2, $3)")
                .bind(self.file)
                .bind(self.pieces)
                .bind(self.held.as_slice())
                .execute()
                .await?;
            tx.sql("update imports set heartbeat_at = $1 where id = $2").bind(now).bind(self.import).execute().await?;
        })?;
        self.pieces += 1;
        self.held.clear();
        Ok(())
    }
}

/// A received file, read piece by piece on a thread that may wait.
pub struct Pieces {
    db: Db,
    file: i64,
    next: i64,
    held: std::io::Cursor<Vec<u8>>,
    runtime: tokio::runtime::Handle,
}

impl Pieces {
    /// The file from its beginning. Only to be read where waiting is allowed, such as in `spawn_blocking`.
    pub fn of(db: &Db, file: i64, runtime: tokio::runtime::Handle) -> Pieces {
        Pieces { db: db.clone(), file, next: 0, held: std::io::Cursor::default(), runtime }
    }

    async fn piece(&self) -> sqlx::Result<Option<(Vec<u8>,)>> {
        self.db
            .sql("select bytes from import_chunks where file_id = $1 and n = $2")
            .bind(self.file)
            .bind(self.next)
            .optional()
            .await
    }
}

impl std::io::Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.held.read(into)?;
        if read > 0 || into.is_empty() {
            return Ok(read);
        }
        let piece = self.runtime.clone().block_on(self.piece()).map_err(std::io::Error::other)?;
        let Some((bytes,)) = piece else { return Ok(0) };
        self.next += 1;
        self.held = std::io::Cursor::new(bytes);
        self.held.read(into)
    }
}
