-- Tells the transaction who is asking, if the API token lives and the account is active.
SELECT outcome, account, role, quota_bytes, token, scopes FROM access.enter_token($1)
