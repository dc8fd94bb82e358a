DROP VIEW users.directory;
DROP TABLE users.accounts;
DROP FUNCTION users.guard_account();
DROP TYPE users.account_state;
DROP TYPE users.role;
