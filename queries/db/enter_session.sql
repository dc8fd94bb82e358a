-- Sets the caller of the transaction if the session is valid and the account is active.
SELECT outcome, account, role, quota_bytes FROM access.enter_session($1, $2)
