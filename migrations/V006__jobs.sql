-- How a transaction asks for work on an image. The queue is graphile_worker's and lies in a schema of its own, which
-- `infravault migrate up` makes after the migrations; the body below finds it when it is called, not before.
--
-- Nobody but the owner may touch the queue. These functions, which run as the owner, are the only way in, so a role
-- can ask for the kinds of work that are meant for it and for no other.
CREATE FUNCTION images.enqueue_processing(image uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$
    BEGIN
        -- One job per image: a second call before the first has run changes nothing but its time.
        PERFORM graphile_worker.add_job(
            'process_image',
            json_build_object('image', image),
            max_attempts := 5,
            job_key := 'process:' || image::text
        );
    END
    $$;

REVOKE ALL ON FUNCTION images.enqueue_processing(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION images.enqueue_processing(uuid) TO infravault_app, infravault_worker;
