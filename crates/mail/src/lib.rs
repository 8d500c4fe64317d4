//! Mail: hands letters over to a server of the operator's.
//!
//! Cast: [`Smtp`] speaks the protocol, over connections that are kept; `message` writes a letter as a MIME
//! message.
//!
//! Guarantee: a letter is handed over at most once a call, within the circuit's time; a server that does
//! not answer is not asked again before its circuit lets somebody through.

mod message;
mod smtp;

pub use smtp::{Smtp, WrongSettings, check_sender, check_url};
