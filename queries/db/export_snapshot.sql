-- Exports the snapshot for other connections.
SELECT pg_export_snapshot()
