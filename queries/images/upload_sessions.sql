--: SessionRow(sha256?, title?, image_id?, attempt?, claimed_until?, joined_into?)
--: PartRow()

--! count_open_sessions (owner)
--- Count the open sessions of an account.
SELECT count(*) AS open FROM images.upload_sessions WHERE owner_id = :owner AND state IN ('open', 'finishing');

--! insert_session (id, owner, kind, declared, reserved, media_type, sha256?, file_name, title?, description, tags, visibility, keep_location, metadata, concat, now, expires)
--- Create a session.
INSERT INTO images.upload_sessions (id, owner_id, kind, declared_bytes, reserved_bytes, media_type, sha256, file_name,
    title, description, tags, visibility, keep_location, metadata, concat, created_at, expires_at)
VALUES (:id, :owner, :kind, :declared, :reserved, :media_type, :sha256, :file_name, :title, :description, :tags,
    :visibility, :keep_location, :metadata, :concat, :now, :expires);

--! find_session (id) : SessionRow
--- Find a session of the caller. `claimed`: a node is finishing it.
SELECT *, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM images.upload_sessions WHERE id = :id;

--! lock_session (id) : SessionRow
--- Find a session of the caller and lock it until the transaction ends.
SELECT *, coalesce(claimed_until > clock_timestamp(), false) AS claimed FROM images.upload_sessions WHERE id = :id
FOR UPDATE;

--! list_parts (session) : PartRow
--- List the parts of a session in order.
SELECT id, stored_under, position, byte_size, sha256, state = 'stored' AS stored
FROM images.upload_parts WHERE session_id = :session AND state <> 'deleting' ORDER BY position, id;

--! reserve_chunk (received, max, id, part, position, len, sha256, due)
--- Insert the part of a tus upload before it is stored. No row if the offset has moved, the session has ended, or it has too
--- many parts.
WITH session AS (
    UPDATE images.upload_sessions SET part_count = part_count + 1
    WHERE id = :id AND state = 'open' AND received_bytes = :received AND part_count < :max
    RETURNING id, owner_id
)
INSERT INTO images.upload_parts (id, session_id, owner_id, stored_under, position, byte_size, sha256, due_at)
SELECT :part, id, owner_id, id, :position, :len, :sha256, :due FROM session;

--! advance_offset (parts, id, received, len, expires, count)
--- Move the offset past parts that are stored: the lock of a tus upload. Changes nothing if another request has moved the
--- offset, or if the sweeper has discarded one of the parts.
WITH reserved AS (
    SELECT count(*) AS count FROM images.upload_parts
    WHERE id = ANY(:parts) AND session_id = :id AND state = 'reserved'
), moved AS (
    UPDATE images.upload_sessions AS s SET received_bytes = received_bytes + :len, expires_at = :expires
    FROM reserved WHERE s.id = :id AND state = 'open' AND received_bytes = :received AND reserved.count = :count
    RETURNING s.id
)
UPDATE images.upload_parts AS p SET state = 'stored' FROM moved
WHERE p.session_id = moved.id AND p.id = ANY(:parts) AND p.state = 'reserved';

--! discard_parts (now, parts)
--- Leave parts to the sweeper: stored ones at once, others when they can no longer be written.
UPDATE images.upload_parts SET due_at = CASE WHEN state = 'stored' THEN :now ELSE due_at END, state = 'deleting'
WHERE id = ANY(:parts) AND state <> 'deleting';

--! discard_reserved_parts (now, parts)
--- Leave parts to the sweeper at once, because their writer has ended.
UPDATE images.upload_parts SET due_at = :now, state = 'deleting' WHERE id = ANY(:parts) AND state = 'reserved';

--! sum_part_bytes (session)
--- Sum the bytes of all parts of a session, including those that may not be stored yet and those that are being deleted.
SELECT coalesce(sum(byte_size), 0)::bigint AS bytes FROM images.upload_parts WHERE session_id = :session;

--! reserve_part (id, max, part, number, len, sha256, due, expires)
--- Insert a part before a request for it is signed, and extend the session. No row if the session has too many parts.
WITH session AS (
    UPDATE images.upload_sessions SET part_count = part_count + 1, expires_at = greatest(expires_at, :expires)
    WHERE id = :id AND state = 'open' AND part_count < :max
    RETURNING id, owner_id
)
INSERT INTO images.upload_parts (id, session_id, owner_id, stored_under, position, byte_size, sha256, due_at)
SELECT :part, id, owner_id, id, :number, :len, :sha256, :due FROM session;

--! extend_part (due, part)
--- Extend the time until which a part may be written.
UPDATE images.upload_parts SET due_at = :due WHERE id = :part AND state = 'reserved';

--! find_part (session, part, now)
--- Find a part. `accepted`: it may be written now.
SELECT p.owner_id, p.byte_size, p.sha256, s.media_type, p.state = 'stored' AS stored,
    s.state = 'open' AND p.state <> 'deleting' AND s.expires_at > :now AS accepted
FROM images.upload_parts AS p INNER JOIN images.upload_sessions AS s ON s.id = p.session_id
WHERE p.id = :part AND p.session_id = :session;

--! mark_parts_stored (parts)
--- Record that the store has acknowledged parts.
UPDATE images.upload_parts SET state = 'stored' WHERE id = ANY(:parts) AND state = 'reserved';

--! claim_session (image, attempt, seconds, id)
--- Claim a session for one node, which makes the image. Its reserved bytes become those of the image.
UPDATE images.upload_sessions SET state = 'finishing', image_id = :image, attempt = :attempt, reserved_bytes = 0,
    claimed_until = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :id AND state IN ('open', 'finishing');

--! renew_claim (seconds, id, attempt)
--- Renew the claim of a session.
UPDATE images.upload_sessions SET claimed_until = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :id AND state = 'finishing' AND attempt = :attempt;

--! finish_session (now, id, attempt)
--- Finish a session and discard its parts. No row if another node has taken it over.
WITH finished AS (
    UPDATE images.upload_sessions SET state = 'finished', claimed_until = NULL
    WHERE id = :id AND state = 'finishing' AND attempt = :attempt
    RETURNING id
), discarded AS (
    UPDATE images.upload_parts AS p
    SET due_at = CASE WHEN p.state = 'stored' THEN :now ELSE p.due_at END, state = 'deleting'
    FROM finished WHERE p.session_id = finished.id AND p.state <> 'deleting'
)
SELECT id FROM finished;

--! reopen_session (reserved, id, attempt, expires)
--- Reopen a session of which no image could be made, with its reserved bytes.
UPDATE images.upload_sessions SET state = 'open', reserved_bytes = :reserved, image_id = NULL, attempt = NULL,
    claimed_until = NULL, expires_at = greatest(expires_at, :expires)
WHERE id = :id AND state = 'finishing' AND attempt = :attempt;

--! end_session (now, id)
--- End a session and discard its parts. Returns the reserved bytes, which the caller releases.
WITH open AS (
    SELECT id, reserved_bytes FROM images.upload_sessions WHERE id = :id FOR UPDATE
), ended AS (
    UPDATE images.upload_sessions AS s SET state = 'ended', reserved_bytes = 0, claimed_until = NULL
    FROM open WHERE s.id = open.id
), discarded AS (
    UPDATE images.upload_parts AS p
    SET due_at = CASE WHEN p.state = 'stored' THEN :now ELSE p.due_at END, state = 'deleting'
    FROM open WHERE p.session_id = open.id AND p.state <> 'deleting'
)
SELECT reserved_bytes FROM open;

--! move_parts (base, into, id)
--- Move the parts of a partial upload to the session that it is concatenated into.
UPDATE images.upload_parts SET session_id = :into, position = position + :base WHERE session_id = :id AND state = 'stored';

--! join_session (into, id, expires)
--- Mark a partial upload as concatenated. Its reserved bytes become those of the other session.
UPDATE images.upload_sessions SET state = 'joined', joined_into = :into, reserved_bytes = 0, expires_at = :expires
WHERE id = :id;

--! set_received (received, id)
--- Set the received bytes of a concatenated session.
UPDATE images.upload_sessions SET received_bytes = :received WHERE id = :id;

--! expire_sessions (now)
--- End expired sessions and release their reserved bytes. At most 100.
WITH expired AS (
    SELECT id, owner_id, reserved_bytes FROM images.upload_sessions
    WHERE expires_at <= :now AND state IN ('open', 'finishing')
        AND (state = 'open' OR coalesce(claimed_until <= clock_timestamp(), true))
    ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
), ended AS (
    UPDATE images.upload_sessions AS s SET state = 'ended', reserved_bytes = 0, claimed_until = NULL
    FROM expired WHERE s.id = expired.id
), discarded AS (
    UPDATE images.upload_parts AS p
    SET due_at = CASE WHEN p.state = 'stored' THEN :now ELSE p.due_at END, state = 'deleting'
    FROM expired WHERE p.session_id = expired.id AND p.state <> 'deleting'
), released AS (
    UPDATE images.usage AS u SET reserved_bytes = u.reserved_bytes - r.bytes
    FROM (SELECT owner_id, sum(reserved_bytes)::bigint AS bytes FROM expired GROUP BY owner_id) AS r
    WHERE u.owner_id = r.owner_id
)
SELECT id FROM expired;

--! discard_stale_parts (now)
--- Discard tus parts that were never acknowledged because their node crashed, and parts that were reserved at the moment
--- their session ended. At most 1000.
UPDATE images.upload_parts SET state = 'deleting' WHERE id IN (
    SELECT p.id FROM images.upload_parts AS p INNER JOIN images.upload_sessions AS s ON s.id = p.session_id
    WHERE p.state = 'reserved' AND p.due_at <= :now
        AND (s.kind IN ('tus', 'tus_partial') OR s.state IN ('finished', 'ended'))
    LIMIT 1000 FOR UPDATE OF p SKIP LOCKED);

--! claim_discarded_parts (until, now)
--- Claim parts whose objects are to be deleted, until a time. At most 100.
UPDATE images.upload_parts AS p SET due_at = :until
FROM (
    SELECT id FROM images.upload_parts WHERE state = 'deleting' AND due_at <= :now
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED
) AS due
WHERE p.id = due.id
RETURNING p.id, p.stored_under;

--! delete_parts (parts)
--- Delete the rows of parts whose objects are deleted.
DELETE FROM images.upload_parts WHERE id = ANY(:parts) AND state = 'deleting';

--! delete_old_sessions (before)
--- Delete sessions that ended before a time and have no parts. At most 1000.
DELETE FROM images.upload_sessions WHERE id IN (
    SELECT s.id FROM images.upload_sessions AS s
    WHERE s.expires_at < :before AND s.state IN ('finished', 'joined', 'ended')
        AND NOT EXISTS (SELECT FROM images.upload_parts AS p WHERE p.session_id = s.id)
    LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! list_known_parts (parts)
--- List those parts that have a row.
SELECT id FROM images.upload_parts WHERE id = ANY(:parts);
