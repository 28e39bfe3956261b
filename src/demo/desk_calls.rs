//! The calls of the demonstration, and what came of each.

use super::desk::pass;
use super::plan::FABRIKAM;
use super::store;
use crate::calls::draft::Draft;
use crate::calls::form::{Begun, CallForm};
use crate::calls::{ending, store as calls};
use crate::change;
use crate::draft;
use crate::ids::{CallId, KeyPackId, ReissueId, TransferId};
use crate::key_packs::installing::{self, Installation};
use crate::moment::Moment;
use crate::reissues::form::{NewReissue, Wanted};
use crate::reissues::reissue::Reason;
use crate::reissues::{grant, store as reissues};
use crate::users::user::Role;
use crate::web::app::App;
use crate::web::error::Outcome;

const HELP_DESK: &str = Role::HelpDesk.as_str();

/// License key pack IDs, made up of characters that product codes use.
const IDS: [&str; 6] = [
    "BCDFG-HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ",
    "CDFGH-JKMPQ-RTVWX-Y2346-789BC-DFGHJ-KMPQR",
    "CDFGH-JKMPQ-RTVWX-Y2346-789BC-DFGHJ-KMPQT",
    "FGHJK-MPQRT-VWXY2-34678-9BCDF-GHJKM-PQRTV",
    "GHJKM-PQRTV-WXY23-46789-BCDFG-HJKMP-QRTVW",
    "HJKMP-QRTVW-XY234-6789B-CDFGH-JKMPQ-RTVWX",
];

/// Days off of a year and the next.
pub fn days_off(now: Moment) -> String {
    let years =
        [now, now.plus_days(365)].map(|at| at.day(&jiff::tz::TimeZone::UTC).chars().take(4).collect::<String>());
    let days = [
        ("01-01", "New Year"),
        ("05-01", "Labor Day"),
        ("10-03", "Day of German Unity"),
        ("12-25", "Christmas Day"),
        ("12-26", "Second day of Christmas"),
    ];
    years.iter().flat_map(|year| days.map(|(day, name)| format!("{year}-{day} {name}"))).collect::<Vec<_>>().join("\n")
}

fn fields(fields: &[(&str, &str)]) -> Draft {
    fields.iter().fold(Draft::default(), |draft, (name, value)| draft.with(name, *value))
}

async fn open(app: &App, transfers: &[TransferId]) -> Outcome<ReissueId> {
    pass(app, 15);
    let new = NewReissue::OfTransfers { transfers: transfers.to_vec(), note: String::new() };
    change!(app.db, HELP_DESK, app.now(), tx, { reissues::open(tx, &new).await? })
}

/// Calls about a request, notes something, and ends the call some minutes later.
async fn call(app: &App, request: ReissueId, follows: Option<CallId>, typed: &[(&str, &str)]) -> Outcome<CallId> {
    pass(app, 25);
    let begun = Begun { requests: vec![request], server: None, about: "reissue".to_owned(), follows };
    let id =
        change!(app.db, HELP_DESK, app.now(), tx, { calls::start(tx, &begun, "+49 30 5550 0142 (made up)").await? })?;
    pass(app, 2);
    change!(app.db, HELP_DESK, app.now(), tx, {
        calls::note(tx, id, "hold", "").await?;
        calls::note(tx, id, "note", "They ask for the license number and the authorization number.").await?;
    })?;
    pass(app, 9);
    let form = CallForm { fields: fields(typed), requests: vec![request] };
    let ended = form.check(&jiff::tz::TimeZone::UTC)?;
    change!(app.db, HELP_DESK, app.now(), tx, { ending::end(tx, id, &ended).await? })?;
    Ok(id)
}

/// One call that grants eight, a callback that grants two; both packs are installed, the second after its ID was heard
/// wrong.
pub async fn eight_and_two(app: &App, asked: &[TransferId]) -> Outcome<()> {
    let request = open(app, asked).await?;
    let [granted, id, more] = ["granted", "id", "quantity"].map(|name| format!("{name}-{request}"));
    let (first, quantity) = (format!("{id}-0"), format!("{more}-0"));
    let later = app.now().plus_days(1).iso();
    let typed = [
        ("outcome", "callback"),
        ("representative", "A. Example"),
        ("case_reference", "REQ-0001 (made up)"),
        ("call_back_at", later.as_str()),
        (granted.as_str(), "8"),
        (first.as_str(), IDS[0]),
        (quantity.as_str(), "8"),
        ("note", "The other two tomorrow: a second clerk must agree."),
    ];
    let one = call(app, request, None, &typed).await?;
    pass(app, 24 * 60);
    let typed = [
        ("outcome", "completed"),
        ("representative", "B. Example"),
        ("case_reference", "REQ-0001 (made up)"),
        (granted.as_str(), "2"),
        (first.as_str(), IDS[1]),
    ];
    call(app, request, Some(one), &typed).await?;
    let packs = change!(app.db, HELP_DESK, app.now(), tx, { store::granted(tx, request).await? })?;
    let [eight, two] = packs.as_slice() else { return Ok(()) };
    pass(app, 60);
    let day = app.now().day(&jiff::tz::TimeZone::UTC);
    change!(app.db, HELP_DESK, app.now(), tx, {
        installing::fail(tx, *two, "0x13a7", "Tried twice.").await?;
    })?;
    pass(app, 30);
    change!(app.db, HELP_DESK, app.now(), tx, {
        installing::hear_again(tx, *two, &IDS[2].replace('-', ""), "Read back: T, not R.").await?;
        installing::install(tx, *eight, &Installation { keypack_id: Some(13), installed_on: day.clone() }).await?;
    })
}

/// A request that Microsoft refused.
pub async fn denied(app: &App, transfer: TransferId) -> Outcome<()> {
    let request = open(app, &[transfer]).await?;
    let typed =
        [("outcome", "denied"), ("representative", "C. Example"), ("note", "The papers are with the reseller.")];
    call(app, request, None, &typed).await.map(drop)
}

/// A request that our people took back; its transfer is queued again.
pub async fn withdrawn(app: &App, transfer: TransferId) -> Outcome<()> {
    let request = open(app, &[transfer]).await?;
    pass(app, 5);
    change!(app.db, HELP_DESK, app.now(), tx, {
        reissues::withdraw(tx, request, "The reseller must find the papers first.").await?;
    })
}

/// Requests that move no seat, and what became of their packs: one is received, one refused by the server, one void.
pub async fn other_packs(app: &App) -> Outcome<()> {
    for (n, id) in (0..3).zip([IDS[3], IDS[4], IDS[5]]) {
        pass(app, 10);
        let made = change!(app.db, HELP_DESK, app.now(), tx, {
            match store::pack_to_replace(tx).await? {
                Some((server, pack)) => {
                    let wanted = Wanted {
                        server,
                        version: "2003".to_owned(),
                        license_type: "per_device".to_owned(),
                        agreement: None,
                        quantity: 5 + n,
                        reason: Reason::Reinstall,
                        cause: "wrong_pack".to_owned(),
                        replaces: if n == 0 { vec![pack] } else { Vec::new() },
                        note: String::new(),
                    };
                    Some(reissues::open(tx, &NewReissue::OfLicenses(wanted)).await?)
                }
                None => None,
            }
        })?;
        let Some(request) = made else { return Ok(()) };
        let (granted, field) = (format!("granted-{request}"), format!("id-{request}-0"));
        let quantity = (5 + n).to_string();
        let typed = [("outcome", "completed"), (granted.as_str(), quantity.as_str()), (field.as_str(), id)];
        call(app, request, None, &typed).await?;
        pass(app, 5);
        change!(app.db, HELP_DESK, app.now(), tx, {
            let packs: Vec<KeyPackId> = store::granted(tx, request).await?;
            for pack in packs {
                match n {
                    1 => installing::fail(tx, pack, "0x13a3", "It shows another license server ID.").await?,
                    2 => grant::void(tx, pack, "Made for the ID before the reactivation.").await?,
                    _ => {}
                }
            }
        })?;
    }
    Ok(())
}

/// A call about a server alone, which was dropped and is still open.
pub async fn about_the_server(app: &App) -> Outcome<()> {
    pass(app, 30);
    let server = change!(app.db, HELP_DESK, app.now(), tx, { store::server_of(tx, FABRIKAM).await? })?;
    let begun = Begun { requests: Vec::new(), server: Some(server), about: "deactivation".to_owned(), follows: None };
    let id = change!(app.db, HELP_DESK, app.now(), tx, { calls::start(tx, &begun, "").await? })?;
    pass(app, 6);
    let typed = fields(&[("outcome", "dropped"), ("note", "Cut off while they looked for the confirmation code.")]);
    let ended = CallForm { fields: typed, requests: Vec::new() }.check(&jiff::tz::TimeZone::UTC)?;
    change!(app.db, HELP_DESK, app.now(), tx, { ending::end(tx, id, &ended).await? })
}

/// A request whose call is still to be made.
pub async fn prepared(app: &App, transfers: &[TransferId]) -> Outcome<()> {
    open(app, transfers).await.map(drop)
}

/// The call that goes on at this moment: begun some minutes ago, with what is typed so far.
pub async fn live(app: &App) -> Outcome<()> {
    let Some(request) = change!(app.db, HELP_DESK, app.now(), tx, { store::open_request(tx).await? })? else {
        return Ok(());
    };
    let begun = Begun { requests: vec![request], server: None, about: "reissue".to_owned(), follows: None };
    let id =
        change!(app.db, HELP_DESK, app.now(), tx, { calls::start(tx, &begun, "+49 30 5550 0142 (made up)").await? })?;
    pass(app, 4);
    change!(app.db, HELP_DESK, app.now(), tx, {
        calls::note(tx, id, "transferred", "From the front desk to licensing.").await?;
    })?;
    let (granted, first) = (format!("granted-{request}"), format!("id-{request}-0"));
    let typed =
        fields(&[("representative", "D. Example"), (granted.as_str(), "2"), (first.as_str(), "JKMPQRTVWXY2346")]);
    draft!(app.db, app.now(), tx, { calls::keep_draft(tx, id, HELP_DESK, (&typed, &Draft::default())).await? })?;
    Ok(())
}
