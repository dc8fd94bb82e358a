//! The defects of an issuer.
use std::time::Duration;

/// A defective response. Tokens with a defect are otherwise valid, so that a client that accepts one lacks exactly that
/// check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerDefect {
    /// The ID token has another nonce than the request.
    WrongNonce,
    /// The ID token has no nonce.
    NoNonce,
    /// The ID token is for another client.
    WrongAudience,
    /// The ID token has another issuer.
    WrongIssuer,
    /// The ID token has another authorized party (`azp`).
    WrongAuthorizedParty,
    /// The ID token expired ten minutes ago.
    Expired,
    /// The ID token is issued ten minutes in the future.
    IssuedInFuture,
    /// The ID token is unsigned: `alg` is `none`.
    AlgNone,
    /// The ID token's HMAC is keyed with the issuer's public key (PEM): `alg` is `HS256`.
    HmacWithPublicKey,
    /// The ID token's HMAC is keyed with the client's secret: `alg` is `HS256`, which discovery does not list.
    HmacWithClientSecret,
    /// The ID token is signed with an unpublished key under its own key ID.
    UnknownKey,
    /// The ID token is signed with an unpublished key under the key ID of the published one.
    WrongSignature,
    /// The ID token is signed with a published Ed25519 key, but discovery lists only ES256.
    AlgNotAdvertised,
    /// The email is not verified.
    EmailNotVerified,
    /// `email_verified` is the string `"false"`, which some parsers treat as true.
    EmailVerifiedIsText,
    /// `email_verified` is missing.
    EmailVerifiedAbsent,
    /// Another subject with the same verified email.
    OtherSubject,
    /// The token endpoint responds with 500.
    TokenError,
    /// The token endpoint responds after this delay.
    TokenSlow(Duration),
    /// The token endpoint responds with 200 and invalid JSON.
    TokenGarbage,
    /// Discovery responds with 503 until [`super::Issuer::clear_defect`].
    DiscoveryDown,
    /// The key set responds with 503 until [`super::Issuer::clear_defect`].
    JwksDown,
}

impl IssuerDefect {
    /// Every defect that must make a sign-in fail although the issuer responds in time.
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

    /// Whether the defect lasts until it is cleared.
    pub(super) fn is_permanent(&self) -> bool {
        matches!(self, Self::DiscoveryDown | Self::JwksDown)
    }
}
