//! Mail: hands letters over to a server or a service of the operator's.
//!
//! Cast: [`Smtp`] speaks the protocol, over connections that are kept; [`SendGrid`] calls the service of that
//! name; `message` writes a letter as a MIME message, and what both say in its headers.
//!
//! Guarantee: a letter is handed over at most once a call, within the circuit's time; a server that does
//! not answer is not asked again before its circuit lets somebody through.

mod message;
mod sendgrid;
mod smtp;
#[cfg(test)]
mod tests;

pub use sendgrid::{ADDRESS as SENDGRID, SendGrid, check_key};
pub use smtp::{Smtp, check_sender, check_url};

/// Settings that no mail can be sent with.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongSettings(String);
