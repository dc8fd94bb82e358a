--! add_sign_in (earlier_session?)
--- Remembers a sign-in that goes to the provider now.
INSERT INTO auth.sign_ins (id_hash, provider, state, nonce, pkce_verifier, return_to, earlier_session, created_at,
    expires_at)
VALUES (:id_hash, :provider, :state, :nonce, :pkce_verifier, :return_to, :earlier_session, :created_at, :expires_at);

--! take_sign_ins : (earlier_session?)
--- Removes the sign-in of this browser and the one of this state, so that neither can be tried again.
DELETE FROM auth.sign_ins WHERE id_hash = :id_hash OR state = :state
RETURNING id_hash, provider, state, nonce, pkce_verifier, return_to, earlier_session, expires_at;

--! forget_sign_ins
--- Removes sign-ins that were never finished.
DELETE FROM auth.sign_ins WHERE expires_at < :before;
