//! Who came in, who was refused, and who left. No secret, no password is in any of these.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use uuid::Uuid;

use crate::id::{OrganizationId, SessionId, TokenId, UserId};
use crate::notification::DeliveryOutcome;

/// From where something was done. Neither is proof: an address may be shared, and what a client calls
/// itself is its own to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Whence {
    /// The client's IP address, as far as the server or a trusted proxy saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the client calls itself, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

words! {
    /// How a person proved who they are.
    pub enum SignInMethod {
        /// By e-mail address and password.
        Password = "password",
        /// By a provider of identities (`OpenID` Connect).
        Oidc = "oidc",
    }
}

words! {
    /// Why somebody was not let in. The one who tried is not told.
    pub enum SignInFailure {
        /// Nobody has this address.
        UnknownAccount = "unknown_account",
        /// It was not the person's password.
        WrongPassword = "wrong_password",
        /// The person has no password.
        NoPassword = "no_password",
        /// The person is disabled.
        Disabled = "disabled",
        /// The provider of identities did not let the person through, or what it said does not hold.
        ProviderRefused = "provider_refused",
        /// The provider does not vouch for the person's address.
        EmailNotVerified = "email_not_verified",
        /// The account with this address belongs to another identity of the same provider.
        OtherIdentity = "other_identity",
        /// Nothing that the provider says of the person gives them a role here.
        NoRole = "no_role",
    }
}

words! {
    /// What a one-time sign-in link is for.
    pub enum LinkPurpose {
        /// Somebody new is to choose a first password.
        Invitation = "invitation",
        /// Somebody who is known is to choose another.
        Reset = "reset",
    }
}

/// A person signed in, and a session began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// The session.
    pub session_id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// How the person proved it.
    pub method: SignInMethod,
}

/// Somebody tried to sign in, or to change a password, and did not know the present one. Its subject is the person; an unknown account's is the
/// nil id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInFailed {
    /// The address that was given, in lower case; absent when it was no address at all, since it might
    /// then be a password in the wrong field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Whose account it is, if anybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Why.
    pub reason: SignInFailure,
}

/// A person signed out, and the session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedOut {
    /// The session.
    pub session_id: SessionId,
    /// Whose it was.
    pub user_id: UserId,
}

/// A person ended one of their own sessions from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionRevoked {
    /// The session.
    pub session_id: SessionId,
    /// Whose it was.
    pub user_id: UserId,
}

/// A person was given a one-time link by which to choose a password. Earlier ones are void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInLinkCreated {
    /// Who may use it.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A one-time link was used: the person has chosen a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInLinkUsed {
    /// Who has.
    pub user_id: UserId,
    /// What it was for.
    pub purpose: LinkPurpose,
}

/// An identity at a provider was found to be a person's: from now on the person is known by it, whatever
/// address the provider names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityLinked {
    /// Whose it is.
    pub user_id: UserId,
    /// The provider: its issuer identifier.
    pub issuer: String,
    /// The person as the provider calls them (`sub`).
    pub subject: String,
}

/// A program lost its access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiTokenRevoked {
    /// The token's id.
    pub token_id: TokenId,
    /// On whose behalf it acted.
    pub user_id: UserId,
    /// In which organization.
    pub organization_id: OrganizationId,
    /// What it was called.
    pub name: String,
}

/// Somebody who does not know a password any more asked for a link by mail. Its subject is the person; an unknown
/// account's is the nil id. Whoever asked is not told whether there is such an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetRequested {
    /// The address that was given, in lower case; absent when it was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Whose account it is, if anybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

/// A one-time link is to be mailed to the person whom it lets in. The link itself is in no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInLinkMailDue {
    /// Who may use it.
    pub user_id: UserId,
    /// Which link.
    pub link_id: Uuid,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Until when.
    pub expires_at: Timestamp,
}

/// It is decided whether a one-time link was mailed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInLinkMailConcluded {
    /// Who may use it.
    pub user_id: UserId,
    /// Which link.
    pub link_id: Uuid,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// Why, if it was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
