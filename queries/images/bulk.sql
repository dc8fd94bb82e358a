--! trash_many (ids, owner, now)
--- Moves own images into the trash; which ones it moved. Rows are locked in the order of their ids, so that two who do
--- this at once cannot wait for each other.
WITH found AS MATERIALIZED (
    SELECT id FROM images.images
    WHERE id = ANY(:ids) AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE images.images AS i SET removed_at = :now, trashed_at = :now
FROM found WHERE i.id = found.id
RETURNING i.id;

--! change_many (ids, owner, tags?, added, removed, most, visibility?, now)
--- Changes the tags and the visibility of own images: which ones it found, and which of those it changed. Tags are either
--- replaced, or some removed and some added, the old ones first; an image that would have too many stays as it is.
WITH found AS MATERIALIZED (
    SELECT id, tags FROM images.images
    WHERE id = ANY(:ids) AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
), wanted AS (
    SELECT id, coalesce(:tags::text[], ARRAY(
        SELECT tag FROM unnest(found.tags || :added::text[]) WITH ORDINALITY AS all_tags (tag, place)
        WHERE tag <> ALL(:removed::text[]) GROUP BY tag ORDER BY min(place))) AS tags
    FROM found
), changed AS (
    UPDATE images.images AS i SET tags = wanted.tags, visibility = coalesce(:visibility, i.visibility),
        version = i.version + 1, updated_at = :now
    FROM wanted WHERE i.id = wanted.id AND cardinality(wanted.tags) <= :most
    RETURNING i.id
)
SELECT found.id, changed.id IS NOT NULL AS changed FROM found LEFT JOIN changed USING (id);
