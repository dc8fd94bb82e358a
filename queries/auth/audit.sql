--! add_audit_row (account_id?, actor_id?)
--- Writes down what happened to credentials or rights.
INSERT INTO auth.audit (id, at, event, account_id, actor_id, request_id, detail)
VALUES (:id, :at, :event, :account_id, :actor_id, :request_id, :detail::text::jsonb);
