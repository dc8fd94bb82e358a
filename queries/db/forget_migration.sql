-- Forgets a migration whose down script has run in the same transaction.
DELETE FROM refinery_schema_history WHERE version = $1
