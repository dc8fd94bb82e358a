-- Keeps the roles and extensions, because other databases or schemas can use them.
DROP SCHEMA images;
DROP SCHEMA auth;
DROP SCHEMA users;
DROP FUNCTION access.role();
DROP FUNCTION access.account();
DROP SCHEMA access;
