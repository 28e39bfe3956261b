//! Whatever two people do at the desk in whatever order, a seat moves once, every grant is a key pack, and history holds.

use std::sync::atomic::{AtomicI64, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::calls::queued;
use crate::support::{Console, Person};

/// How far the plays of a run came, so that one in which everything is refused is noticed.
#[derive(Default)]
struct Reached {
    granted: AtomicI64,
    completed: AtomicI64,
    seen: AtomicI64,
}

/// How many computers hold a license; as many may take their seats.
const COMPUTERS: u8 = 4;

/// What somebody does. Numbers name things that may or may not be there, or may not be in the right state; 0 is one that is,
/// and no transfers are all that wait, so that most plays come to a grant.
#[derive(Clone, Debug)]
enum Step {
    Queue {
        license: u8,
        to: u8,
        over: bool,
    },
    Cancel(u8),
    Deny(u8),
    Complete {
        transfer: u8,
        license: Option<u8>,
    },
    Elsewhere {
        transfer: u8,
        to: u8,
    },
    Request(Vec<u8>),
    Withdraw(u8),
    Begin(u8),
    End {
        call: u8,
        outcome: u8,
        granted: u8,
        id: u8,
        more: bool,
    },
    Install(u8),
    Fail(u8),
    Void(u8),
    Hear {
        pack: u8,
        id: u8,
    },
    /// An import shows the next license on a new computer, or the old one's renewed.
    Import {
        to: u8,
        renewed: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 1..=6_u8;
    let some = || prop_oneof![3 => Just(0_u8), 1 => 1..=3_u8];
    let wanted = prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(n(), 1..4)];
    prop_oneof![
        4 => (1..=COMPUTERS + 2, 1..=COMPUTERS, any::<bool>()).prop_map(|(license, to, over)| Step::Queue { license, to, over }),
        1 => n().prop_map(Step::Cancel),
        1 => n().prop_map(Step::Deny),
        2 => (n(), proptest::option::of(1..=10_u8)).prop_map(|(transfer, license)| Step::Complete { transfer, license }),
        1 => (n(), 1..=COMPUTERS).prop_map(|(transfer, to)| Step::Elsewhere { transfer, to }),
        3 => wanted.prop_map(Step::Request),
        1 => (1..=3_u8).prop_map(Step::Withdraw),
        3 => some().prop_map(Step::Begin),
        6 => (some(), 0..4_u8, 0..4_u8, 0..6_u8, any::<bool>())
            .prop_map(|(call, outcome, granted, id, more)| Step::End { call, outcome, granted, id, more }),
        1 => some().prop_map(Step::Install),
        1 => some().prop_map(Step::Fail),
        1 => some().prop_map(Step::Void),
        1 => (some(), 0..6_u8).prop_map(|(pack, id)| Step::Hear { pack, id }),
        2 => (1..=COMPUTERS, any::<bool>()).prop_map(|(to, renewed)| Step::Import { to, renewed }),
    ]
}

fn key_pack_id(n: u8) -> String {
    format!("{}BCDFGHJKMPQRTVWXY2346789BCDFGHJKMP", ["C", "D", "F", "G", "H", "J"][usize::from(n) % 6])
}

const RECEIVED: &str = "select max(id) from key_packs where reissue_id is not null";

/// The desk: an estate, and two people at it.
struct Desk {
    console: Console,
    people: [Person; 2],
}

impl Desk {
    async fn open(console: Console) -> Desk {
        queued(&console, 0).await;
        let stock = console.stock();
        for n in 1..=COMPUTERS {
            let old = stock.client(&format!("PC-OLD-{n}")).hardware(&format!("aa{n:02}")).await;
            stock.license(1, old).await;
        }
        for n in 1..=COMPUTERS {
            stock.client(&format!("PC-NEW-{n}")).hardware(&format!("bb{n:02}")).await;
        }
        let people = [console.help_desk().await, console.admin().await];
        Desk { console, people }
    }

    async fn take(&mut self, who: usize, step: &Step) -> u16 {
        let why = ("reason", "So it was");
        let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let (path, form) = match step {
            Step::Queue { license, to, over } => {
                let mut form = of(&[("destination", &format!("PC-NEW-{to}")), ("reason", "permanent")]);
                if *over {
                    form.push(("override_reason".into(), "Agreed by letter".into()));
                }
                (format!("/licenses/{license}/transfer"), form)
            }
            Step::Cancel(n) => (format!("/transfers/{n}/cancellation"), of(&[why])),
            Step::Deny(n) => (format!("/transfers/{n}/denial"), of(&[why])),
            Step::Complete { transfer, license } => {
                let license = license.map(|id| id.to_string()).unwrap_or_default();
                (format!("/transfers/{transfer}/completion"), of(&[why, ("license", &license)]))
            }
            Step::Elsewhere { transfer, to } => {
                (format!("/transfers/{transfer}/destination"), of(&[why, ("destination", &format!("PC-NEW-{to}"))]))
            }
            Step::Request(ids) => {
                let mut ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
                if ids.is_empty() {
                    ids = self.these("select id from transfers where state = 'queued'").await;
                }
                ("/reissues".to_owned(), ids.iter().map(|id| ("transfers".to_owned(), id.to_string())).collect())
            }
            Step::Withdraw(n) => (format!("/reissues/{n}/withdrawal"), of(&[why])),
            Step::Begin(n) => {
                let n =
                    self.or_this(*n, "select min(id) from reissues where state in ('open', 'partly_granted')").await;
                ("/calls".to_owned(), of(&[("requests", &n.to_string()), ("live", "yes")]))
            }
            Step::End { call, outcome, granted, id, more } => {
                let call = self.or_this(*call, "select min(id) from calls where ended_at is null").await;
                (format!("/calls/{call}/ending"), self.ended(call, (*outcome, *granted, *id, *more)).await)
            }
            Step::Install(n) => {
                let n = self.or_this(*n, RECEIVED).await;
                (format!("/key-packs/{n}/installation"), of(&[("keypack_id", &format!("{}", 10 + n))]))
            }
            Step::Fail(n) => {
                let n = self.or_this(*n, RECEIVED).await;
                (format!("/key-packs/{n}/installation-failure"), of(&[("failure", "0x13a7")]))
            }
            Step::Void(n) => (format!("/key-packs/{}/void", self.or_this(*n, RECEIVED).await), of(&[why])),
            Step::Hear { pack, id } => {
                let pack = self.or_this(*pack, RECEIVED).await;
                (format!("/key-packs/{pack}/corrected-id"), of(&[why, ("license_key_pack_id", &key_pack_id(*id))]))
            }
            Step::Import { to, renewed } => return self.import(*to, *renewed).await,
        };
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = self.people[who].post(&path, &form).await;
        assert!(reply.status != 401 && !reply.to.starts_with("/sign-in"), "the session has ended, so nothing is tried");
        reply.status.as_u16()
    }

    async fn these(&self, text: &'static str) -> Vec<i64> {
        let rows: Vec<(Option<i64>,)> = self.console.db().sql(text).all().await.unwrap();
        rows.into_iter().filter_map(|(id,)| id).collect()
    }

    /// The thing of this number, or for 0 the one that a statement finds.
    async fn or_this(&self, n: u8, text: &'static str) -> i64 {
        if n > 0 { i64::from(n) } else { self.these(text).await.first().copied().unwrap_or(1) }
    }

    /// What is typed at the end of a call, for each of its requests.
    async fn ended(&self, call: i64, (outcome, granted, id, more): (u8, u8, u8, bool)) -> Vec<(String, String)> {
        let outcome = ["completed", "partial", "denied", "callback"][usize::from(outcome) % 4];
        let mut form = vec![("outcome".to_owned(), outcome.to_owned())];
        let requests: Vec<(i64,)> = self
            .console
            .db()
            .sql("select reissue_id from call_requests where call_id = $1")
            .bind(call)
            .all()
            .await
            .unwrap();
        for (request,) in requests.iter().filter(|_| granted > 0) {
            form.push((format!("granted-{request}"), granted.to_string()));
            form.push((format!("id-{request}-0"), key_pack_id(id)));
            if more {
                form.push((format!("more-{request}"), "yes".to_owned()));
            }
        }
        form
    }

    /// The server shows what it did, and one computer more, or an old one again.
    async fn import(&mut self, to: u8, renewed: bool) -> u16 {
        self.console.pass(600);
        let now = self.console.app.now();
        let mut rows = String::from(
            "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n",
        );
        let (name, hardware) = if renewed { ("OLD", "aa") } else { ("NEW", "bb") };
        let stamp = |at: reseat::moment::Moment| at.compact().replace(['T', 'Z'], "");
        let number = now.0 % 1_000_000;
        rows = format!(
            "{rows}{number},2,,PC-{name}-{to},2,{}.000000+000,{}.000000+000,{hardware}{to:02}\r\n",
            stamp(now.plus(-3_600)),
            stamp(now.plus_days(70))
        );
        let preview = self.console.bring("LIC-01").part().file("issued.csv", rows).preview().await;
        if preview.import().await.state == reseat::imports::import::State::Ready {
            preview.apply().await.unwrap();
        }
        200
    }

    /// How long history is: whatever changes anything makes it longer.
    async fn tail(&self) -> i64 {
        self.console.count("select line from history_tail").await
    }

    /// What must hold after every step: the count of rows that break it is none.
    async fn broken(&self) -> Option<&'static str> {
        for (says, text) in INVARIANTS {
            if self.console.count(text).await != 0 {
                return Some(says);
            }
        }
        None
    }
}

/// What must hold at the desk after every change: how many rows break it.
pub const INVARIANTS: [(&str, &str); 17] = [
    (
        "a seat is on its way twice",
        "select count(*) from (select seat_id from transfers where state in ('queued', 'requested', 'granted') group by seat_id having count(*) > 1) s",
    ),
    (
        "a second move has no override",
        "select count(*) from transfers where move_number > 1 and override_reason is null and state not in ('denied', 'cancelled')",
    ),
    (
        "a completed transfer left its license where it was",
        "select count(*) from transfers t join licenses l on l.id = t.license_id where t.state = 'completed' and l.transferred_at is null",
    ),
    (
        "a transferred license has no completed transfer",
        "select count(*) from licenses l where l.transferred_at is not null and not exists (select 1 from transfers t where t.state = 'completed' and t.source_id = l.client_id and t.seat_id = coalesce(l.seat_id, l.id))",
    ),
    (
        "two licenses carry one on",
        "select count(*) from (select predecessor_id from licenses where predecessor_id is not null group by predecessor_id having count(*) > 1) s",
    ),
    (
        "a license and its predecessor are of two seats",
        "select count(*) from licenses l join licenses p on p.id = l.predecessor_id where coalesce(l.seat_id, l.id) <> coalesce(p.seat_id, p.id)",
    ),
    (
        "a grant is not what its pack holds",
        "select count(*) from grants g join key_packs k on k.id = g.key_pack_id where g.quantity <> k.quantity or k.reissue_id is null or k.reissue_id <> g.reissue_id",
    ),
    (
        "a granted transfer has no pack of its request",
        "select count(*) from transfers t where t.state = 'granted' and not exists (select 1 from grants g where g.key_pack_id = t.key_pack_id and g.reissue_id = t.reissue_id)",
    ),
    (
        "a granted transfer hangs on a void pack",
        "select count(*) from transfers t join key_packs k on k.id = t.key_pack_id where t.state = 'granted' and k.state = 'void'",
    ),
    (
        "more seats moved with a pack than it has licenses",
        "select count(*) from (select t.key_pack_id, count(*) as n from transfers t where t.key_pack_id is not null and t.state in ('granted', 'completed') group by t.key_pack_id) m join key_packs k on k.id = m.key_pack_id where m.n > k.quantity",
    ),
    (
        "a closed request still has transfers that wait",
        "select count(*) from transfers t join reissues r on r.id = t.reissue_id where t.state = 'requested' and r.state in ('denied', 'withdrawn')",
    ),
    (
        "a call has an outcome and did not end, or the other way round",
        "select count(*) from calls where (ended_at is null) <> (outcome is null) or (ended_at is not null and draft <> '')",
    ),
    (
        "a request has two live calls",
        "select count(*) from (select q.reissue_id from call_requests q join calls c on c.id = q.call_id where c.ended_at is null group by q.reissue_id having count(*) > 1) s",
    ),
    (
        "a request that is granted was granted nothing, or one that is partly granted waits for nothing",
        "select count(*) from reissues r where (r.state in ('granted', 'partly_granted') and not exists (select 1 from grants g where g.reissue_id = r.id)) or (r.state = 'partly_granted' and r.closed_at is not null)",
    ),
    (
        "a request is closed and has no moment of it, or the other way round",
        "select count(*) from reissues where (state in ('granted', 'denied', 'withdrawn')) <> (closed_at is not null)",
    ),
    (
        "a key pack of a request was never granted",
        "select count(*) from key_packs k where k.reissue_id is not null and not exists (select 1 from grants g where g.key_pack_id = k.id)",
    ),
    (
        "a request that is granted has transfers that still wait",
        "select count(*) from transfers t join reissues r on r.id = t.reissue_id where t.state = 'requested' and r.state = 'granted'",
    ),
];

async fn play(console: Console, steps: &[(bool, Step)], reached: &Reached) -> Result<(), String> {
    let mut desk = Desk::open(console).await;
    for (n, (admin, step)) in steps.iter().enumerate() {
        let before = desk.tail().await;
        let status = desk.take(usize::from(*admin), step).await;
        if status == 422 && desk.tail().await != before {
            return Err(format!("step {n} {step:?} was refused and changed something all the same"));
        }
        if ![200, 303, 404, 422].contains(&status) {
            return Err(format!("step {n} {step:?} was answered {status}"));
        }
        if let Some(says) = desk.broken().await {
            return Err(format!("after step {n} {step:?}: {says}"));
        }
    }
    for (reached, text) in [
        (&reached.granted, "select count(*) from grants"),
        (&reached.completed, "select count(*) from transfers where state = 'completed'"),
        (
            &reached.seen,
            "select count(*) from history where action in ('sign of life', 'license seen on the destination')",
        ),
    ] {
        reached.fetch_add(desk.console.count(text).await, Ordering::Relaxed);
    }
    let verified = reseat::history::store::verify(desk.console.db()).await.map_err(|error| format!("{error:?}"))?;
    verified.map(drop).map_err(|broken| format!("history: {broken:?}"))
}

/// How many times as much is tried out: `MORE=20 cargo test …` looks longer.
pub fn more() -> u32 {
    std::env::var("MORE").ok().and_then(|more| more.parse().ok()).unwrap_or(1)
}

fn try_out(cases: u32, postgres: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    let reached = Reached::default();
    let steps = proptest::collection::vec((any::<bool>(), step()), 32..64);
    // The same plays in every run, which are known to come far; others where there is time for more of them.
    let mut plays = match more() {
        1 => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
        _ => TestRunner::new(config),
    };
    let result = plays.run(&steps, |steps| {
        let played = runtime.block_on(async {
            let console = if postgres { Console::on_postgres().await } else { Console::on_sqlite().await };
            play(console, &steps, &reached).await
        });
        played.map_err(TestCaseError::fail)
    });
    if let Err(found) = result {
        panic!("{found}");
    }
    for (what, reached) in
        [("grants", &reached.granted), ("completions", &reached.completed), ("imports that tell", &reached.seen)]
    {
        let count = reached.load(Ordering::Relaxed);
        println!("{what}: {count}");
        assert!(count > 0, "no step ever came to {what}: the steps lead nowhere");
    }
}

#[test]
fn whatever_two_people_do_at_the_desk_its_rules_hold_sqlite() {
    try_out(20 * more(), false);
}

#[test]
fn whatever_two_people_do_at_the_desk_its_rules_hold_postgres() {
    try_out(12 * more(), true);
}
