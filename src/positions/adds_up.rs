//! Whatever is recorded, the terms of a position add up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::estate::{Agreement, Estate, Group, Pack, Request, Server};
use super::line::Term;
use super::moved::moved;
use super::position::reckon;
use crate::ids::{AgreementId, CompanyId, KeyPackId, LicenseServerId, ReissueId, TransferId};
use crate::key_packs::key_pack::Origin;
use crate::key_packs::state::State;
use crate::reissues::reissue::Reason;

/// Two companies, two versions, three types.
fn group() -> impl Strategy<Value = Group> {
    let version = prop::sample::select(vec!["2012", "2019"]);
    let license_type = prop::sample::select(vec!["per_device", "per_user", "other"]);
    (1_i64..=2, version, license_type).prop_map(|(company, version, license_type)| Group {
        company_id: CompanyId(company),
        version: version.to_owned(),
        license_type: license_type.to_owned(),
    })
}

fn agreements() -> impl Strategy<Value = Vec<Agreement>> {
    let one = (group(), 0_i64..200, any::<bool>(), any::<bool>());
    vec(one, 0..6).prop_map(|all| {
        let numbered = (1..).zip(all);
        numbered
            .map(|(id, (group, quantity, in_force, has_day))| Agreement {
                id: AgreementId(id),
                group,
                title: format!("Open License {id}"),
                quantity,
                in_force,
                has_day,
            })
            .collect()
    })
}

const ORIGINS: [Origin; 6] =
    [Origin::Unknown, Origin::Original, Origin::Reissue, Origin::Reinstall, Origin::Migration, Origin::Conversion];
const STATES: [State; 6] =
    [State::Received, State::Installed, State::Superseded, State::Removed, State::Void, State::InstallFailed];

/// Packs that name requests, purchases and transfers at will, also those that there are not.
fn packs() -> impl Strategy<Value = Vec<Pack>> {
    let what = (group(), prop::sample::select(ORIGINS.to_vec()), prop::sample::select(STATES.to_vec()), any::<bool>());
    let whence = (option::of(1_i64..7), option::of(1_i64..6), 0_usize..30);
    let one = (what, 0_i64..120, option::of(0_i64..150), whence);
    vec(one, 0..10).prop_map(|all| {
        let numbered = (1..).zip(all);
        numbered
            .map(|(id, ((group, origin, state, stands), quantity, issued, (agreement, request, moves)))| Pack {
                id: KeyPackId(id),
                server_id: LicenseServerId(group.company_id.0),
                server: format!("LIC-{}", group.company_id),
                group,
                origin,
                state,
                stands,
                quantity,
                issued,
                agreement_id: agreement.map(AgreementId),
                reissue_id: request.map(ReissueId),
                call_id: None,
                superseded_by_id: None,
                transfers: (0..moves).map(|n| TransferId(i64::try_from(n).unwrap() + id * 100)).collect(),
            })
            .collect()
    })
}

/// Requests that replace packs at will, also in a circle.
fn requests() -> impl Strategy<Value = HashMap<ReissueId, Request>> {
    let reason = prop::sample::select(vec![Reason::Transfer, Reason::Reinstall, Reason::Migration]);
    vec((reason, vec(1_i64..11, 0..4)), 0..5).prop_map(|all| {
        let numbered = (1..).zip(all);
        numbered
            .map(|(id, (reason, replaces))| {
                (ReissueId(id), Request { reason, replaces: replaces.into_iter().map(KeyPackId).collect() })
            })
            .collect()
    })
}

fn estate() -> impl Strategy<Value = Estate> {
    (agreements(), packs(), requests(), any::<bool>()).prop_map(|(agreements, packs, requests, second_is_known)| {
        let server = |id, is_known| Server {
            id: LicenseServerId(id),
            company_id: CompanyId(id),
            name: format!("LIC-{id}"),
            is_known,
            captured_at: None,
            import_id: None,
        };
        Estate {
            companies: vec![(CompanyId(1), "Contoso".to_owned()), (CompanyId(2), "Fabrikam".to_owned())],
            agreements,
            packs,
            requests,
            servers: vec![server(1, true), server(2, second_is_known)],
            unknown: BTreeSet::new(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_terms_add_up_and_every_pack_is_counted_once(estate in estate()) {
        let positions = reckon(&estate);
        let mut left: BTreeMap<KeyPackId, i64> =
            estate.packs.iter().filter(|pack| pack.is_installed()).map(|pack| (pack.id, pack.quantity)).collect();
        let mut bought: i64 = estate.agreements.iter().filter(|one| one.in_force).map(|one| one.quantity).sum();
        let mut seen = BTreeSet::new();
        for one in &positions {
            prop_assert!(seen.insert(one.group.clone()), "a group stands twice");
            let sum = |term| one.of(term).iter().map(|line| line.amount).sum::<i64>();
            prop_assert_eq!(one.owned.unwrap_or(0), sum(Term::Owned));
            let converted: i64 =
                one.of(Term::Owned).iter().filter(|line| line.points.agreement.is_none() || !line.points.key_packs.is_empty())
                    .map(|line| line.amount).sum();
            bought -= sum(Term::Owned) - converted;
            let Some(installed) = one.installed else {
                prop_assert_eq!((one.phantom(), one.unexplained(), one.explained), (None, None, None));
                continue;
            };
            prop_assert_eq!(installed, sum(Term::Installed));
            prop_assert_eq!(one.explained, Some(sum(Term::Explained)));
            prop_assert!((0..=installed).contains(&sum(Term::Explained)), "more is explained than there is");
            for line in one.of(Term::Installed) {
                let [id] = line.points.key_packs.as_slice() else { panic!("a line of installed is one pack") };
                prop_assert_eq!(left.remove(id), Some(line.amount), "a pack is counted twice, or by another number");
            }
            if let Some(owned) = one.owned {
                prop_assert_eq!(one.phantom(), Some(installed - owned));
                prop_assert_eq!(one.unexplained(), Some(installed - owned - sum(Term::Explained)));
                let rest = one.unexplained().unwrap();
                prop_assert_eq!(one.is_open(), rest > 0);
                prop_assert!(one.equation().starts_with(&format!("installed {installed} − owned")), "{}", one.equation());
            }
        }
        let unknown = |id: &KeyPackId| {
            estate.packs.iter().any(|pack| pack.id == *id && pack.group.company_id == CompanyId(2)) && !estate.servers[1].is_known
        };
        prop_assert!(left.keys().all(unknown), "a pack on a server is not counted: {left:?}");
        prop_assert_eq!(bought, 0, "a purchase is not counted, or twice");
    }

    #[test]
    fn never_more_of_a_pack_has_moved_than_it_holds(estate in estate()) {
        let moved = moved(&estate);
        for pack in &estate.packs {
            let of_it = moved.get(&pack.id).copied().unwrap_or(0);
            prop_assert!((0..=pack.quantity).contains(&of_it), "{of_it} of {pack:?}");
        }
    }

    #[test]
    fn the_order_in_which_things_are_read_changes_no_number(estate in estate()) {
        let mut turned = estate.clone();
        turned.agreements.reverse();
        turned.companies.reverse();
        turned.servers.reverse();
        let told = |estate: &Estate| {
            let mut all: Vec<_> = reckon(estate)
                .into_iter()
                .map(|one| (one.group.clone(), one.owned, one.installed, one.in_use, one.explained))
                .collect();
            all.sort();
            all
        };
        prop_assert_eq!(told(&estate), told(&turned));
    }
}
