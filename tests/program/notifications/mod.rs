//! What people are told: in the inbox, live, and by mail.

mod inbox;
mod mail;
mod postbox;
