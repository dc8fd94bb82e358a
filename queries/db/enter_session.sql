-- Tells the transaction who is asking, if the session lives and the account is active.
SELECT outcome, account, role, quota_bytes FROM access.enter_session($1, $2)
