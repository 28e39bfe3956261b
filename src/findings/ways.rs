//! What can be done about a finding: the ways on from its page.

use super::finding::{Finding, Kind};
use crate::ids::ClientId;

/// A way on.
#[derive(Clone, Debug)]
pub struct Way {
    /// What can be done.
    pub name: &'static str,
    /// Where; empty: not here.
    pub href: String,
    /// What it does, or when it is right.
    pub says: &'static str,
}

impl Way {
    fn new(name: &'static str, href: String, says: &'static str) -> Way {
        Way { name, href, says }
    }
}

const KEEP_HARDWARE_ID: &str =
    "Delete only the stored licenses and keep the HardwareID, or the computer takes one more.";

const WAIT: &str = "The license goes back to the pool by itself when it expires. A revocation on the license server frees a Per \
    Device license at once, but only a fifth of them may be revoked at a time.";

/// What can be done about a finding, the usual thing first.
pub fn of(finding: &Finding) -> Vec<Way> {
    let client = finding.client_id;
    let other = finding.other_client_id.unwrap_or(client);
    match finding.kind {
        Kind::SameName => same_name(client, other),
        Kind::SameHardwareId => same_hardware_id(client),
        Kind::FullAndTemporary => full_and_temporary(client),
        Kind::RetiredHolder => retired_holder(client),
        Kind::Unseen => unseen(client),
        Kind::UserSpelling => user_spelling(client),
    }
}

fn transfer(of: ClientId, says: &'static str) -> Way {
    Way::new("Transfer its seat", format!("/transfers/new?clients={of}"), says)
}

fn same_name(client: ClientId, other: ClientId) -> Vec<Way> {
    vec![
        transfer(client, "It is one computer, installed anew: its seat belongs to the newer one, under one reissue."),
        Way::new(
            "Say that the older one was reinstalled or is out of use",
            format!("/clients/{client}/edit"),
            "Its record then no longer counts as a computer of its own.",
        ),
        Way::new("Remove the old local license", format!("/clients/{other}/runbook"), KEEP_HARDWARE_ID),
        Way::new("Wait or revoke", String::new(), WAIT),
        Way::new("Dismiss it", String::new(), "They are two computers that really bear one name."),
    ]
}

fn same_hardware_id(client: ClientId) -> Vec<Way> {
    vec![
        Way::new(
            "Give the copy a hardware ID of its own",
            String::new(),
            "The one case in which the whole MSLicensing key is deleted: the copy then takes a license of its own. Back \
             it up first, and take the key out of the image.",
        ),
        Way::new(
            "Say that one of them is out of use",
            format!("/clients/{client}/edit"),
            "Where the names are one computer before and after it was renamed.",
        ),
        Way::new("Dismiss it", String::new(), "The computers are known copies, and nothing is to change."),
    ]
}

fn full_and_temporary(client: ClientId) -> Vec<Way> {
    vec![
        Way::new("Read how its local license is removed", format!("/clients/{client}/runbook"), KEEP_HARDWARE_ID),
        Way::new(
            "Connect once as administrator",
            String::new(),
            "Ordinary users cannot write the license into the registry; one connection with Remote Desktop Connection \
             run as administrator mends that.",
        ),
        Way::new("Wait", String::new(), "The temporary license ends 90 days after it was issued and comes only once."),
    ]
}

fn retired_holder(client: ClientId) -> Vec<Way> {
    vec![
        transfer(client, "Where another computer takes its place: the seat moves once and permanently."),
        Way::new("Wait or revoke", String::new(), WAIT),
        Way::new(
            "Remove its local license",
            format!("/clients/{client}/runbook"),
            "So that it cannot renew the license should somebody switch it on.",
        ),
        Way::new("It is in use after all", format!("/clients/{client}/edit"), "Correct what is recorded of it."),
    ]
}

fn unseen(client: ClientId) -> Vec<Way> {
    vec![
        Way::new(
            "Say what became of it",
            format!("/clients/{client}/edit"),
            "Decommissioned, lost or reinstalled, where that is so.",
        ),
        transfer(client, "Where another computer has taken its place."),
        Way::new("Dismiss it", String::new(), "It is used now and then, and may come back."),
    ]
}

fn user_spelling(client: ClientId) -> Vec<Way> {
    vec![
        Way::new(
            "Let the license server write to Active Directory",
            String::new(),
            "Add it to the group Terminal Server License Servers. The spellings drop off its list when they expire.",
        ),
        Way::new("See the client", format!("/clients/{client}"), "Here the spellings are one client already."),
    ]
}
