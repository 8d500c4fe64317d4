//! Signing in by a provider of identities (`OpenID` Connect): the port to it, and what the platform makes of
//! what it says.
//!
//! Cast: [`start`] sends a browser to the provider with a flow sealed in a cookie; [`finish`] takes what comes
//! back, finds or makes the person, brings roles up to date ([`roles`]) and begins an ordinary session, all in
//! one commit. Who speaks the protocol is an [`IdentityProvider`], which this crate does not know.
//!
//! Guarantee: a flow is finished once, by the browser that began it, within [`FLOW_LIFE`]. Whoever is refused
//! has changed nothing but the log and, where the provider has taken them away, their roles.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use rishi_domain::event::SignInFailure;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Role;
use serde_json::{Map, Value};

mod finish;
mod flow;
mod roles;
mod start;

pub use finish::Return;
pub use start::Departure;

/// How long somebody may take at the provider.
pub const FLOW_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The random values that one sign-in hangs on; the provider gives each of them back or proves that it knows it.
#[derive(Debug, Clone, Copy)]
pub struct Tie<'a> {
    /// Comes back in the address: ties it to the browser.
    pub state: &'a str,
    /// Comes back in the ID token: ties it to the sign-in.
    pub nonce: &'a str,
    /// Proves to the provider that who redeems the code has asked for it (PKCE, RFC 7636).
    pub verifier: &'a str,
}

/// Who came, as the provider vouches for.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The provider's own name for the person.
    pub subject: String,
    /// The person's address, if the provider tells it.
    pub email: Option<String>,
    /// Whether the provider has made sure that it is the person's.
    pub email_verified: bool,
    /// What the person is called.
    pub name: Option<String>,
    /// Everything else that the provider says.
    pub claims: Map<String, Value>,
}

/// Why a provider did not say who came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// What was shown to it, or what it answered, does not hold. For the log.
    #[error("{0}")]
    Refused(String),
    /// It cannot be asked. For the log.
    #[error("{0}")]
    Down(String),
    /// It is known to be down: nothing was tried.
    #[error("the provider is known to be down")]
    Open(Duration),
}

/// Speaks to a provider, behind its circuit.
#[async_trait]
pub trait IdentityProvider: Send + Sync + 'static {
    /// The provider: its issuer identifier.
    fn issuer(&self) -> &str;

    /// Where a browser is sent, which is to come back to `redirect`.
    async fn address(&self, redirect: &str, tie: Tie<'_>) -> Result<String, Unproven>;

    /// Who came back with `code`.
    async fn redeem(&self, redirect: &str, code: &str, tie: Tie<'_>) -> Result<Proof, Unproven>;
}

/// The provider by which people sign in, and what its word is worth here.
#[derive(Clone)]
pub struct Oidc {
    /// Who speaks to it.
    pub provider: Arc<dyn IdentityProvider>,
    /// What people know it by.
    pub name: String,
    /// Where the platform is reached, without a slash at the end.
    pub base_url: String,
    /// The claim that names roles; dots lead into objects.
    pub role_claim: Option<String>,
    /// What its values mean. The first that fits an organization counts.
    pub roles: Vec<RoleRule>,
}

impl Oidc {
    /// Where the provider sends browsers back to.
    fn redirect(&self) -> String {
        format!("{}/api/auth/oidc/callback", self.base_url)
    }
}

/// What one value of the role claim means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRule {
    /// The value.
    pub value: String,
    /// The role that who has it is given.
    pub role: Role,
    /// Where; in the operator's own organization when none is named.
    pub organization: Option<OrganizationId>,
}

/// Why somebody is not let in, although the provider said who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The provider did not let them through.
    Declined,
    /// The provider does not vouch for their address.
    EmailNotVerified,
    /// They are disabled here.
    Disabled,
    /// The account with their address belongs to another identity.
    OtherIdentity,
    /// They have no role here, and nothing gives them one.
    NoRole,
}

impl Refused {
    /// In words for who is refused.
    pub fn why(self) -> &'static str {
        match self {
            Self::Declined => "the provider did not confirm who you are; begin again",
            Self::EmailNotVerified => {
                "the provider has not verified your e-mail address; verify it there and begin again"
            }
            Self::Disabled => "your account is disabled; ask whoever manages your organization",
            Self::OtherIdentity => {
                "the account with your e-mail address belongs to another identity; ask whoever \
                 manages your organization"
            }
            Self::NoRole => {
                "you have no role here; ask whoever manages your organization to give you one"
            }
        }
    }

    /// As the log has it.
    fn reason(self) -> SignInFailure {
        match self {
            Self::Declined => SignInFailure::ProviderRefused,
            Self::EmailNotVerified => SignInFailure::EmailNotVerified,
            Self::Disabled => SignInFailure::Disabled,
            Self::OtherIdentity => SignInFailure::OtherIdentity,
            Self::NoRole => SignInFailure::NoRole,
        }
    }
}
