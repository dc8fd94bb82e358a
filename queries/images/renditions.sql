--: SourceRow(stored_as?, failure_code?, has_alpha?, variant?, format?, rendition_size?, used_on?, rendition_sha256?)
--: RenditionRow(format?, byte_size?, used_on?, sha256?)

--! find_source (id, variants) : SourceRow
--- Finds a live image that is visible to the role, with one row for each stored rendition among the variants, or one row
--- without a rendition.
SELECT i.id, i.owner_id, i.attempt, i.stored_as, i.visibility, i.state, i.failure_code, i.media_type, i.byte_size, i.width,
    i.height, i.frames, i.has_alpha, r.variant, r.format,
    r.byte_size AS rendition_size, r.used_on, r.sha256 AS rendition_sha256
FROM images.images AS i
LEFT JOIN images.renditions AS r ON r.image_id = i.id AND r.variant = ANY(:variants)
WHERE i.id = :id AND i.stored_at IS NOT NULL AND i.removed_at IS NULL;

--! find_rendition (image, variant) : RenditionRow
--- Finds a rendition and whether a node has claimed it. Leases are measured by the database's clock, which all nodes share.
SELECT coalesce(c.expires_at > clock_timestamp(), false) AS claimed, r.format, r.byte_size, r.used_on,
    r.sha256
FROM (SELECT :image::uuid AS image_id, :variant::bytea AS variant) AS k
LEFT JOIN images.renditions AS r ON r.image_id = k.image_id AND r.variant = k.variant
LEFT JOIN images.rendition_claims AS c ON c.image_id = k.image_id AND c.variant = k.variant;

--! acquire_claim (image, variant, claim, seconds)
--- Claims a rendition unless another node has a claim that has not expired.
INSERT INTO images.rendition_claims AS c (image_id, variant, claim, expires_at)
VALUES (:image, :variant, :claim, clock_timestamp() + make_interval(secs => :seconds::double precision))
ON CONFLICT (image_id, variant) DO UPDATE SET claim = excluded.claim, expires_at = excluded.expires_at
WHERE c.expires_at < clock_timestamp();

--! renew_claim (image, variant, claim, seconds)
--- Extends the lease of a claim.
UPDATE images.rendition_claims SET expires_at = clock_timestamp() + make_interval(secs => :seconds::double precision)
WHERE image_id = :image AND variant = :variant AND claim = :claim;

--! release_claim (image, variant, claim)
--- Releases a claim.
DELETE FROM images.rendition_claims WHERE image_id = :image AND variant = :variant AND claim = :claim;

--! delete_expired_claims
--- Deletes claims of nodes that died. At most 1000.
DELETE FROM images.rendition_claims WHERE (image_id, variant) IN (
    SELECT image_id, variant FROM images.rendition_claims WHERE expires_at < clock_timestamp() - interval '1 hour'
    LIMIT 1000 FOR UPDATE SKIP LOCKED);

--! upsert_rendition (image, variant, format, width, height, byte_size, today, sha256)
--- Records a stored rendition unless the image was removed. The lock serializes this with the removal, so that the sweeper
--- sees the row.
INSERT INTO images.renditions AS r (image_id, variant, format, width, height, byte_size, used_on, sha256)
SELECT i.id, :variant, :format, :width, :height, :byte_size, :today, :sha256
FROM images.images AS i
WHERE i.id = :image AND i.stored_at IS NOT NULL AND i.removed_at IS NULL
FOR SHARE
ON CONFLICT (image_id, variant) DO UPDATE SET format = excluded.format, width = excluded.width,
    height = excluded.height, byte_size = excluded.byte_size, used_on = excluded.used_on, sha256 = excluded.sha256,
    render_count = r.render_count + 1;

--! delete_lost (image, variant, sha256)
--- Deletes a rendition whose object is missing or damaged.
DELETE FROM images.renditions WHERE image_id = :image AND variant = :variant AND sha256 = :sha256;

--! update_last_used (today, images, variants)
--- Records that renditions were requested today.
UPDATE images.renditions AS r SET used_on = :today
FROM unnest(:images::uuid[], :variants::bytea[]) AS used (image_id, variant)
WHERE r.image_id = used.image_id AND r.variant = used.variant AND r.used_on < :today;

--! list_days
--- Sums the renditions by the day of their last request, oldest first.
SELECT used_on, count(*) AS renditions, sum(byte_size)::bigint AS bytes FROM images.renditions
GROUP BY used_on ORDER BY used_on;

--! delete_unused (after_image, after_variant, before, max)
--- Deletes renditions whose last request was before a day, in the order of their keys.
WITH due AS (
    SELECT image_id, variant FROM images.renditions
    WHERE (image_id, variant) > (:after_image::uuid, :after_variant::bytea) AND used_on < :before::date
    ORDER BY image_id, variant LIMIT :max FOR UPDATE SKIP LOCKED
)
DELETE FROM images.renditions AS r USING due
WHERE r.image_id = due.image_id AND r.variant = due.variant
RETURNING r.image_id, r.variant, r.byte_size, r.sha256;

--! list_referenced (images, sha256s)
--- Lists those of the objects that a rendition references.
SELECT DISTINCT r.image_id, r.sha256 FROM images.renditions AS r
JOIN unnest(:images::uuid[], :sha256s::bytea[]) AS gone (image_id, sha256)
    ON r.image_id = gone.image_id AND r.sha256 = gone.sha256;

--! measure_formats
--- Sums the renditions by format.
SELECT format, count(*) AS renditions, sum(byte_size)::bigint AS bytes FROM images.renditions
GROUP BY format ORDER BY format;
