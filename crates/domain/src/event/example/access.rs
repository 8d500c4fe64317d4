//! Examples of coming and going.

use super::{CHANGED, EXPIRY, MADE, id};
use crate::event::{
    AccessDenied, ApiTokenRevoked, DenialReason, Example, IdentityLinked, LinkPurpose,
    PasswordResetRequested, SessionRevoked, SignInFailed, SignInFailure, SignInLinkCreated,
    SignInLinkMailConcluded, SignInLinkMailDue, SignInLinkUsed, SignInMethod, SignedIn, SignedOut,
    Whence,
};
use crate::notification::DeliveryOutcome;

impl Example for Whence {
    fn example() -> Self {
        Self {
            address: Some("192.0.2.7".to_owned()),
            user_agent: Some("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0".to_owned()),
        }
    }
}

impl Example for SignedIn {
    fn example() -> Self {
        Self { session_id: id(9), user_id: id(2), method: SignInMethod::Password }
    }
}

impl Example for SignInFailed {
    fn example() -> Self {
        Self {
            account: Some("ada@example.com".to_owned()),
            user_id: Some(id(2)),
            reason: SignInFailure::WrongPassword,
        }
    }
}

impl Example for SignedOut {
    fn example() -> Self {
        Self { session_id: id(9), user_id: id(2) }
    }
}

impl Example for SessionRevoked {
    fn example() -> Self {
        Self { session_id: id(10), user_id: id(2) }
    }
}

impl Example for SignInLinkCreated {
    fn example() -> Self {
        Self { user_id: id(2), purpose: LinkPurpose::Invitation, expires_at: EXPIRY }
    }
}

impl Example for SignInLinkUsed {
    fn example() -> Self {
        Self { user_id: id(2), purpose: LinkPurpose::Invitation }
    }
}

impl Example for IdentityLinked {
    fn example() -> Self {
        let issuer = "https://login.example.com".to_owned();
        Self { user_id: id(2), issuer, subject: "248289761001".to_owned() }
    }
}

impl Example for ApiTokenRevoked {
    fn example() -> Self {
        let (token_id, user_id, organization_id) = (id(8), id(2), id(1));
        Self { token_id, user_id, organization_id, name: "calendar".to_owned() }
    }
}

impl Example for AccessDenied {
    fn example() -> Self {
        Self {
            reason: DenialReason::Forbidden,
            route: Some("PATCH /api/organizations/{id}".to_owned()),
            user_id: Some(id(2)),
            count: 12,
            first_at: MADE,
            last_at: CHANGED,
        }
    }
}

impl Example for PasswordResetRequested {
    fn example() -> Self {
        Self { account: Some("kim@example.com".to_owned()), user_id: Some(id(2)) }
    }
}

impl Example for SignInLinkMailDue {
    fn example() -> Self {
        let purpose = LinkPurpose::Invitation;
        Self { user_id: id(2), link_id: id(17), purpose, expires_at: EXPIRY }
    }
}

impl Example for SignInLinkMailConcluded {
    fn example() -> Self {
        let outcome = DeliveryOutcome::Sent;
        Self { user_id: id(2), link_id: id(17), outcome, reason: None }
    }
}
