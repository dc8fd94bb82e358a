--! lock_key
--- Acquire the advisory lock of a key until the transaction ends.
SELECT true AS locked FROM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(:key::text, 0));

--! record_sign_in
--- Set the time of the last sign-in of an identity and return its account.
UPDATE auth.identities SET last_sign_in_at = :now WHERE issuer = :issuer AND subject = :subject
RETURNING account_id;

--! add_identity
--- Link an identity to an account.
INSERT INTO auth.identities (issuer, subject, account_id, created_at, last_sign_in_at)
VALUES (:issuer, :subject, :account_id, :now, :now);
