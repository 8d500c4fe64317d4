use std::collections::BTreeMap;

use super::*;

/// Every hour of two weeks, over a change of clocks in America (1 November 2026).
fn moments() -> impl Iterator<Item = Timestamp> {
    let first: Timestamp = "2026-10-26T00:30:00Z".parse().unwrap();
    (0..14 * 24).map(move |hour| first + SignedDuration::from_hours(hour))
}

fn statuses(acts: &[Act<'_>]) -> BTreeMap<usize, BookingStatus> {
    let mut statuses = BTreeMap::new();
    for act in acts {
        let now = match act.deed {
            Deed::Book(..) => BookingStatus::Draft,
            Deed::Move { to, .. } => to,
            Deed::Staff => continue,
        };
        statuses.insert(act.booking, now);
    }
    statuses
}

#[test]
fn at_any_hour_every_step_is_allowed_in_order_and_not_in_the_future() {
    let content = Content::read().unwrap();
    for now in moments() {
        let acts = acts(&content, now).unwrap();
        let mut standing: BTreeMap<usize, BookingStatus> = BTreeMap::new();
        for act in &acts {
            assert!(act.at <= now && act.at > now - PAST, "{now}: {act:?}");
            match act.deed {
                Deed::Book(start, end) => {
                    assert!(act.at < start && start < end, "{now}: {act:?}");
                    assert!(standing.insert(act.booking, BookingStatus::Draft).is_none());
                }
                Deed::Staff => assert_eq!(standing[&act.booking], BookingStatus::Approved),
                Deed::Move { to, .. } => {
                    let from = standing.insert(act.booking, to).unwrap();
                    assert!(
                        from.next().contains(&to),
                        "{now}: {from} to {to} of {:?}",
                        act.plan.title
                    );
                }
            }
        }
        assert_eq!(standing.len(), content.bookings.len());
    }
}

#[test]
fn at_any_hour_no_two_live_bookings_of_a_location_overlap() {
    let content = Content::read().unwrap();
    for now in moments() {
        let acts = acts(&content, now).unwrap();
        let ranges: Vec<(&str, Timestamp, Timestamp)> = acts
            .iter()
            .filter(|act| takes_place(act.plan.fate))
            .filter_map(|act| match act.deed {
                Deed::Book(start, end) => Some((act.plan.location.as_deref()?, start, end)),
                Deed::Move { .. } | Deed::Staff => None,
            })
            .collect();
        for (index, a) in ranges.iter().enumerate() {
            for b in &ranges[index + 1..] {
                assert!(a.0 != b.0 || a.2 <= b.1 || b.2 <= a.1, "{now}: {a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn at_any_hour_nobody_is_in_two_places_at_once() {
    let content = Content::read().unwrap();
    for now in moments() {
        let acts = acts(&content, now).unwrap();
        let mut shifts: Vec<(&str, Timestamp, Timestamp)> = Vec::new();
        for act in &acts {
            if let Deed::Book(start, end) = act.deed {
                shifts.extend(act.plan.assign.iter().map(|who| (who.as_str(), start, end)));
            }
        }
        for (index, a) in shifts.iter().enumerate() {
            for b in &shifts[index + 1..] {
                assert!(a.0 != b.0 || a.2 <= b.1 || b.2 <= a.1, "{now}: {a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn at_any_hour_every_state_can_be_seen() {
    let content = Content::read().unwrap();
    for now in moments() {
        let seen = statuses(&acts(&content, now).unwrap());
        for status in BookingStatus::ALL {
            assert!(seen.values().any(|one| *one == status), "{now}: nothing is {status}");
        }
    }
}
