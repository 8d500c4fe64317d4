//! What people are told, and how it reaches them.
//!
//! Flow: a policy names a [`Notice`] (kind, people, what it is about, [`Facts`]) and puts what
//! `App::notices` returns into its commit. So the row in each person's inbox and the event that tells
//! of it are there exactly once, in the transaction of what they tell of. Where mail is configured, a row
//! says what becomes of the mail ([`mail`]), which is sent at least once.
//!
//! Cast: [`facts`] is what a text is filled with, [`text`] fills it in, [`builtin`] has the texts that are
//! there before anybody writes others, [`language`] how words and times are written; `inbox` and
//! `preferences` are what a person does with it.

pub mod builtin;
mod deliveries;
pub mod facts;
mod inbox;
pub mod language;
mod letter;
mod link;
pub mod mail;
mod notice;
mod port;
mod preferences;
pub mod text;

pub use facts::Facts;
pub use notice::Notice;
pub use port::{Inbox, NotificationQueries, Parcel, Recipient};

/// Who speaks.
const SOURCE: &str = "rishi/notifications";
