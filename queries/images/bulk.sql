--! trash_many (ids, owner, now)
--- Moves own images into the trash and returns their ids. Locks the rows in the order of their ids to avoid deadlocks.
WITH found AS MATERIALIZED (
    SELECT id FROM images.images
    WHERE id = ANY(:ids) AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE images.images AS i SET removed_at = :now, trashed_at = :now
FROM found WHERE i.id = found.id
RETURNING i.id;

--! update_many (ids, owner, tags?, added, removed, max_tags, visibility?, now)
--- Updates tags and visibility of own images. Returns the images that exist, and whether they were changed. Replaces the
--- tags, or removes some and appends others. Does not change an image that would have too many tags.
WITH found AS MATERIALIZED (
    SELECT id, tags FROM images.images
    WHERE id = ANY(:ids) AND owner_id = :owner AND stored_at IS NOT NULL AND removed_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
), new_tags AS (
    SELECT id, coalesce(:tags::text[], ARRAY(
        SELECT tag FROM unnest(found.tags || :added::text[]) WITH ORDINALITY AS all_tags (tag, place)
        WHERE tag <> ALL(:removed::text[]) GROUP BY tag ORDER BY min(place))) AS tags
    FROM found
), changed AS (
    UPDATE images.images AS i SET tags = new_tags.tags, visibility = coalesce(:visibility, i.visibility),
        version = i.version + 1, updated_at = :now
    FROM new_tags WHERE i.id = new_tags.id AND cardinality(new_tags.tags) <= :max_tags
    RETURNING i.id
)
SELECT found.id, changed.id IS NOT NULL AS changed FROM found LEFT JOIN changed USING (id);
