--! take_turn
--- Makes transactions that name the same key run one after the other.
SELECT true AS taken FROM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(:key::text, 0));

--! use_identity
--- The account of this identity, which signs in now.
UPDATE auth.identities SET last_sign_in_at = :now WHERE issuer = :issuer AND subject = :subject
RETURNING account_id;

--! add_identity
--- Gives an account this identity.
INSERT INTO auth.identities (issuer, subject, account_id, created_at, last_sign_in_at)
VALUES (:issuer, :subject, :account_id, :now, :now);
