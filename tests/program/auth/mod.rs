//! Who may do what, to whose bookings.

mod members;
mod oidc;
mod own_tokens;
mod passwords;
mod roles;
mod sessions;
mod tenants;
mod tokens;
mod walk;
