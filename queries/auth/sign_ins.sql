--! add_sign_in (previous_session?)
--- Store a started sign-in.
INSERT INTO auth.sign_ins (id_hash, provider, state, nonce, pkce_verifier, return_to, previous_session, expires_at)
VALUES (:id_hash, :provider, :state, :nonce, :pkce_verifier, :return_to, :previous_session, :expires_at);

--! consume_sign_ins : (previous_session?)
--- Delete the sign-in of this browser and the one with this state, so that neither can be used again.
DELETE FROM auth.sign_ins WHERE id_hash = :id_hash OR state = :state
RETURNING id_hash, provider, state, nonce, pkce_verifier, return_to, previous_session, expires_at;

--! delete_expired_sign_ins
--- Delete sign-ins that expired before a time.
DELETE FROM auth.sign_ins WHERE expires_at < :before;
