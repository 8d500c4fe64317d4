//! Staffing: the people who do the work, and whether one of them fits a booking.
//!
//! Cast: [`StaffProfile`] is what is known of a staff member, changed by [`put`] and [`verify`];
//! [`check`](mod@check) finds every reason against a [`person::Person`] on a booking, [`cost`] what the
//! work costs, [`score`](mod@score) how well a person suits, [`team`] who fills which place, [`readiness`]
//! whether that is enough, [`expiry`] when a certificate ends, [`geo`] how far it is.
//!
//! Guarantee: what a staff member says of a certificate counts for nothing until somebody else has
//! verified it, and a certificate that changes has to be verified again.

pub mod check;
pub mod cost;
pub mod expiry;
pub mod geo;
pub mod optimize;
pub mod person;
mod profile;
mod put;
pub mod readiness;
pub mod score;
pub mod team;
mod validate;
mod verify;

pub use geo::Position;
pub use profile::{Certification, Skill, StaffProfile, StaffStatus, skill_key};
pub use put::{PutCertification, PutError, PutGiven, PutSkill, PutStaffProfile, put};
pub use verify::{VerifyCertification, VerifyError, VerifyGiven, verify};
