DROP FUNCTION access.enter_token(bytea);
DROP FUNCTION access.enter_session(uuid, uuid);
DROP TABLE auth.audit;
DROP TABLE auth.api_tokens;
DROP TABLE auth.refresh_tokens;
DROP TABLE auth.sessions;
DROP TABLE auth.sign_ins;
DROP TABLE auth.identities;
