//! Who may search at the same time, and how long a search is remembered.

use std::sync::Arc;

use rishi_domain::booking::BookingStatus;
use rishi_domain::staffing::optimize::Weights;

use super::*;

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn searches() -> Optimizations {
    Optimizations::new(Arc::new(|| Duration::ZERO))
}

fn noon() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn search(number: u128, owner: u128, organization: u128) -> Arc<Optimization> {
    let request = OptimizeSchedule {
        organizations: vec![id(organization)],
        from: noon(),
        to: noon() + SignedDuration::from_hours(1),
        statuses: vec![BookingStatus::Approved],
        seconds: 1,
        weights: Weights::default(),
        overriding: None,
        seed: 0,
    };
    let basis = Basis { bookings: HashMap::new(), people: HashMap::new() };
    let start = (noon(), Duration::ZERO);
    Arc::new(Optimization::new(id(number), id(owner), request, start, basis))
}

fn end(search: &Optimization, at: Timestamp) {
    search.change(|one| (one.state, one.finished_at) = (State::Done, Some(at)));
}

#[test]
fn one_search_a_person_one_an_organization_and_two_in_all() {
    let searches = searches();
    let first = search(1, 10, 100);
    searches.add(&first, noon());
    let refused = |owner, organization| {
        let reserved = searches.reserve(id(9), id(owner), &[id(organization)]);
        reserved.err().map(|error| match error {
            Error::OptimizationRunning(own) => own.map(|one: Uuid| one.as_u128()),
            other => panic!("{other}"),
        })
    };
    assert_eq!(refused(10, 101), Some(Some(1)), "one's own is named");
    assert_eq!(refused(11, 100), Some(None), "another's is not");
    assert_eq!(refused(11, 101), None, "and the place was given back");
    let seat = searches.reserve(id(2), id(11), &[id(101)]).ok();
    let full = searches.reserve(id(3), id(12), &[id(102)]).err();
    assert!(matches!(full, Some(Error::Unavailable(_))), "{full:?}");
    drop(seat);
    assert_eq!(refused(12, 102), None);
    end(&first, noon());
    assert_eq!(refused(10, 100), None, "what is over is in nobody's way");
}

#[test]
fn a_search_is_kept_for_an_hour_from_its_end_and_the_oldest_go_first() {
    let searches = searches();
    let first = search(1, 10, 100);
    searches.add(&first, noon());
    let later = |minutes| noon() + SignedDuration::from_mins(minutes);
    assert!(searches.get(id(1), later(600)).is_some(), "it runs");
    end(&first, later(10));
    assert!(searches.get(id(1), later(69)).is_some());
    assert!(searches.get(id(1), later(70)).is_none());
    for number in 2..70 {
        let one = search(number, number, number);
        end(&one, later(20 + i64::try_from(number).unwrap() % 7));
        searches.add(&one, later(30));
    }
    let kept: Vec<u128> =
        (1..70).filter(|number| searches.get(id(*number), later(30)).is_some()).collect();
    assert_eq!(kept.len(), MOST);
    assert!(!kept.contains(&1), "the one that ended first");
}
