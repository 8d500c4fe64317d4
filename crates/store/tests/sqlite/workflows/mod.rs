//! What follows from what: every reaction of the platform on a real file, by a clock set by hand.

mod assignments;
mod certificates;
mod endings;
mod mails;
mod notices;
mod reminders;
mod stage;
