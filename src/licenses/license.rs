//! A license as its server last told of it.

use crate::ids::{ClientId, KeyPackId, LicenseId, LicenseServerId};
use crate::key_packs::product::words;
use crate::moment::Moment;
use crate::web::parts::Meaning;

/// The state of a license: the server's own word, and `Expired` where the word is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The server does not say.
    Unknown,
    /// For 90 days, until a full one is free.
    Temporary,
    /// A full license.
    Active,
    /// Being exchanged for one of a later version.
    Upgrade,
    /// Taken back by an admin.
    Revoked,
    /// Not yet confirmed.
    Pending,
    /// For as long as a connection lasts.
    Concurrent,
    /// Temporary or active by the server's word, but its time has run out.
    Expired,
}

impl Status {
    /// Every state, in the server's order.
    pub const ALL: [Status; 8] = [
        Status::Unknown,
        Status::Temporary,
        Status::Active,
        Status::Upgrade,
        Status::Revoked,
        Status::Pending,
        Status::Concurrent,
        Status::Expired,
    ];

    /// The server's word behind its number.
    pub fn of_code(code: i64) -> Status {
        match code {
            1 => Status::Temporary,
            2 => Status::Active,
            3 => Status::Upgrade,
            4 => Status::Revoked,
            5 => Status::Pending,
            6 => Status::Concurrent,
            _ => Status::Unknown,
        }
    }

    /// The server's number for it; none for what only the date tells.
    pub fn code(self) -> Option<i64> {
        Some(match self {
            Status::Unknown => 0,
            Status::Temporary => 1,
            Status::Active => 2,
            Status::Upgrade => 3,
            Status::Revoked => 4,
            Status::Pending => 5,
            Status::Concurrent => 6,
            Status::Expired => return None,
        })
    }

    /// The state at a moment: a temporary or active license runs out by its date alone.
    pub fn at(code: i64, expires_at: Moment, now: Moment) -> Status {
        match Status::of_code(code) {
            Status::Temporary | Status::Active if expires_at <= now && !expires_at.is_unknown() => Status::Expired,
            status => status,
        }
    }

    /// As addresses write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Unknown => "unknown",
            Status::Temporary => "temporary",
            Status::Active => "active",
            Status::Upgrade => "upgrade",
            Status::Revoked => "revoked",
            Status::Pending => "pending",
            Status::Concurrent => "concurrent",
            Status::Expired => "expired",
        }
    }

    /// As Microsoft's tools say it.
    pub fn label(self) -> &'static str {
        match self {
            Status::Unknown => "Unknown",
            Status::Temporary => "Temporary",
            Status::Active => "Active",
            Status::Upgrade => "Upgrade",
            Status::Revoked => "Revoked",
            Status::Pending => "Pending",
            Status::Concurrent => "Concurrent",
            Status::Expired => "Expired",
        }
    }

    /// The state that is written `text`.
    pub fn parse(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// What it means to the reader.
    pub fn meaning(self) -> Meaning {
        match self {
            Status::Active | Status::Upgrade | Status::Concurrent => Meaning::Done,
            Status::Temporary | Status::Pending => Meaning::Wait,
            Status::Revoked | Status::Expired => Meaning::Stop,
            Status::Unknown => Meaning::Plain,
        }
    }

    /// Its word, for a badge.
    pub fn word(self) -> &'static str {
        self.label()
    }
}

/// A license as lists and its own page show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct License {
    /// Its number here.
    pub id: LicenseId,
    /// Its key pack.
    pub key_pack_id: KeyPackId,
    /// The key pack's small number on its server.
    pub keypack_id: Option<i64>,
    /// The product version, as stored.
    pub version: String,
    /// The license type, as stored.
    pub license_type: String,
    /// The server that issued it.
    pub server_id: LicenseServerId,
    /// That server's name.
    pub server: String,
    /// The server's number for it.
    pub license_number: Option<i64>,
    /// Who holds it.
    pub client_id: ClientId,
    /// Their name.
    pub client: String,
    /// The user it was issued to, in the server's words.
    pub user_name: String,
    /// The computer it was issued to, in the server's words.
    pub computer: String,
    /// The hardware ID it was issued to.
    pub hardware_id: String,
    /// The server's number for its status.
    pub status: i64,
    /// When it was last issued or renewed.
    pub issued_at: Moment,
    /// When it expires.
    pub expires_at: Moment,
    /// When it was first issued, as far as is known.
    pub first_issued_at: Moment,
    /// When an export first showed it.
    pub first_seen_at: Moment,
    /// The import that first showed it.
    pub first_import_id: Option<i64>,
    /// Since when its server no longer shows it.
    pub gone_at: Option<Moment>,
    /// The first license of its lineage; nothing: it is the first itself.
    pub seat_id: Option<LicenseId>,
    /// When its seat moved to another client.
    pub transferred_at: Option<Moment>,
    /// Whether people recorded it (1), or a server's export (0).
    pub entered_by_hand: i64,
    /// Anything else.
    pub note: String,
    /// Whether people recorded that it was revoked, which its server may not show yet.
    pub has_revocation: bool,
}

impl License {
    /// Its state at a moment.
    pub fn state(&self, now: &Moment) -> Status {
        Status::at(self.status, self.expires_at, *now)
    }

    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.version, &self.license_type)
    }

    /// Whether its server no longer shows it.
    pub fn is_gone(&self) -> bool {
        self.gone_at.is_some()
    }

    /// Whether an export has shown it, so that its server says who holds it and until when.
    pub fn is_told(&self) -> bool {
        self.entered_by_hand == 0
    }

    /// The seat that it stands for, `S-1042`: the first license of its line. A temporary license has none.
    pub fn seat(&self) -> Option<LicenseId> {
        let full = Status::of_code(self.status) != Status::Temporary;
        full.then(|| self.seat_id.unwrap_or(self.id))
    }

    /// Whether it was revoked: its server shows it so, or people recorded it.
    pub fn is_revoked(&self) -> bool {
        Status::of_code(self.status) == Status::Revoked || self.has_revocation
    }

    /// Whether a transfer may be asked for: its seat is still here, and no revocation gives it back.
    pub fn has_seat_here(&self) -> bool {
        self.seat().is_some() && self.transferred_at.is_none() && !self.is_revoked()
    }

    /// Whether lists offer to transfer it: a full Per Device license of a client, on its server, whose seat is still here.
    /// The page of the transfer asks everything else.
    pub fn is_offered(&self) -> bool {
        self.has_seat_here() && !self.is_gone() && self.is_per_device()
    }

    /// Whether it is counted by device, so that it may be revoked.
    pub fn is_per_device(&self) -> bool {
        self.license_type == "per_device"
    }

    /// Its key pack in words.
    pub fn pack(&self) -> String {
        self.keypack_id.map_or_else(|| format!("key pack K-{}", self.key_pack_id), |id| format!("Keypack ID {id}"))
    }
}

/// What a license's row tells of its own past, for a timeline.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// The license's number times eight, and what happened: 1 issued, 2 seen, 3 expired, 4 gone.
    pub n: i64,
    /// The license.
    pub license_id: LicenseId,
    /// Its product version, as stored.
    pub version: String,
    /// Its type, as stored.
    pub license_type: String,
    /// Its server's name.
    pub server: String,
    /// The import that first showed it.
    pub import_id: Option<i64>,
}

impl Event {
    /// What happened.
    pub fn words(&self) -> &'static str {
        match self.n % 8 {
            1 => "First issued",
            2 => "First seen on the server",
            3 => "Expired",
            _ => "No longer on the server",
        }
    }

    /// Version and type: `Windows Server 2019 Per Device`.
    pub fn product(&self) -> String {
        words(&self.version, &self.license_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_temporary_and_active_licenses_run_out_by_their_date() {
        let (now, past) = (Moment(1_000), Moment(999));
        assert_eq!(Status::at(1, past, now), Status::Expired);
        assert_eq!(Status::at(2, now, now), Status::Expired);
        assert_eq!(Status::at(2, Moment(1_001), now), Status::Active);
        assert_eq!(Status::at(2, Moment::NEVER, now), Status::Active);
        assert_eq!(Status::at(2, Moment::UNKNOWN, now), Status::Active);
        assert_eq!(Status::at(4, past, now), Status::Revoked);
    }

    #[test]
    fn every_status_is_found_again_by_its_number_and_its_word() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
            assert!(status.code().is_none_or(|code| Status::of_code(code) == status));
        }
    }
}
