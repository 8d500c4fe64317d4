//! The one door: a change as data.
//!
//! A [`Commit`] names the versions it rests on, the rows to put, the events that tell of it, the
//! guards that the database itself enforces, and a receipt. An engine applies all of it in one
//! transaction or nothing of it. So "no change without an event", idempotency and exactly-once
//! policies are properties of one function per engine.

use jiff::Timestamp;
use rishi_bus::{NewEvent, Order, Position, Subject, TimerChange};
use rishi_domain::assignment::Assignment;
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, LocationId, NotificationId, OrganizationId, TokenId, UserId};
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::notification::{
    Delivery, MailStanding, Notification, NotificationPreferences, NotificationTemplate,
};
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;
use rishi_domain::recurrence::Extent;
use rishi_domain::series::BookingSeries;
use rishi_domain::staffing::StaffProfile;
use rishi_domain::time::TimeRange;
use rishi_domain::user::User;

use crate::calendar::CalendarChange;
use crate::credentials::AccessChange;
use crate::transport::TransportChange;
use crate::webhooks::WebhookChange;

/// A change, whole or not at all.
#[derive(Debug, Default)]
pub struct Commit {
    /// Entities this change rests on, with the versions that were read.
    pub expected: Vec<Expected>,
    /// Rows to put. A row of version 1 is new; any other replaces the version before it.
    pub changes: Vec<Change>,
    /// What happened: at least one event for anything that a user can see.
    pub events: Vec<NewEvent>,
    /// What must be free, checked inside the transaction.
    pub guards: Vec<Guard>,
    /// Events that are to enter the log later, or no longer.
    pub timers: Vec<TimerChange>,
    /// What an operator says about subscriptions and dead letters.
    pub orders: Vec<Order>,
    /// What makes a repetition of the same request answer the same without a second effect.
    pub receipt: Option<Receipt>,
}

impl Commit {
    /// The same with all that another says; a receipt of either stays.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let Self { expected, changes, events, guards, timers, orders, receipt } = other;
        self.expected.extend(expected);
        self.changes.extend(changes);
        self.events.extend(events);
        self.guards.extend(guards);
        self.timers.extend(timers);
        self.orders.extend(orders);
        self.receipt = self.receipt.or(receipt);
        self
    }
}

/// An entity at the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Which entity.
    pub subject: Subject,
    /// The version that the decision was made on.
    pub version: u64,
}

/// A row to put.
#[derive(Debug)]
#[expect(missing_docs, reason = "each but a few puts the row it names")]
pub enum Change {
    Organization(Box<Organization>),
    User(Box<User>),
    Membership(Box<Membership>),
    /// Ends it, with the tokens that act by it.
    MembershipEnded(Box<Membership>),
    Location(Box<Location>),
    Booking(Box<Booking>),
    BookingSeries(Box<BookingSeries>),
    Assignment(Box<Assignment>),
    StaffProfile(Box<StaffProfile>),
    Availability(Box<AvailabilityRow>),
    Notification(Box<Notification>),
    /// Marks all that a person was told up to there as read.
    InboxRead {
        user: UserId,
        through: NotificationId,
        at: Timestamp,
    },
    Delivery(Box<Delivery>),
    /// What a mail shows instead of a notification's title and text, until it was sent.
    NotificationHtml {
        notification: NotificationId,
        html: String,
    },
    Template(Box<NotificationTemplate>),
    MailStanding(Box<MailStanding>),
    Preferences(Box<NotificationPreferences>),
    Token(Box<TokenRow>),
    Password(Box<PasswordRow>),
    Access(Box<AccessChange>),
    Webhook(Box<WebhookChange>),
    Calendar(CalendarChange),
    Transport(TransportChange),
}

/// A declaration of somebody's time as stored: beside it, the stretch of time outside which it says
/// nothing, so that a query need not expand what recurs.
#[derive(Debug, Clone)]
pub struct AvailabilityRow {
    /// The declaration.
    pub block: AvailabilityBlock,
    /// When.
    pub extent: Extent,
}

/// An API token as stored: its secret only as a digest.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// The token's id.
    pub id: TokenId,
    /// Who acts by it.
    pub user_id: UserId,
    /// The organization whose membership it carries.
    pub organization_id: OrganizationId,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of the whole token text.
    pub digest: [u8; 32],
    /// What it is limited to, if to anything but its owner's role.
    pub scopes: Option<Vec<Capability>>,
    /// The token that it was made by, if it was made by one.
    pub made_by: Option<TokenId>,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A person's password as stored: an Argon2id hash in PHC string format.
#[derive(Debug, Clone)]
pub struct PasswordRow {
    /// Whose it is.
    pub user_id: UserId,
    /// The PHC string, parameters and salt included.
    pub hash: String,
    /// When it was set.
    pub updated_at: Timestamp,
}

/// What must be free when the change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// No other booking that is not cancelled overlaps `range` at the location.
    LocationFree {
        /// Where.
        location: LocationId,
        /// When.
        range: TimeRange,
        /// The booking that wants it.
        booking: BookingId,
    },
    /// No live assignment of the person, on another booking, overlaps `range`.
    StaffFree {
        /// Who.
        staff: UserId,
        /// When.
        range: TimeRange,
        /// The booking that wants the person.
        booking: BookingId,
    },
    /// The same for bookings that are made or moved together: none of them is in the way of another as it
    /// was before.
    TogetherFree(Vec<Slot>),
    /// There is no internal organization yet: a new database gets one, however many processes open
    /// it at once.
    NoInternalOrganization,
    /// Somebody else than this person runs the platform: is an active super administrator.
    AdministratorRemains {
        /// Who is not to be the last.
        without: UserId,
    },
}

/// What one of several bookings needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The booking.
    pub booking: BookingId,
    /// Which of them it is.
    pub number: u32,
    /// When.
    pub range: TimeRange,
    /// Where.
    pub location: Option<LocationId>,
    /// Who is on it.
    pub staff: Vec<UserId>,
}

/// One of several bookings that cannot be as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenSlot {
    /// Which of them it is.
    pub number: u32,
    /// When it was to be.
    pub range: TimeRange,
    /// The person who is taken; nothing when it is the location.
    pub staff: Option<UserId>,
    /// By what.
    pub conflicts: Vec<Conflict>,
}

/// The name under which a request's answer is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReceiptKey {
    /// Organization, user and route: two callers never share a key.
    pub scope: String,
    /// The caller's `Idempotency-Key`.
    pub key: String,
}

/// Kept with the change for 24 h, so that the same request has one effect and one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its name.
    pub key: ReceiptKey,
    /// When the request was decided: an older receipt that had expired by then does not count.
    pub made_at: Timestamp,
    /// What is kept under the name.
    pub kept: Kept,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of the request body: the same key with another body is refused.
    pub request: [u8; 32],
    /// What was answered.
    pub answer: Answer,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

/// An answer that can be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Where the created entity is.
    pub location: Option<String>,
    /// The entity's version.
    pub version: Option<u64>,
    /// JSON text.
    pub body: String,
}

/// What became of a commit.
#[derive(Debug)]
pub enum Committed {
    /// It is durable. The positions of its events are consecutive from `first`.
    Fresh {
        /// Position of the first event; the log's head when there was none. Nothing when the engine cannot say yet:
        /// the events are in the log for certain, and will be given their positions.
        first: Option<Position>,
        /// How much its orders reached: dead letters redriven or discarded, events removed.
        affected: u64,
    },
    /// The same request was answered before; nothing was changed now.
    Replayed(Answer),
}

/// A booking that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Which.
    pub booking_id: BookingId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// When.
    pub range: TimeRange,
}

/// Why a commit changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// An entity is not at the version that the decision was made on.
    #[error("{subject} is at version {actual:?}, not {expected}")]
    VersionConflict {
        /// Which entity.
        subject: Subject,
        /// What was read.
        expected: u64,
        /// What is there now; nothing when the entity is gone or new.
        actual: Option<u64>,
    },
    /// The location is taken.
    #[error("the location is taken by {} booking(s)", .0.len())]
    LocationTaken(Vec<Conflict>),
    /// The staff member is taken.
    #[error("staff member {staff} is taken by {} booking(s)", .conflicts.len())]
    StaffTaken {
        /// Who.
        staff: UserId,
        /// By what.
        conflicts: Vec<Conflict>,
    },
    /// Locations or staff of bookings that belong together are taken.
    #[error("{} of the bookings are in the way of others", .0.len())]
    TogetherTaken(Vec<TakenSlot>),
    /// Nobody would be left to run the platform.
    #[error("nobody else runs the platform")]
    LastAdministrator,
    /// The person has as many tokens as there may be.
    #[error("the person has {} tokens already", crate::credentials::MOST_TOKENS)]
    TooManyTokens,
    /// A unique value is in use.
    #[error("{0} is already in use")]
    Duplicate(&'static str),
    /// A row names another that is not there, or that belongs to another organization.
    #[error("the change refers to something that is not there: {0}")]
    UnknownReference(String),
    /// The idempotency key was used with another request body.
    #[error("the idempotency key was used for another request")]
    ReceiptReused,
    /// An operator's order cannot be carried out, for a reason that the operator can act on.
    #[error("{0}")]
    Refused(String),
    /// The commit breaks the door's own rules: an entity changed without an event, or an event is
    /// malformed.
    #[error("malformed commit: {0}")]
    Malformed(String),
    /// The engine cannot take the commit now; nothing was changed and it may be sent again.
    #[error("the database cannot take writes right now: {0}")]
    Unavailable(String),
    /// The engine is known to be down: nothing was tried.
    #[error("the database is known to be down")]
    CircuitOpen {
        /// When it is worth asking again.
        retry_after: std::time::Duration,
    },
    /// The engine failed; nothing was changed.
    #[error("the database failed")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}
