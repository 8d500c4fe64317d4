//! What people are told, and how it reaches them.
//!
//! Flow: a policy names a [`Notice`] (kind, people, what it is about, [`Facts`]) and puts what
//! `App::notices` returns into its commit. So the row in each person's inbox and the event that tells
//! of it are there exactly once, in the transaction of what they tell of. Where mail is configured, a row
//! says what becomes of the mail, which is sent at least once: by itself (`post`) or with others of its day
//! (`digest`), until the address refuses too often (`addresses`).
//!
//! Cast: [`facts`] is what a text is filled with, [`text`] fills it in, [`builtin`] has the texts that are
//! there before anybody writes others, `templates` those of an organization, [`language`] how words and times are
//! written, `letter` makes mails of them and [`mail`] is the port that takes those; `inbox` and `preferences` are
//! what a person does with it.

mod addresses;
pub mod builtin;
mod deliveries;
mod digest;
pub mod facts;
mod inbox;
pub mod language;
pub(crate) mod letter;
mod link;
pub mod mail;
mod notice;
mod port;
mod post;
mod preferences;
mod templates;
pub mod text;

pub(crate) use addresses::subscription as addresses;
pub(crate) use digest::{NAME as DIGEST, subscription as digest};
pub use facts::Facts;
pub use notice::Notice;
pub use port::{Inbox, NotificationQueries, Parcel, Recipient};
pub(crate) use post::{NAME as POST, subscription as post};
pub use templates::Holding;

/// Who speaks.
const SOURCE: &str = "rishi/notifications";
