//! A provider of identities, by `OpenID` Connect: discovery, code flow with PKCE, ID token and, where that does
//! not tell enough, the userinfo endpoint. Who speaks the protocol is the crate `openidconnect`; here is what it
//! is given and how its answers are taken.
//!
//! Guarantee: whoever is vouched for is so by a token of the configured issuer, for this client, with this
//! sign-in's nonce, in time, signed by a key of the issuer's; one that is not known yet is fetched.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenClaims,
    IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    TokenResponse, UserInfoClaims,
};
use rishi_app::oidc::{IdentityProvider, Proof, Tie, Unproven};
use rishi_app::operations::external::ExternalProbe;
use rishi_resilience::{Circuit, Elapsed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::client::NoTls;

#[cfg(test)]
mod tests;
mod transport;
mod unproven;

use transport::Transport;
use unproven::{discovery, token, userinfo, verification};

/// How long what the provider says of itself is believed.
const BELIEF: Duration = Duration::from_hours(1);
/// How long whoever looks after the platform believes it.
const PROBED: Duration = Duration::from_secs(15);
/// With what ID tokens may be signed: never with the client's own secret, never not at all.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Every claim that has no name in the standard.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Others(Map<String, Value>);

impl AdditionalClaims for Others {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Others,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type Relying = openidconnect::Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Which provider, and as whom the platform is known there.
#[derive(Clone)]
pub struct ProviderSettings {
    /// Its issuer identifier: an `https` address, or `http` on this machine.
    pub issuer: String,
    /// The platform's own name there.
    pub client_id: String,
    /// The platform's secret there, if it has one.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that the operator's rules are about.
    pub role_claim: Option<String>,
}

/// The provider, behind its circuit.
pub struct Provider {
    settings: ProviderSettings,
    issuer: IssuerUrl,
    transport: Transport,
    elapsed: Elapsed,
    /// What it says of itself, and when it said so.
    known: Mutex<Option<(CoreProviderMetadata, Duration)>>,
}

impl Provider {
    /// A provider by its settings, whose issuer is an address.
    pub fn new(
        settings: ProviderSettings,
        circuit: Arc<Circuit>,
        elapsed: Elapsed,
    ) -> Result<Self, NoTls> {
        let issuer = IssuerUrl::new(settings.issuer.clone());
        let issuer = issuer.map_err(|error| NoTls(Box::new(error)))?;
        let transport = Transport::new(circuit)?;
        Ok(Self { settings, issuer, transport, elapsed, known: Mutex::new(None) })
    }

    /// What the provider says of itself; asked again when that is older than `belief`.
    async fn metadata(&self, belief: Duration) -> Result<CoreProviderMetadata, Unproven> {
        let mut known = self.known.lock().await;
        let now = (self.elapsed)();
        if let Some((metadata, at)) = &*known
            && now.saturating_sub(*at) < belief
        {
            return Ok(metadata.clone());
        }
        let found =
            CoreProviderMetadata::discover_async(self.issuer.clone(), &self.transport).await;
        let metadata = found.map_err(discovery)?;
        *known = Some((metadata.clone(), now));
        Ok(metadata)
    }

    fn relying(&self, metadata: CoreProviderMetadata, redirect: &str) -> Result<Relying, Unproven> {
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|error| Unproven::Down(format!("the platform's own address: {error}")))?;
        let id = ClientId::new(self.settings.client_id.clone());
        Ok(Relying::from_provider_metadata(metadata, id, secret).set_redirect_uri(redirect))
    }

    /// The claims of an ID token that holds. A key that is not known may be a new one.
    async fn verified(
        &self,
        redirect: &str,
        relying: &Relying,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> Result<IdTokenClaims<Others, CoreGenderClaim>, Unproven> {
        let Some(id_token) = tokens.id_token() else {
            return Err(Unproven::Refused("the provider gave no ID token".to_owned()));
        };
        let check = |relying: &Relying| {
            let verifier = relying.id_token_verifier().set_allowed_algs(ALGORITHMS);
            id_token.claims(&verifier, nonce).cloned()
        };
        match check(relying) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::CryptoError(_),
            )) => {
                let relying = self.relying(self.metadata(Duration::ZERO).await?, redirect)?;
                check(&relying).map_err(|error| verification(&error))
            }
            checked => checked.map_err(|error| verification(&error)),
        }
    }

    /// Whether the ID token leaves open what the platform asks.
    fn leaves_open(&self, proof: &Proof) -> bool {
        let role = self.settings.role_claim.as_deref();
        // A name with dots leads into the claim that is named by its first part.
        let told = |name: &str| {
            let first = name.split('.').next().unwrap_or(name);
            proof.claims.contains_key(name) || proof.claims.contains_key(first)
        };
        proof.email.is_none() || role.is_some_and(|name| !told(name))
    }
}

/// Asks the provider how it is: whether it still says who it is.
pub struct ProviderProbe(pub Arc<Provider>);

#[async_trait]
impl ExternalProbe for ProviderProbe {
    fn name(&self) -> &'static str {
        "oidc"
    }

    async fn probe(&self) -> Result<(), String> {
        self.0.metadata(PROBED).await.map(drop).map_err(|unproven| unproven.to_string())
    }
}

#[async_trait]
impl IdentityProvider for Provider {
    fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    async fn address(&self, redirect: &str, tie: Tie<'_>) -> Result<String, Unproven> {
        let relying = self.relying(self.metadata(BELIEF).await?, redirect)?;
        let (state, nonce) = (tie.state.to_owned(), tie.nonce.to_owned());
        let verifier = PkceCodeVerifier::new(tie.verifier.to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid");
        let (address, _, _) = relying
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(address.into())
    }

    async fn redeem(&self, redirect: &str, code: &str, tie: Tie<'_>) -> Result<Proof, Unproven> {
        let relying = self.relying(self.metadata(BELIEF).await?, redirect)?;
        let tokens = relying
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Unproven::Down(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(tie.verifier.to_owned()))
            .request_async(&self.transport)
            .await
            .map_err(token)?;
        let nonce = Nonce::new(tie.nonce.to_owned());
        let claims = self.verified(redirect, &relying, &tokens, &nonce).await?;
        let mut proof = Proof {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified().unwrap_or_default(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            claims: claims.additional_claims().0.clone(),
        };
        if !self.leaves_open(&proof) {
            return Ok(proof);
        }
        // Not every provider has this endpoint; then the ID token is all there is.
        let subject = Some(claims.subject().clone());
        let Ok(request) = relying.user_info(tokens.access_token().clone(), subject) else {
            return Ok(proof);
        };
        let more: UserInfoClaims<Others, CoreGenderClaim> =
            request.request_async(&self.transport).await.map_err(userinfo)?;
        if proof.email.is_none() {
            proof.email = more.email().map(|email| email.to_string());
            proof.email_verified = more.email_verified().unwrap_or_default();
        }
        if proof.name.is_none() {
            proof.name = more.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        }
        // What is signed stands above what is not.
        for (name, value) in &more.additional_claims().0 {
            proof.claims.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Ok(proof)
    }
}
