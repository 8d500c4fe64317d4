//! Text in titles and descriptions.

use rishi_app::Store as _;
use rishi_app::bookings::{BookingFilter, Cursor, CursorKey, Sort, SortField, Window};
use rishi_app::credentials::Credentials as _;
use rishi_app::staffing::{StaffFilter, StaffingQueries as _};
use rishi_app::store::EventFilter;
use rishi_domain::booking::Booking;

use crate::staff::everyone;
use crate::things::{filter, put};
use crate::world::{ALL, Fixture, World};

async fn holding<F: Fixture>(texts: &[(&str, Option<&str>)]) -> World<F> {
    let world = World::<F>::new().await;
    let bookings = texts.iter().map(|(title, description)| Booking {
        title: (*title).to_owned(),
        description: description.map(str::to_owned),
        ..world.booking(0, 1)
    });
    let changes: Vec<_> = bookings.map(|booking| put(&booking)).collect();
    world.put(changes).await;
    world
}

async fn found<F: Fixture>(world: &World<F>, text: &str) -> Vec<String> {
    let filter = BookingFilter { search: Some(text.to_owned()), ..filter() };
    let listed = world.store.bookings(&world.all(), &filter).await.unwrap();
    assert_eq!(listed.total, listed.items.len() as u64);
    let mut titles: Vec<_> =
        listed.items.iter().map(|record| record.booking.title.clone()).collect();
    titles.sort_unstable();
    titles
}

pub(crate) async fn letters_match_without_regard_to_case_also_beyond_ascii<F: Fixture>() {
    let titles = ["Tasting", "ÄRGER im Büro", "Große Straße", "ΑΘΗΝΑ", "Москва"];
    let world = holding::<F>(&titles.map(|title| (title, None))).await;
    let cases = [
        ("tASTING", "Tasting"),
        ("ärger", "ÄRGER im Büro"),
        ("ÄRGER", "ÄRGER im Büro"),
        ("BÜRO", "ÄRGER im Büro"),
        ("straße", "Große Straße"),
        ("GROßE", "Große Straße"),
        ("STRAẞE", "Große Straße"),
        ("αθηνα", "ΑΘΗΝΑ"),
        ("МОСКВА", "Москва"),
    ];
    for (text, title) in cases {
        assert_eq!(found(&world, text).await, [title], "{text}");
    }
    assert!(found(&world, "arger").await.is_empty(), "an umlaut is another letter");
}

pub(crate) async fn wildcards_and_quotes_stand_for_themselves<F: Fixture>() {
    let titles = ["100% off", "100 off", "snake_case", "snakeXcase", "back\\slash", "it's", "a*b?"];
    let world = holding::<F>(&titles.map(|title| (title, None))).await;
    let cases = [
        ("%", "100% off"),
        ("0% o", "100% off"),
        ("_", "snake_case"),
        ("e_c", "snake_case"),
        ("\\", "back\\slash"),
        ("'", "it's"),
        ("*", "a*b?"),
        ("b?", "a*b?"),
    ];
    for (text, title) in cases {
        assert_eq!(found(&world, text).await, [title], "{text}");
    }
    for nothing in ["%%", "__", "' OR 1=1 --", "\0"] {
        assert!(found(&world, nothing).await.is_empty(), "{nothing}");
    }
}

pub(crate) async fn title_and_description_are_searched<F: Fixture>() {
    let texts = [("One", Some("a garden")), ("Garden two", None), ("Three", Some("a hall"))];
    let world = holding::<F>(&texts).await;
    assert_eq!(found(&world, "garden").await, ["Garden two", "One"]);
    assert_eq!(found(&world, "hall").await, ["Three"]);
    assert_eq!(found(&world, "e").await, ["Garden two", "One", "Three"]);
}

pub(crate) async fn a_character_that_no_text_holds_is_found_nowhere_and_is_no_error<F: Fixture>() {
    let world = holding::<F>(&[("One", None), ("Two", None)]).await;
    let (store, all) = (&world.store, world.all());
    assert!(found(&world, "O\0").await.is_empty());
    let listed = store.locations(&all, None, Some("\0"), ALL).await.unwrap();
    assert!(listed.items.is_empty());
    assert!(store.user_by_email("a\0@example.com").await.unwrap().is_none());
    assert!(store.account("a\0@example.com").await.unwrap().is_none());
    let skilled = StaffFilter { skill: Some("sales\0".to_owned()), ..everyone() };
    let named = StaffFilter { search: Some("\0".to_owned()), ..everyone() };
    for filter in [skilled, named] {
        assert_eq!(store.staff(&all, &filter).await.unwrap().total, 0);
    }
    for one in ["BOOKING_CREATED\0", "BOOKING\0*"] {
        let filter = EventFilter { types: vec![one.to_owned()], ..EventFilter::default() };
        assert!(store.events(&all, &filter, 10).await.unwrap().is_empty(), "{one:?}");
    }
    // Whoever makes up a cursor gets what follows it.
    let key = CursorKey::Text("One\0".to_owned());
    let window = Window::After(Cursor { key, id: world.id() });
    let sort = Sort { field: SortField::Title, descending: false };
    let listed = store.bookings(&all, &BookingFilter { window, sort, ..filter() }).await.unwrap();
    assert_eq!(listed.items.last().unwrap().booking.title, "Two");
}
