-- Sets the caller of the transaction if the API token is valid and the account is active.
SELECT outcome, account, role, quota_bytes, token, scopes FROM access.enter_token($1)
