use uuid::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).unwrap()
}

fn refused(route: &str, user: Option<u128>, host: u8) -> Refused {
    Refused {
        reason: DenialReason::Forbidden,
        route: route.to_owned(),
        user: user.map(|id| UserId(Uuid::from_u128(id))),
        organization: None,
        address: [192, 0, 2, host].into(),
    }
}

/// Route and count of each, in the order of the routes.
fn counts(denials: &[Denial]) -> Vec<(&str, u64)> {
    let one = |denial: &Denial| (denial.fact.route.clone(), denial.fact.count);
    let mut counts: Vec<_> = denials
        .iter()
        .map(|denial| (denial.fact.route.as_deref().unwrap_or("*"), one(denial).1))
        .collect();
    counts.sort_unstable();
    counts
}

#[test]
fn the_first_is_due_at_once_and_those_after_it_when_the_minute_is_over() {
    let mut book = Book::new(10);
    assert!(book.note(refused("a", Some(1), 1), at(0)));
    assert_eq!(counts(&book.due(at(0))), [("a", 1)]);
    for second in 1..=40 {
        assert!(!book.note(refused("a", Some(1), 1), at(second)));
    }
    assert!(book.due(at(59)).is_empty());
    let told = book.due(at(60));
    assert_eq!(counts(&told), [("a", 40)]);
    assert_eq!((told[0].fact.first_at, told[0].fact.last_at), (at(1), at(40)));
    assert!(book.due(at(1_000)).is_empty());
    assert!(
        book.note(refused("a", Some(1), 1), at(1_001)),
        "after a quiet minute it is news again"
    );
}

#[test]
fn callers_addresses_and_routes_are_told_apart() {
    let mut book = Book::new(10);
    for one in [
        refused("a", Some(1), 1),
        refused("a", Some(2), 1),
        refused("b", Some(1), 1),
        refused("a", None, 1),
        refused("a", None, 2),
    ] {
        assert!(book.note(one, at(0)));
    }
    // A caller is one wherever the caller is.
    assert!(!book.note(refused("a", Some(1), 9), at(0)));
    assert_eq!(counts(&book.due(at(0))), [("a", 1), ("a", 1), ("a", 1), ("a", 2), ("b", 1)]);
}

#[test]
fn a_flood_of_different_ones_is_few_events_and_none_is_lost() {
    let mut book = Book::new(8);
    let mut events = Vec::new();
    for second in 0..600_i64 {
        for n in 0..50_i64 {
            let route = (second * 50 + n).to_string();
            book.note(refused(&route, None, 1), at(second));
        }
        events.extend(book.due(at(second)));
        assert!(book.sums.len() <= 9);
    }
    events.extend(book.rest());
    assert_eq!(events.iter().map(|denial| denial.fact.count).sum::<u64>(), 600 * 50);
    assert!(events.len() <= 11 * 10, "{}", events.len());
}

#[test]
fn what_is_left_at_the_end_is_told() {
    let mut book = Book::new(8);
    book.note(refused("a", None, 1), at(0));
    book.due(at(0));
    book.note(refused("a", None, 1), at(1));
    book.note(refused("b", None, 1), at(1));
    assert_eq!(counts(&book.rest()), [("a", 1), ("b", 1)]);
    assert!(book.rest().is_empty());
}

#[test]
fn a_clock_that_was_set_back_hides_nothing() {
    let mut book = Book::new(8);
    book.note(refused("a", None, 1), at(5_000));
    book.due(at(5_000));
    book.note(refused("a", None, 1), at(0));
    assert!(book.due(at(0)).is_empty());
    assert_eq!(counts(&book.due(at(60))), [("a", 1)]);
}
