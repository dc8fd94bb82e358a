-- Enqueues background jobs for an image. The queue belongs to graphile_worker and has its own schema, which
-- `infravault migrate up` creates after the migrations. The function resolves it when it is called.
--
-- Only the owner can access the queue. These functions run as the owner and are the only way to add jobs, so each role
-- can only enqueue the kinds of jobs that it has a function for.
CREATE FUNCTION images.enqueue_processing(image uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$
    BEGIN
        -- One job per image: a second call before the job runs only changes its time.
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
