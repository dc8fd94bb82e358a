-- The roles and extensions stay: they may serve other databases or schemas.
DROP SCHEMA images;
DROP SCHEMA auth;
DROP SCHEMA users;
DROP FUNCTION access.role();
DROP FUNCTION access.account();
DROP SCHEMA access;
