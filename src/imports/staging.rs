//! Staging: each row of the files, as the preview will compare it with the register.

use std::collections::HashMap;

use super::identity::Identity;
use super::reading::{KeyPackRow, LicenseRow, LicenseType, ServerRow, Version};
use crate::db::Db;
use crate::draft;
use crate::ids::{CompanyId, ImportId};
use crate::license_servers::license_server::LicenseServer;
use crate::moment::Moment;
use crate::users::user::name_key;
use crate::web::error::Outcome;

/// How many rows one statement writes.
pub const STEP: usize = 500;
/// How many rows are written in one go, so that other changes find their turn in between.
const FLUSH: usize = 5 * STEP;

/// What a version that no file tells is stored as.
pub const UNKNOWN_VERSION: &str = "unknown";

/// Takes rows and stages them. It holds a few numbers for each client and key pack, and of the rows only one step.
pub struct Stager {
    db: Db,
    import: ImportId,
    /// The company, when the register has it already.
    company: Option<CompanyId>,
    /// The server for rows that name none; and for all rows when the files name one server at most.
    named: String,
    /// Whether rows belong to the servers that they name.
    several: bool,
    /// When the files were exported, where one of them tells it.
    exported_at: Option<Moment>,
    /// Whether every file of servers and key packs was read, so that theirs can be written.
    packs_are_whole: bool,
    servers: HashMap<String, i64>,
    packs: HashMap<PackKey, PackRef>,
    clients: HashMap<[u8; 16], i64>,
    issued: Vec<Moment>,
    next_pack: i64,
    next_license: i64,
    next_problem: i64,
    new_servers: Vec<StagedServer>,
    new_packs: Vec<StagedPack>,
    new_clients: Vec<StagedClient>,
    new_licenses: Vec<StagedLicense>,
    new_problems: Vec<StagedProblem>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum PackKey {
    Numbered(i64, i64),
    OfReport(i64, Option<Version>, &'static str),
}

#[derive(Clone, Copy)]
struct PackRef {
    n: i64,
    license_type: LicenseType,
    /// Whether a row of a file told of it.
    described: bool,
}

struct StagedServer {
    n: i64,
    name: String,
    known: Option<LicenseServer>,
    license_server_id: String,
    product_id: String,
}

struct StagedPack {
    n: i64,
    file: i64,
    line: i64,
    server: i64,
    keypack_id: Option<i64>,
    version: Option<Version>,
    row: Option<KeyPackRow>,
    license_type: LicenseType,
    known: Option<i64>,
}

struct StagedClient {
    n: i64,
    identity: Identity,
    issued_at: Moment,
}

struct StagedLicense {
    n: i64,
    file: i64,
    line: i64,
    server: i64,
    pack: i64,
    client: i64,
    row: LicenseRow,
}

struct StagedProblem {
    n: i64,
    file: i64,
    line: i64,
    message: String,
}

impl Stager {
    /// A stager for an import whose company and servers are settled.
    pub fn new(db: &Db, import: ImportId, company: Option<CompanyId>, named: &str, several: bool) -> Stager {
        Stager {
            db: db.clone(),
            import,
            company,
            named: named.to_owned(),
            several,
            exported_at: None,
            packs_are_whole: false,
            servers: HashMap::new(),
            packs: HashMap::new(),
            clients: HashMap::new(),
            issued: Vec::new(),
            next_pack: 1,
            next_license: 1,
            next_problem: 1,
            new_servers: Vec::new(),
            new_packs: Vec::new(),
            new_clients: Vec::new(),
            new_licenses: Vec::new(),
            new_problems: Vec::new(),
        }
    }

    /// Stages what is wrong with a row.
    pub fn problem(&mut self, file: i64, line: u64, message: String) {
        let n = self.next_problem;
        self.next_problem += 1;
        self.new_problems.push(StagedProblem { n, file, line: line_number(line), message });
    }

    /// Makes sure that a server is known to the import even when no row names it.
    pub async fn server_of(&mut self, name: Option<&str>) -> Outcome<i64> {
        let name = match name {
            Some(name) if self.several => name.to_owned(),
            _ => self.named.clone(),
        };
        let key = name_key(&name);
        if let Some(server) = self.servers.get(&key) {
            return Ok(*server);
        }
        let known = match self.company {
            Some(company) => crate::license_servers::store::look_up(&self.db, company, &name).await?,
            None => None,
        };
        let n = i64::try_from(self.servers.len()).unwrap_or(0) + 1;
        self.servers.insert(key, n);
        if let Some(server) = &known {
            self.know_packs(n, server).await?;
        }
        let (license_server_id, product_id) = (String::new(), String::new());
        self.new_servers.push(StagedServer { n, name, known, license_server_id, product_id });
        Ok(n)
    }

    /// The packs that the register has of a server: licenses may belong to them without their being in a file.
    async fn know_packs(&mut self, n: i64, server: &LicenseServer) -> Outcome<()> {
        let packs: Vec<(i64, Option<i64>, String, String)> = self
            .db
            .sql(
                "select id, keypack_id, version, license_type from key_packs \
                 where server_id = $1 and epoch = $2 order by id",
            )
            .bind(server.id)
            .bind(server.epoch)
            .all()
            .await?;
        for (id, keypack_id, version, license_type) in packs {
            let license_type = LicenseType::parse(&license_type).unwrap_or(LicenseType::Other);
            let version = Version::parse(&version);
            let key = match keypack_id {
                Some(keypack_id) => PackKey::Numbered(n, keypack_id),
                None => PackKey::OfReport(n, version, license_type.as_str()),
            };
            let pack = self.add_pack(key, 0, 0, n, keypack_id, version, license_type);
            pack.known = Some(id);
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one staged row")]
    fn add_pack(
        &mut self,
        key: PackKey,
        file: i64,
        line: i64,
        server: i64,
        keypack_id: Option<i64>,
        version: Option<Version>,
        license_type: LicenseType,
    ) -> &mut StagedPack {
        let n = self.next_pack;
        self.next_pack += 1;
        self.packs.insert(key, PackRef { n, license_type, described: false });
        let pack = StagedPack { n, file, line, server, keypack_id, version, row: None, license_type, known: None };
        self.new_packs.push(pack);
        let last = self.new_packs.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "the row was pushed just now")]
        &mut self.new_packs[last]
    }

    /// Stages what a file says of the license server itself. Such files are read before all others.
    pub async fn server(&mut self, line_server: Option<&str>, row: &ServerRow) -> Outcome<()> {
        let n = self.server_of(line_server).await?;
        if let Some(server) = self.new_servers.iter_mut().find(|server| server.n == n) {
            server.license_server_id.clone_from(&row.license_server_id);
            server.product_id.clone_from(&row.product_id);
        }
        self.exported_at = row.exported_at.map(Moment).or(self.exported_at);
        Ok(())
    }

    /// Stages a key pack. Such files are read before those of licenses.
    pub async fn key_pack(&mut self, file: i64, line: u64, server: Option<&str>, row: KeyPackRow) -> Outcome<()> {
        let server = self.server_of(server).await?;
        let (version, license_type) = (row.version, row.license_type);
        let (keypack_id, number) = (row.keypack_id, line_number(line));
        let key = PackKey::Numbered(server, keypack_id);
        let n = match self.packs.get(&key) {
            Some(before) if before.described => {
                let message =
                    format!("Keypack ID {keypack_id} stands twice in this import. Leave one of the rows out.");
                self.problem(file, line, message);
                return Ok(());
            }
            Some(before) => before.n,
            None => self.add_pack(key.clone(), file, number, server, Some(keypack_id), version, license_type).n,
        };
        self.packs.insert(key, PackRef { n, license_type, described: true });
        if let Some(pack) = self.new_packs.iter_mut().find(|pack| pack.n == n) {
            (pack.file, pack.line, pack.version, pack.license_type) = (file, number, version, license_type);
            pack.row = Some(row);
        }
        Ok(())
    }

    /// Stages a license.
    pub async fn license(&mut self, file: i64, line: u64, server: Option<&str>, row: LicenseRow) -> Outcome<()> {
        let server = self.server_of(server).await?;
        self.packs_are_whole = true;
        let pack = self.pack_of(file, server, &row);
        let Some(identity) = Identity::of(&row, pack.license_type) else {
            let message = "The row names neither a computer nor a user nor a hardware ID, so nobody holds its license.";
            self.problem(file, line, message.into());
            return Ok(());
        };
        let issued_at = row.issued_at.map_or(Moment::UNKNOWN, Moment);
        let client = self.client_of(identity, issued_at);
        let n = self.next_license;
        self.next_license += 1;
        self.new_licenses.push(StagedLicense { n, file, line: line_number(line), server, pack: pack.n, client, row });
        Ok(())
    }

    /// The pack of a license; one that nobody has described yet is staged as a pack of that number.
    fn pack_of(&mut self, file: i64, server: i64, row: &LicenseRow) -> PackRef {
        let guess = if row.computer.is_empty() && row.hardware_id.is_empty() {
            LicenseType::PerUser
        } else {
            LicenseType::PerDevice
        };
        let license_type = row.license_type.unwrap_or(guess);
        let version = row.version;
        let key = match row.keypack_id {
            Some(keypack_id) => PackKey::Numbered(server, keypack_id),
            None => PackKey::OfReport(server, version, license_type.as_str()),
        };
        if let Some(pack) = self.packs.get(&key) {
            return *pack;
        }
        let n = self.add_pack(key, file, 0, server, row.keypack_id, version, license_type).n;
        PackRef { n, license_type, described: false }
    }

    fn client_of(&mut self, identity: Identity, issued_at: Moment) -> i64 {
        let digest = identity.digest();
        if let Some(n) = self.clients.get(&digest).copied() {
            if let Some(latest) = usize::try_from(n - 1).ok().and_then(|place| self.issued.get_mut(place)) {
                *latest = issued_at.max(*latest);
            }
            return n;
        }
        let n = i64::try_from(self.clients.len()).unwrap_or(0) + 1;
        self.clients.insert(digest, n);
        self.issued.push(issued_at);
        self.new_clients.push(StagedClient { n, identity, issued_at });
        n
    }

    /// Whether a step's worth of rows waits to be written.
    pub fn is_full(&self) -> bool {
        self.new_licenses.len() >= FLUSH || self.new_problems.len() >= FLUSH
    }

    /// Writes what is staged so far, in one small step. False when the import was cancelled.
    pub async fn flush(&mut self, done: i64, now: Moment) -> Outcome<bool> {
        let (servers, packs) = if self.packs_are_whole {
            (std::mem::take(&mut self.new_servers), std::mem::take(&mut self.new_packs))
        } else {
            (Vec::new(), Vec::new())
        };
        let (clients, licenses) = (std::mem::take(&mut self.new_clients), std::mem::take(&mut self.new_licenses));
        let problems = std::mem::take(&mut self.new_problems);
        let (db, import) = (&self.db, self.import);
        draft!(db, now, tx, {
            write::servers(tx, import, &servers).await?;
            write::packs(tx, import, &packs).await?;
            write::clients(tx, import, &clients).await?;
            write::licenses(tx, import, &licenses).await?;
            write::problems(tx, import, &problems).await?;
            let still = tx
                .sql("update imports set rows_done = $1, heartbeat_at = $2 where id = $3 and state = 'reading'")
                .bind(done)
                .bind(now)
                .bind(import)
                .execute()
                .await?;
            still == 1
        })
    }

    /// Writes the last of it: the clients' latest issue dates, which only the whole of the rows tells.
    pub async fn end(mut self, done: i64, now: Moment) -> Outcome<bool> {
        self.packs_are_whole = true;
        if !self.flush(done, now).await? {
            return Ok(false);
        }
        let issued = std::mem::take(&mut self.issued);
        let (db, import) = (&self.db, self.import);
        if let Some(at) = self.exported_at {
            draft!(db, now, tx, {
                tx.sql("update imports set captured_at = $1 where id = $2 and captured_said = 0")
                    .bind(at.min(now))
                    .bind(import)
                    .execute()
                    .await?;
            })?;
        }
        for (step, some) in issued.chunks(STEP).enumerate() {
            let first = i64::try_from(step * STEP).unwrap_or(0) + 1;
            draft!(db, now, tx, {
                tx.sql("update import_clients set issued_at = v.column2 from (values")
                    .rows_of((first..).zip(some), |query, (n, at)| query.value(n).value(*at))
                    .push(") as v")
                    .push_bind(" where import_clients.import_id = ?", import)
                    .push(" and import_clients.n = v.column1")
                    .execute()
                    .await?;
            })?;
        }
        Ok(true)
    }
}

fn line_number(line: u64) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

mod write;
