//! What the protocol's errors mean: the person's sign-in does not hold, or the provider cannot be asked.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{
    ClaimsVerificationError, DiscoveryError, RequestTokenError, StandardErrorResponse,
    UserInfoError,
};
use rishi_app::oidc::Unproven;

use super::transport::Unanswered;

/// The operator's mistakes, which no other attempt of the person's helps against.
const OURS: [CoreErrorResponseType; 3] = [
    CoreErrorResponseType::InvalidClient,
    CoreErrorResponseType::UnauthorizedClient,
    CoreErrorResponseType::UnsupportedGrantType,
];

fn unanswered(error: &Unanswered) -> Unproven {
    match error {
        Unanswered::Open(retry_after) => Unproven::Open(*retry_after),
        Unanswered::Failed(_) | Unanswered::Plain(_) => Unproven::Down(error.to_string()),
    }
}

pub(super) fn discovery(error: DiscoveryError<Unanswered>) -> Unproven {
    match error {
        DiscoveryError::Request(error) => unanswered(&error),
        other => Unproven::Down(format!("what it says of itself cannot be used: {other}")),
    }
}

pub(super) fn token(
    error: RequestTokenError<Unanswered, StandardErrorResponse<CoreErrorResponseType>>,
) -> Unproven {
    match error {
        RequestTokenError::Request(error) => unanswered(&error),
        RequestTokenError::ServerResponse(said) if OURS.contains(said.error()) => {
            Unproven::Down(format!("it does not take the platform as its client: {said}"))
        }
        RequestTokenError::ServerResponse(said) => {
            Unproven::Refused(format!("it does not take the code: {}", said.error().as_ref()))
        }
        other => Unproven::Down(format!("its tokens cannot be read: {other}")),
    }
}

pub(super) fn verification(error: &ClaimsVerificationError) -> Unproven {
    Unproven::Refused(format!("the ID token does not hold: {error}"))
}

pub(super) fn userinfo(error: UserInfoError<Unanswered>) -> Unproven {
    match error {
        UserInfoError::Request(error) => unanswered(&error),
        UserInfoError::ClaimsVerification(error) => verification(&error),
        other => Unproven::Down(format!("what it says of people cannot be used: {other}")),
    }
}
