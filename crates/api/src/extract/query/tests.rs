use rishi_domain::booking::BookingStatus;
use rishi_domain::id::UserId;
use serde::Deserialize;

use super::super::{Limit, Page};
use super::*;

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Filter {
    status: Vec<BookingStatus>,
    assigned_staff: Vec<UserId>,
    from: Option<jiff::Timestamp>,
    search: Option<String>,
    page: Page,
    limit: Limit,
}

fn filter(query: &str) -> Result<Filter, (String, &'static str)> {
    let uri: Uri = format!("/api/bookings?{query}").parse().unwrap();
    read(&uri).map_err(|problem| {
        let error = problem.errors()[0].clone();
        (error.field, error.code)
    })
}

#[test]
fn nothing_given_is_the_default() {
    assert_eq!(filter(""), Ok(Filter::default()));
    assert_eq!(read::<Filter>(&Uri::from_static("/api/bookings")).unwrap(), Filter::default());
}

#[test]
fn a_list_is_repeated_bracketed_or_separated_by_commas() {
    let both = vec![BookingStatus::Draft, BookingStatus::Approved];
    for query in [
        "status=draft&status=approved",
        "status[]=draft&status[]=approved",
        "status%5B%5D=draft&status=approved",
        "status=draft,approved",
        "status=draft%2Capproved",
    ] {
        assert_eq!(filter(query).unwrap().status, both, "{query}");
    }
}

#[test]
fn numbers_instants_and_texts_are_read_as_what_they_are() {
    let read = filter("page=3&limit=200&from=2027-01-01T00:00:00Z&search=a%20b+c").unwrap();
    assert_eq!((read.page, read.limit), (Page(3), Limit(200)));
    assert_eq!(read.page.offset(read.limit), 400);
    assert_eq!(read.from.unwrap().to_string(), "2027-01-01T00:00:00Z");
    assert_eq!(read.search.as_deref(), Some("a b c"));
}

#[test]
fn what_is_wrong_is_named_by_its_parameter() {
    let refused = |query: &str| filter(query).unwrap_err().0;
    assert_eq!(refused("limit=0"), "limit");
    assert_eq!(refused("limit=201"), "limit");
    assert_eq!(refused("limit=ten"), "limit");
    assert_eq!(refused("page=0"), "page");
    assert_eq!(refused("page=1&page=2"), "page");
    assert_eq!(refused("page[]=1"), "page");
    assert_eq!(refused("from=yesterday"), "from");
    assert_eq!(refused("status=draft&status=lost"), "status[1]");
    assert_eq!(refused("status="), "status[0]");
    assert_eq!(refused("assignedStaff=me"), "assignedStaff[0]");
}

#[test]
fn an_unknown_parameter_is_refused_by_name() {
    assert_eq!(filter("colour=red"), Err(("colour".into(), "unknown_field")));
    assert_eq!(filter("organization_id=x"), Err(("organization_id".into(), "unknown_field")));
}
