//! Who may do what, to whose bookings.

mod roles;
mod sessions;
mod tenants;
mod tokens;
