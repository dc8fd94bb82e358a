//! Settings of the sandbox workers.
use infravault_kernel::config::Env;
use infravault_sandbox::Config;

pub(super) fn from_env(env: &mut Env) -> Config {
    let config = Config {
        workers: env.value(
            "SANDBOX_WORKERS",
            "0",
            "Number of worker processes that decode and encode images; 0 means one per core. AVIF has one more.",
        ),
        queue_size: env.value(
            "SANDBOX_QUEUE_SIZE",
            "64",
            "Maximum number of requests that wait for a worker process, per queue. Further requests get 503.",
        ),
        memory_bytes: env.bytes(
            "SANDBOX_MEMORY",
            "1GiB",
            "Maximum memory of a worker process, in addition to the program itself.",
        ),
        cpu_time: env.duration("SANDBOX_CPU_TIME", "10s", "Maximum CPU time per image."),
        timeout: env.duration(
            "SANDBOX_TIMEOUT",
            "15s",
            "Maximum elapsed time per image. Encoding AVIF may take four times as long.",
        ),
        ..Config::default()
    };
    if config.queue_size == 0 {
        env.reject("SANDBOX_QUEUE_SIZE", "must not be 0", "64");
    }
    if config.cpu_time.is_zero() {
        env.reject("SANDBOX_CPU_TIME", "must not be 0", "10s");
    }
    if config.timeout.is_zero() {
        env.reject("SANDBOX_TIMEOUT", "must not be 0", "15s");
    }
    config
}
