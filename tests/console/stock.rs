//! Stock for the shelves: servers, key packs, clients and licenses, put straight into the tables.
//! `console.stock()`, then two words each: `stock.server("LIC-01").await`, `stock.key_pack(&server).of(10).await`.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use reseat::clients::client::{Kind, identity};
use reseat::db::Tx;
use reseat::moment::Moment;

use crate::support::Console;

type Made<'a> = Pin<Box<dyn Future<Output = i64> + Send + 'a>>;

/// Puts things straight into the tables.
pub struct Stock<'a>(&'a Console);

impl Console {
    pub fn stock(&self) -> Stock<'_> {
        Stock(self)
    }
}

impl Stock<'_> {
    async fn tx(&self) -> Tx {
        self.0.db().begin("the stock", self.0.app.now()).await.unwrap()
    }

    fn now(&self) -> Moment {
        self.0.app.now()
    }

    /// The number of a company, which is made when it is new.
    pub async fn company(&self, name: &str) -> i64 {
        let key = name.to_lowercase();
        let mut tx = self.tx().await;
        let found: Option<(i64,)> =
            tx.sql("select id from companies where name_key = $1").bind(&key).optional().await.unwrap();
        let id = match found {
            Some((id,)) => id,
            None => tx
                .sql("insert into companies (name, name_key, created_at) values ($1, $2, $3) returning id")
                .bind(name)
                .bind(&key)
                .bind(self.now())
                .scalar()
                .await
                .unwrap(),
        };
        tx.commit().await.unwrap();
        id
    }

    pub fn server(&self, name: &str) -> Server<'_> {
        Server { stock: self, name: name.into(), company: "Contoso".into(), license_server_id: None }
    }

    pub fn key_pack(&self, server: i64) -> KeyPack<'_> {
        KeyPack {
            stock: self,
            server,
            quantity: Some(100),
            issued: Some(0),
            origin: "original",
            version: "2019",
            license_type: "per_device",
            expires_at: Moment::NEVER,
            described: true,
            gone_at: None,
        }
    }

    pub fn client(&self, name: &str) -> Client<'_> {
        Client { stock: self, name: name.into(), company: "Contoso".into(), kind: "computer", hardware_id: None }
    }

    pub fn license(&self, key_pack: i64, client: i64) -> License<'_> {
        let now = self.now();
        License {
            stock: self,
            key_pack,
            client,
            status: 2,
            issued_at: now.plus_days(-30),
            expires_at: now.plus_days(40),
            gone_at: None,
        }
    }

    /// What an import said of a key pack.
    pub async fn count(&self, key_pack: i64, captured_at: Moment, quantity: Option<i64>, issued: i64) {
        let mut tx = self.tx().await;
        tx.sql(
            "insert into key_pack_counts (key_pack_id, captured_at, import_id, quantity, issued, available) \
             values ($1, $2, 1, $3, $4, null)",
        )
        .bind(key_pack)
        .bind(captured_at)
        .bind(quantity)
        .bind(issued)
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
}

/// Writes the methods that set one field each, and makes the builder await to the new number.
macro_rules! builder {
    ($name:ident { $($(#[$doc:meta])* $method:ident: $field:ident = $type:ty => $value:expr),* $(,)? }) => {
        impl $name<'_> {
            $($(#[$doc])*
            pub fn $method(mut self, $field: $type) -> Self {
                self.$field = $value;
                self
            })*
        }

        impl<'a> IntoFuture for $name<'a> {
            type Output = i64;
            type IntoFuture = Made<'a>;

            fn into_future(self) -> Made<'a> {
                Box::pin(self.make())
            }
        }
    };
}

pub struct Server<'a> {
    stock: &'a Stock<'a>,
    name: String,
    company: String,
    license_server_id: Option<String>,
}

builder!(Server {
    company: company = &str => company.to_owned(),
    id: license_server_id = &str => Some(license_server_id.to_owned()),
});

impl Server<'_> {
    async fn make(self) -> i64 {
        let company = self.stock.company(&self.company).await;
        let mut tx = self.stock.tx().await;
        let id = tx
            .sql(
                "insert into license_servers (company_id, name, name_key, license_server_id, packs_seen_at, \
                 licenses_seen_at, created_at) values ($1, $2, $3, $4, $5, $5, $5) returning id",
            )
            .bind(company)
            .bind(&self.name)
            .bind(self.name.to_lowercase())
            .bind(&self.license_server_id)
            .bind(self.stock.now())
            .scalar()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }
}

pub struct KeyPack<'a> {
    stock: &'a Stock<'a>,
    server: i64,
    quantity: Option<i64>,
    issued: Option<i64>,
    origin: &'static str,
    version: &'static str,
    license_type: &'static str,
    expires_at: Moment,
    described: bool,
    gone_at: Option<Moment>,
}

builder!(KeyPack {
    of: quantity = i64 => Some(quantity),
    issued: issued = i64 => Some(issued),
    origin: origin = &'static str => origin,
    version: version = &'static str => version,
    counted_by: license_type = &'static str => license_type,
    expires: expires_at = Moment => expires_at,
    gone: gone_at = Moment => Some(gone_at),
});

impl KeyPack<'_> {
    pub fn unlimited(mut self) -> Self {
        self.quantity = None;
        self
    }

    /// One that only licenses told of.
    pub fn undescribed(mut self) -> Self {
        (self.quantity, self.issued, self.described) = (None, None, false);
        self
    }

    async fn make(self) -> i64 {
        let now = self.stock.now();
        let mut tx = self.stock.tx().await;
        let next: i64 = tx
            .sql("select coalesce(max(keypack_id), 1) + 1 from key_packs where server_id = $1")
            .bind(self.server)
            .scalar()
            .await
            .unwrap();
        let kind = match self.origin {
            "built_in" => 6,
            "temporary" => 4,
            _ => 2,
        };
        let by = if self.license_type == "per_user" { "RDS Per User CAL" } else { "RDS Per Device CAL" };
        let described = self.described;
        let available = self.quantity.map(|quantity| (quantity - self.issued.unwrap_or(0)).max(0));
        let id = tx
            .sql(
                "insert into key_packs (server_id, epoch, keypack_id, origin, version, license_type, product_code, \
                 product_version, key_pack_type, type_and_model, quantity, issued, available, expires_at, \
                 described_at, created_at, gone_at) \
                 values ($1, 1, $2, $3, $4, $5, '', '', $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id",
            )
            .bind(self.server)
            .bind(next)
            .bind(self.origin)
            .bind(self.version)
            .bind(self.license_type)
            .bind(described.then_some(kind))
            .bind(if described { by } else { "" })
            .bind(self.quantity)
            .bind(self.issued)
            .bind(available)
            .bind(self.expires_at)
            .bind(described.then_some(now))
            .bind(now)
            .bind(self.gone_at)
            .scalar()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }
}

pub struct Client<'a> {
    stock: &'a Stock<'a>,
    name: String,
    company: String,
    kind: &'static str,
    hardware_id: Option<String>,
}

builder!(Client {
    company: company = &str => company.to_owned(),
    hardware: hardware_id = &str => Some(hardware_id.to_owned()),
});

impl Client<'_> {
    /// A person, who holds Per User licenses.
    pub fn user(mut self) -> Self {
        self.kind = "user";
        self
    }

    async fn make(self) -> i64 {
        let company = self.stock.company(&self.company).await;
        let (now, key) = (self.stock.now(), self.name.to_lowercase());
        let hardware = self.hardware_id.clone().unwrap_or_default().to_lowercase();
        let kind = if self.kind == "user" { Kind::User } else { Kind::Computer };
        let identity = identity(kind, &key, self.hardware_id.as_deref());
        let mut tx = self.stock.tx().await;
        let id = tx
            .sql(
                "insert into clients (company_id, kind, name, name_key, hardware_id, identity, search, \
                 last_issued_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
            )
            .bind(company)
            .bind(self.kind)
            .bind(&self.name)
            .bind(&key)
            .bind(&self.hardware_id)
            .bind(identity)
            .bind(format!("{key} {hardware}"))
            .bind(now.plus_days(-30))
            .bind(now)
            .scalar()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }
}

pub struct License<'a> {
    stock: &'a Stock<'a>,
    key_pack: i64,
    client: i64,
    status: i64,
    issued_at: Moment,
    expires_at: Moment,
    gone_at: Option<Moment>,
}

builder!(License {
    /// The server's number for its status: 1 temporary, 2 active, 4 revoked.
    status: status = i64 => status,
    issued: issued_at = Moment => issued_at,
    expires: expires_at = Moment => expires_at,
    gone: gone_at = Moment => Some(gone_at),
});

impl License<'_> {
    async fn make(self) -> i64 {
        let mut tx = self.stock.tx().await;
        let id = tx
            .sql(
                "insert into licenses (key_pack_id, version, license_type, server_id, license_number, client_id, \
                 user_name, computer, hardware_id, status, issued_at, expires_at, first_issued_at, first_seen_at, \
                 gone_at) select k.id, k.version, k.license_type, k.server_id, \
                 (select coalesce(max(l.license_number), 0) + 1 from licenses l where l.key_pack_id = k.id), c.id, \
                 '', c.name, coalesce(c.hardware_id, ''), $3, $4, $5, $4, $6, $7 \
                 from key_packs k, clients c where k.id = $1 and c.id = $2 returning id",
            )
            .bind(self.key_pack)
            .bind(self.client)
            .bind(self.status)
            .bind(self.issued_at)
            .bind(self.expires_at)
            .bind(self.stock.now())
            .bind(self.gone_at)
            .scalar()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }
}
