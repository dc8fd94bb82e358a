//! What an issuer can get wrong, on purpose.
use std::time::Duration;

/// A wrong answer. Those about tokens are good sign-ins in every other respect, so that a client that accepts one
/// has missed exactly that check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerDefect {
    /// The ID token carries a nonce that nobody sent.
    WrongNonce,
    /// The ID token carries no nonce.
    NoNonce,
    /// The ID token is for another client.
    WrongAudience,
    /// The ID token names another issuer.
    WrongIssuer,
    /// The ID token was issued to another party (`azp`), though for this client.
    WrongAuthorizedParty,
    /// The ID token expired ten minutes ago.
    Expired,
    /// The ID token was issued ten minutes from now.
    IssuedInFuture,
    /// The ID token is not signed and says so: `alg` is `none`.
    AlgNone,
    /// The ID token's HMAC is keyed with the issuer's public key (PEM): `alg` is `HS256`.
    HmacWithPublicKey,
    /// The ID token's HMAC is keyed with the client's secret: `alg` is `HS256`, which discovery does not list.
    HmacWithClientSecret,
    /// The ID token is signed by a key that is in no key set, under a key id of its own.
    UnknownKey,
    /// The ID token is signed by that same key under the key id of the real one.
    WrongSignature,
    /// The ID token is signed with Ed25519 by a key of the key set; discovery lists ES256 only.
    AlgNotAdvertised,
    /// The e-mail is not verified.
    EmailNotVerified,
    /// `email_verified` is the string `"false"`, which is true to a careless reader.
    EmailVerifiedIsText,
    /// `email_verified` is missing.
    EmailVerifiedAbsent,
    /// Another person (`sub`) with the same verified e-mail.
    OtherSubject,
    /// The token endpoint answers 500.
    TokenError,
    /// The token endpoint takes this long.
    TokenSlow(Duration),
    /// The token endpoint answers 200 and something that is no JSON.
    TokenGarbage,
    /// Discovery answers 503, until [`super::Issuer::clear_defect`].
    DiscoveryDown,
    /// The key set answers 503, until [`super::Issuer::clear_defect`].
    JwksDown,
}

impl IssuerDefect {
    /// Every lie that must make a sign-in fail although the issuer answers in time.
    pub const TOKEN_DEFECTS: [Self; 18] = [
        Self::WrongNonce,
        Self::NoNonce,
        Self::WrongAudience,
        Self::WrongIssuer,
        Self::WrongAuthorizedParty,
        Self::Expired,
        Self::IssuedInFuture,
        Self::AlgNone,
        Self::HmacWithPublicKey,
        Self::HmacWithClientSecret,
        Self::UnknownKey,
        Self::WrongSignature,
        Self::AlgNotAdvertised,
        Self::EmailNotVerified,
        Self::EmailVerifiedIsText,
        Self::EmailVerifiedAbsent,
        Self::TokenError,
        Self::TokenGarbage,
    ];

    /// Whether the lie is told at every request until it is taken back, not at one token request.
    pub(super) fn holds(&self) -> bool {
        matches!(self, Self::DiscoveryDown | Self::JwksDown)
    }
}
