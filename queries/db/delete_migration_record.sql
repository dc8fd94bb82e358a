-- Deletes the record of a migration whose down script ran in the same transaction.
DELETE FROM refinery_schema_history WHERE version = $1
