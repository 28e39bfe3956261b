//! The call sheet: everything that is read out to Microsoft in one call, and where what comes back is written down.

use super::phonetic::spoken;
use crate::agreements;
use crate::agreements::agreement::Agreement;
use crate::call_numbers;
use crate::companies;
use crate::companies::company::ListedCompany;
use crate::db::Db;
use crate::ids::{LicenseServerId, ReissueId};
use crate::license_servers;
use crate::license_servers::license_server::{ListedServer, groups};
use crate::reissues;
use crate::reissues::reissue::Reissue;
use crate::transfers;
use crate::transfers::transfer::{State, Transfer};
use crate::web::error::Outcome;

/// The number to call for a server, and a note on its hours; empty where nobody recorded one.
pub async fn number(db: &Db, server: LicenseServerId) -> Outcome<(String, String)> {
    let call = call_numbers::store::for_server(db, server).await?;
    Ok(call.map(|call| (call.number, call.hours)).unwrap_or_default())
}

/// A group of an ID, and how it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Five characters.
    pub text: String,
    /// Each as a word.
    pub spoken: String,
}

/// An ID in groups, each with how it is said.
pub fn read_out(id: &str) -> Vec<Group> {
    groups(id).into_iter().map(|text| Group { spoken: spoken(&text), text }).collect()
}

/// One request on the sheet.
#[derive(Clone, Debug)]
pub struct Part {
    /// The request.
    pub request: Reissue,
    /// How many licenses are still asked for.
    pub left: i64,
    /// The purchase that is named.
    pub agreement: Option<Agreement>,
    /// The transfers that wait for it, the oldest first.
    pub transfers: Vec<Transfer>,
}

/// The sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The number to call, and when.
    pub number: String,
    /// A note on the hours in which somebody answers.
    pub hours: String,
    /// The license server.
    pub server: ListedServer,
    /// Its license server ID.
    pub server_id: Vec<Group>,
    /// The company for which is called.
    pub company: ListedCompany,
    /// What is asked for.
    pub parts: Vec<Part>,
}

impl Sheet {
    /// The sheet of a call about requests of one server.
    pub async fn of(db: &Db, server: LicenseServerId, requests: &[ReissueId]) -> Outcome<Sheet> {
        let server = license_servers::read::find(db, server).await?;
        let company = companies::read::find(db, server.company_id).await?;
        let mut parts = Vec::with_capacity(requests.len());
        for id in requests {
            parts.push(Part::of(db, *id).await?);
        }
        let (number, hours) = number(db, server.id).await?;
        Ok(Sheet {
            number,
            hours,
            server_id: read_out(server.license_server_id.as_deref().unwrap_or_default()),
            server,
            company,
            parts,
        })
    }

    /// The country or region in which is called: the server's, else the company's.
    pub fn country(&self) -> &str {
        if self.server.country.is_empty() { &self.company.details.country } else { &self.server.country }
    }

    /// Whether somebody still has to find out the number to call.
    pub fn lacks_number(&self) -> bool {
        self.number.is_empty()
    }
}

impl Part {
    /// A request as it stands on the sheet.
    pub async fn of(db: &Db, id: ReissueId) -> Outcome<Part> {
        let request = reissues::read::find(db, id).await?;
        let agreement = match request.agreement_id {
            Some(id) => Some(agreements::read::find(db, id).await?),
            None => None,
        };
        let all = transfers::read::of_request(db, id).await?;
        let moves = !all.is_empty();
        let transfers: Vec<Transfer> = all.into_iter().filter(|one| one.state == State::Requested).collect();
        let left = if moves { i64::try_from(transfers.len()).unwrap_or(0) } else { request.left() };
        Ok(Part { request, left, agreement, transfers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_out_in_groups_with_words() {
        let groups = read_out("BC2DFGHJKM");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[1], Group { text: "GHJKM".into(), spoken: "Golf Hotel Juliett Kilo Mike".into() });
    }
}
