//! Who may do what, to whose bookings.

mod roles;
mod tenants;
mod tokens;
