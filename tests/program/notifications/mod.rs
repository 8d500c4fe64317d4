//! What people are told: in the inbox, live, and by mail.

mod digest;
mod inbox;
mod links;
mod mail;
pub(crate) mod postbox;
mod sendgrid;
mod story;
mod templates;
