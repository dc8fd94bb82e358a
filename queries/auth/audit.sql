--! add_audit_event (account_id?, actor_id?)
--- Add an event to the audit trail.
INSERT INTO auth.audit (id, at, event, account_id, actor_id, request_id, detail)
VALUES (:id, :at, :event, :account_id, :actor_id, :request_id, :detail::text::jsonb);
