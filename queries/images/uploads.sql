--: UploadRow(sha256?, title?, image_id?, attempt?, joined_into?)
--: PieceRow()

--! count_open (owner)
--- How many uploads of an account are open.
SELECT count(*) AS open FROM images.uploads WHERE owner_id = :owner AND state IN ('open', 'finishing');

--! open_upload (id, owner, kind, declared, reserved, media_type, sha256?, file_name, title?, description, tags, visibility, keep_location, metadata, concat, now, expires)
--- The row of an upload whose bytes come later.
INSERT INTO images.uploads (id, owner_id, kind, declared_bytes, reserved_bytes, media_type, sha256, file_name, title,
    description, tags, visibility, keep_location, metadata, concat, created_at, expires_at)
VALUES (:id, :owner, :kind, :declared, :reserved, :media_type, :sha256, :file_name, :title, :description, :tags,
    :visibility, :keep_location, :metadata, :concat, :now, :expires);

--! find_upload (id) : UploadRow
--- An upload of the account that asks. `claimed` says whether somebody finishes it now.
SELECT id, owner_id, kind, state, declared_bytes, received_bytes, reserved_bytes, media_type, sha256, file_name, title,
    description, tags, visibility, keep_location, metadata, concat, image_id, attempt, joined_into, expires_at,
    coalesce(claimed_until > clock_timestamp(), false) AS claimed
FROM images.uploads WHERE id = :id;

--! lock_upload (id) : UploadRow
--- The same, and it stays as it is until the transaction ends.
SELECT id, owner_id, kind, state, declared_bytes, received_bytes, reserved_bytes, media_type, sha256, file_name, title,
    description, tags, visibility, keep_location, metadata, concat, image_id, attempt, joined_into, expires_at,
    coalesce(claimed_until > clock_timestamp(), false) AS claimed
FROM images.uploads WHERE id = :id FOR UPDATE;

--! list_pieces (upload) : PieceRow
--- The pieces of an upload that are to be part of it, in their order.
SELECT id, stored_under, place, byte_size, sha256, state = 'stored' AS stored
FROM images.upload_pieces WHERE upload_id = :upload AND state <> 'deleting' ORDER BY place, id;

--! promise_chunk (received, most, id, piece, place, len, sha256, due)
--- Writes down a chunk before it is stored. No row where the upload has moved on, ended, or has too many pieces.
WITH upload AS (
    UPDATE images.uploads SET pieces = pieces + 1
    WHERE id = :id AND state = 'open' AND received_bytes = :received AND pieces < :most
    RETURNING id, owner_id
)
INSERT INTO images.upload_pieces (id, upload_id, owner_id, stored_under, place, byte_size, sha256, due_at)
SELECT :piece, id, owner_id, id, :place, :len, :sha256, :due FROM upload;

--! advance (pieces, id, received, len, expires, many)
--- The offset moves over chunks that are stored: the lock of an upload. Nothing changes where another one has moved it, or
--- where the sweeper has given one of the chunks up.
WITH kept AS (
    SELECT count(*) AS many FROM images.upload_pieces WHERE id = ANY(:pieces) AND upload_id = :id AND state = 'promised'
), moved AS (
    UPDATE images.uploads SET received_bytes = received_bytes + :len, expires_at = :expires
    FROM kept WHERE uploads.id = :id AND state = 'open' AND received_bytes = :received AND kept.many = :many
    RETURNING uploads.id
)
UPDATE images.upload_pieces AS p SET state = 'stored' FROM moved
WHERE p.upload_id = moved.id AND p.id = ANY(:pieces) AND p.state = 'promised';

--! drop_pieces (now, pieces)
--- Leaves pieces to the sweeper that are not to be part of anything; those that somebody may still write, later.
UPDATE images.upload_pieces SET due_at = CASE WHEN state = 'stored' THEN :now ELSE due_at END, state = 'deleting'
WHERE id = ANY(:pieces) AND state <> 'deleting';

--! drop_written (now, pieces)
--- Leaves pieces to the sweeper at once, because whoever wrote them has ended.
UPDATE images.upload_pieces SET due_at = :now, state = 'deleting' WHERE id = ANY(:pieces) AND state = 'promised';

--! promised_bytes (upload)
--- The bytes of all pieces of an upload that are there, or may be.
SELECT coalesce(sum(byte_size), 0)::bigint AS bytes FROM images.upload_pieces WHERE upload_id = :upload;

--! promise_part (id, most, piece, number, len, sha256, due, expires)
--- Writes down a part before anybody may store it: the upload does not rest. No row where the upload has too many.
WITH upload AS (
    UPDATE images.uploads SET pieces = pieces + 1, expires_at = greatest(expires_at, :expires)
    WHERE id = :id AND state = 'open' AND pieces < :most
    RETURNING id, owner_id
)
INSERT INTO images.upload_pieces (id, upload_id, owner_id, stored_under, place, byte_size, sha256, due_at)
SELECT :piece, id, owner_id, id, :number, :len, :sha256, :due FROM upload;

--! prolong_piece (due, piece)
--- Somebody may write it for a little longer.
UPDATE images.upload_pieces SET due_at = :due WHERE id = :piece AND state = 'promised';

--! find_piece (upload, piece)
--- What may be written to a piece, and whether it may be now.
SELECT p.owner_id, p.byte_size, p.sha256, u.media_type, p.state = 'stored' AS stored,
    u.state = 'open' AND p.state <> 'deleting' AND u.expires_at > :now AS wanted
FROM images.upload_pieces AS p INNER JOIN images.uploads AS u ON u.id = p.upload_id
WHERE p.id = :piece AND p.upload_id = :upload;

--! mark_stored (pieces)
--- The store has acknowledged pieces.
UPDATE images.upload_pieces SET state = 'stored' WHERE id = ANY(:pieces) AND state = 'promised';

--! claim_finishing (image, attempt, seconds, id)
--- One node makes the image now: the bytes reserved for the upload are the image's.
UPDATE images.uploads SET state = 'finishing', image_id = :image, attempt = :attempt, reserved_bytes = 0,
    claimed_until = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :id AND state IN ('open', 'finishing');

--! renew_finishing (seconds, id, attempt)
--- It still does.
UPDATE images.uploads SET claimed_until = clock_timestamp() + make_interval(secs => :seconds)
WHERE id = :id AND state = 'finishing' AND attempt = :attempt;

--! finish_upload (now, id, attempt)
--- The image is there: its pieces are not needed any more. No row where another node has taken the finishing over.
WITH finished AS (
    UPDATE images.uploads SET state = 'finished', claimed_until = NULL
    WHERE id = :id AND state = 'finishing' AND attempt = :attempt
    RETURNING id
), dropped AS (
    UPDATE images.upload_pieces AS p
    SET due_at = CASE WHEN p.state = 'stored' THEN :now ELSE p.due_at END, state = 'deleting'
    FROM finished WHERE p.upload_id = finished.id AND p.state <> 'deleting'
)
SELECT id FROM finished;

--! reopen_upload (reserved, id, attempt, expires)
--- The image could not be made now: the upload is as it was, with the bytes reserved for it.
UPDATE images.uploads SET state = 'open', reserved_bytes = :reserved, image_id = NULL, attempt = NULL,
    claimed_until = NULL, expires_at = greatest(expires_at, :expires)
WHERE id = :id AND state = 'finishing' AND attempt = :attempt;

--! end_upload (now, id)
--- Ends an upload: nothing more can come, its pieces go. What was reserved for it is to be given back.
WITH was AS (
    SELECT id, reserved_bytes FROM images.uploads WHERE id = :id FOR UPDATE
), ended AS (
    UPDATE images.uploads AS u SET state = 'ended', reserved_bytes = 0, claimed_until = NULL
    FROM was WHERE u.id = was.id
), dropped AS (
    UPDATE images.upload_pieces AS p
    SET due_at = CASE WHEN p.state = 'stored' THEN :now ELSE p.due_at END, state = 'deleting'
    FROM was WHERE p.upload_id = was.id AND p.state <> 'deleting'
)
SELECT reserved_bytes FROM was;

--! join_pieces (base, into, id)
--- The pieces of a part of an upload become those of the whole.
UPDATE images.upload_pieces SET upload_id = :into, place = place + :base WHERE upload_id = :id AND state = 'stored';

--! join_upload (into, id, expires)
--- The part has become part of a whole, and what was reserved for it is the whole's.
UPDATE images.uploads SET state = 'joined', joined_into = :into, reserved_bytes = 0, expires_at = :expires WHERE id = :id;

--! set_received (received, id)
--- The whole has all bytes of its parts.
UPDATE images.uploads SET received_bytes = :received WHERE id = :id;

--! expire_uploads (now)
--- Ends uploads whose time is over and gives back what was reserved for them. At most 100.
WITH was AS (
    SELECT id, owner_id, reserved_bytes FROM images.uploads
    WHERE expires_at <= :now AND state IN ('open', 'finishing')
        AND (state = 'open' OR coalesce(claimed_until <= clock_timestamp(), true))
    ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
), ended AS (
    UPDATE images.uploads AS u SET state = 'ended', reserved_bytes = 0, claimed_until = NULL
    FROM was WHERE u.id = was.id
), dropped AS (
    UPDATE images.upload_pieces AS p
    SET due_at = CASE WHEN p.state = 'stored' THEN :now ELSE p.due_at END, state = 'deleting'
    FROM was WHERE p.upload_id = was.id AND p.state <> 'deleting'
), freed AS (
    UPDATE images.usage AS u SET reserved_bytes = u.reserved_bytes - f.bytes
    FROM (SELECT owner_id, sum(reserved_bytes)::bigint AS bytes FROM was GROUP BY owner_id) AS f
    WHERE u.owner_id = f.owner_id
)
SELECT id FROM was;

--! drop_stale_chunks (now)
--- Chunks that were promised long ago and never became part of their upload: their node has ended; and parts that were
--- promised at the moment when their upload ended. At most 1000.
UPDATE images.upload_pieces SET state = 'deleting' WHERE id IN (
    SELECT p.id FROM images.upload_pieces AS p INNER JOIN images.uploads AS u ON u.id = p.upload_id
    WHERE p.state = 'promised' AND p.due_at <= :now
        AND (u.kind IN ('tus', 'tus_partial') OR u.state IN ('finished', 'ended'))
    LIMIT 1000 FOR UPDATE OF p SKIP LOCKED);

--! claim_pieces (until, now)
--- Pieces whose objects are to be deleted, left alone by others until a time. At most 100.
UPDATE images.upload_pieces AS p SET due_at = :until
FROM (
    SELECT id FROM images.upload_pieces WHERE state = 'deleting' AND due_at <= :now
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED
) AS due
WHERE p.id = due.id
RETURNING p.id, p.stored_under;

--! forget_pieces (pieces)
--- Forgets pieces whose objects are gone.
DELETE FROM images.upload_pieces WHERE id = ANY(:pieces) AND state = 'deleting';

--! forget_uploads (before)
--- Forgets uploads that ended long ago and of which nothing is left. At most 1000.
DELETE FROM images.uploads WHERE id IN (
    SELECT u.id FROM images.uploads AS u
    WHERE u.expires_at < :before AND u.state IN ('finished', 'joined', 'ended')
        AND NOT EXISTS (SELECT FROM images.upload_pieces AS p WHERE p.upload_id = u.id)
    LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! known_pieces (pieces)
--- Which of these pieces have a row.
SELECT id FROM images.upload_pieces WHERE id = ANY(:pieces);
