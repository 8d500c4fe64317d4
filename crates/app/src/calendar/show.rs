//! Answering who has a feed's address.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rishi_domain::calendar::{CalendarFeed, FeedKind};
use rishi_domain::id::{LocationId, OrganizationId, UserId};
use rishi_domain::organization::Organization;
use rishi_domain::permission::{
    BookingFacts, Capability, Grant, Target, Visibility, permits, visible,
};
use rishi_domain::time::TimeRange;
use rishi_domain::user::UserStatus;
use sha2::{Digest, Sha256};

use super::entry::Entries;
use super::lines::Lines;
use super::{FeedRecord, zones};
use crate::auth::secret::{digest, is_secret};
use crate::bookings::{BookingFilter, Cursor, SharedRecord, Window};
use crate::scope::Scope;
use crate::{App, Error};

/// How far back a feed goes.
const PAST: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How far ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Most entries of a feed: the first ones of its time.
const MOST_ENTRIES: u32 = 5_000;
/// How many bookings are read at once.
const PAGE: u32 = 200;

const PRODUCT: &str = "-//Rishi//Bookings//EN";
/// How often a program is to look again.
const AGAIN: &str = "PT1H";

/// A calendar as it is sent.
#[derive(Debug)]
pub struct Shown {
    /// RFC 5545, in UTF-8.
    pub text: String,
    /// What is another one for every other text.
    pub tag: String,
}

/// What a feed is about.
pub(super) struct Matter {
    /// What it is called unless its owner says otherwise.
    name: String,
    /// What of the bookings may be shown.
    scope: Scope,
    organization: Option<OrganizationId>,
    location: Option<LocationId>,
}

fn unknown() -> Error {
    Error::NotFound("calendar")
}

impl App {
    /// The calendar behind an address. Whatever speaks against it sounds the same.
    pub async fn calendar(&self, secret: &str) -> Result<Shown, Error> {
        if !is_secret(secret) {
            return Err(unknown());
        }
        let record = self.store.calendar_feed(&digest(secret)).await?.ok_or_else(unknown)?;
        let now = self.now();
        let over = record.expires_at.is_some_and(|end| end <= now);
        if record.status != UserStatus::Active || over {
            return Err(unknown());
        }
        let FeedRecord { feed, display_name, grants, .. } = record;
        let matter = match self.matter(&grants, &display_name, &feed).await {
            Err(Error::NotFound(_) | Error::Forbidden(_)) => return Err(unknown()),
            other => other?,
        };
        let (entries, whole) = self.entries(&feed, &grants, &matter, now).await?;
        let name = feed.name.as_deref().unwrap_or(&matter.name);
        let text = written(name, &entries, whole);
        let digest = Sha256::digest(text.as_bytes());
        let tag = URL_SAFE_NO_PAD.encode(&digest[..16]);
        Ok(Shown { text, tag })
    }

    /// What a feed is about, if who has these memberships may see it.
    pub(super) async fn matter(
        &self,
        grants: &[Grant],
        display_name: &str,
        feed: &CalendarFeed,
    ) -> Result<Matter, Error> {
        let may = |capability| Scope::of(visible(grants, capability), feed.user_id);
        let scope = may(Capability::ReadBookings);
        if is_nothing(scope.visibility()) {
            return Err(Error::Forbidden("read bookings"));
        }
        match feed.kind {
            FeedKind::Person => {
                let own = Visibility::Organizations {
                    whole: Vec::new(),
                    own_in: Vec::new(),
                    assigned: true,
                };
                Ok(Matter {
                    name: display_name.to_owned(),
                    scope: Scope::of(own, feed.user_id),
                    organization: None,
                    location: None,
                })
            }
            FeedKind::Organization => {
                let id = feed.organization_id.filter(|id| scope.names(*id));
                let id = id.ok_or(Error::NotFound("organization"))?;
                let found = self.store.organization(&Scope::system(), id).await?;
                let name = found.ok_or(Error::NotFound("organization"))?.name;
                Ok(Matter { name, scope, organization: Some(id), location: None })
            }
            FeedKind::Location => {
                let id = feed.location_id.ok_or(Error::NotFound("location"))?;
                let found = self.store.location(&may(Capability::ReadLocations), id).await?;
                let name = found.ok_or(Error::NotFound("location"))?.name;
                Ok(Matter { name, scope, organization: None, location: Some(id) })
            }
        }
    }

    /// What there is to show, and whether that is all of it.
    async fn entries(
        &self,
        feed: &CalendarFeed,
        grants: &[Grant],
        matter: &Matter,
        now: Timestamp,
    ) -> Result<(Entries, bool), Error> {
        let range = TimeRange {
            start: now.checked_sub(PAST).unwrap_or(Timestamp::MIN),
            end: now.checked_add(AHEAD).unwrap_or(Timestamp::MAX),
        };
        let me = (feed.kind == FeedKind::Person).then_some(feed.user_id);
        let mut entries = Entries::default();
        if let Some(me) = me {
            for shift in self.store.cancelled_shifts(me, range, MOST_ENTRIES).await? {
                entries.strike(&shift);
            }
        }
        let mut organizations = HashMap::new();
        let mut filter = filter(matter, &range);
        loop {
            let page = self.store.bookings_uncounted(&matter.scope, &filter).await?;
            for record in &page {
                if entries.count >= MOST_ENTRIES {
                    return Ok((entries, false));
                }
                let organization = self.of(record, &mut organizations).await?;
                if may_read(grants, feed.user_id, record, organization, now) {
                    entries.put(record, me);
                }
            }
            let full = page.len() == PAGE as usize;
            let Some(last) = page.last().filter(|_| full) else { return Ok((entries, true)) };
            filter.window = Window::After(Cursor::of(&last.booking, filter.sort.field));
        }
    }

    /// The organization of a booking.
    async fn of<'k>(
        &self,
        record: &Arc<SharedRecord>,
        known: &'k mut HashMap<OrganizationId, Organization>,
    ) -> Result<&'k Organization, Error> {
        use std::collections::hash_map::Entry::{Occupied, Vacant};
        let id = record.booking.organization_id;
        match known.entry(id) {
            Occupied(found) => Ok(found.into_mut()),
            Vacant(place) => {
                let found = self.store.organization(&Scope::system(), id).await?;
                Ok(place.insert(found.ok_or(Error::NotFound("organization"))?))
            }
        }
    }
}

/// Whether the owner may read a booking as it is now. A scope is of places; this is of the thing itself.
fn may_read(
    grants: &[Grant],
    owner: UserId,
    record: &SharedRecord,
    organization: &Organization,
    now: Timestamp,
) -> bool {
    let booking = &record.booking;
    let facts = BookingFacts::of(booking, organization, record.involves(owner));
    let target = Target { booking: Some(facts), ..Target::new(organization, now, owner) };
    permits(grants, Capability::ReadBookings, &target)
}

fn is_nothing(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::All => false,
        Visibility::Organizations { whole, own_in, assigned } => {
            whole.is_empty() && own_in.is_empty() && !assigned
        }
    }
}

fn filter(matter: &Matter, range: &TimeRange) -> BookingFilter {
    BookingFilter {
        organization: matter.organization,
        location: matter.location,
        from: Some(range.start),
        to: Some(range.end),
        limit: PAGE,
        ..BookingFilter::default()
    }
}

/// The whole calendar: zones before what names them.
fn written(name: &str, entries: &Entries, whole: bool) -> String {
    let mut lines = Lines::default();
    lines.put("BEGIN", "VCALENDAR");
    lines.put("VERSION", "2.0");
    lines.put("PRODID", PRODUCT);
    lines.put("CALSCALE", "GREGORIAN");
    lines.text("NAME", name);
    lines.text("X-WR-CALNAME", name);
    if !whole {
        let cut = format!("Only the first {MOST_ENTRIES} bookings are shown.");
        lines.text("DESCRIPTION", &cut);
        lines.text("X-WR-CALDESC", &cut);
    }
    lines.put("REFRESH-INTERVAL;VALUE=DURATION", AGAIN);
    lines.put("X-PUBLISHED-TTL", AGAIN);
    for (name, (zone, span)) in &entries.zones {
        zones::put(&mut lines, name, zone, span);
    }
    if entries.count == 0 {
        // A calendar has at least one part (section 3.6).
        let span = TimeRange { start: Timestamp::UNIX_EPOCH, end: Timestamp::UNIX_EPOCH };
        zones::put(&mut lines, "Etc/UTC", &TimeZone::UTC, &span);
    }
    lines.append(&entries.lines);
    lines.put("END", "VCALENDAR");
    lines.into_string()
}
