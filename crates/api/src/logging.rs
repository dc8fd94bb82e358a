//! Logging: slog to standard error, as JSON lines or terminal text, and an adapter for crates that use `log`.
use crate::config::{LogConfig, LogFormat};
use slog::{Drain, FnValue, Level, Logger, PushFnValue, Record, o};
use std::{io, sync::Mutex};
use time::format_description::well_known::Rfc3339;

/// Builds the root logger and its guard, which writes the queued lines when it is dropped. One thread writes all lines.
/// A line that cannot be written, e.g. because the disk is full, is lost without any other effect.
pub fn build_logger(config: &LogConfig) -> (Logger, slog_async::AsyncGuard) {
    let level = config.level;
    match config.format {
        LogFormat::Json => {
            let json = slog_json::Json::new(io::stderr())
                .set_newlines(true)
                .add_key_value(o!(
                    "time" => FnValue(|_: &Record<'_>| timestamp()),
                    "level" => FnValue(|record: &Record<'_>| record.level().as_str().to_ascii_lowercase()),
                    "message" => PushFnValue(|record: &Record<'_>, serializer| serializer.emit(record.msg())),
                ))
                .build();
            asynchronous(Mutex::new(json).ignore_res(), level)
        }
        LogFormat::Terminal => {
            let decorator = slog_term::TermDecorator::new().stderr().build();
            asynchronous(
                slog_term::FullFormat::new(decorator)
                    .use_utc_timestamp()
                    .build()
                    .ignore_res(),
                level,
            )
        }
    }
}

fn asynchronous<D>(drain: D, level: Level) -> (Logger, slog_async::AsyncGuard)
where
    D: Drain<Ok = (), Err = slog::Never> + Send + 'static,
{
    // If the queue is full, wait instead of losing lines.
    let (drain, guard) = slog_async::Async::new(drain)
        .chan_size(4096)
        .overflow_strategy(slog_async::OverflowStrategy::Block)
        .build_with_guard();
    (Logger::root(drain.filter_level(level).ignore_res(), o!()), guard)
}

/// Forwards warnings and errors of libraries that use the crate `log`. Only the first call in a process has an effect.
pub fn forward_library_logs(log: &Logger) {
    if log::set_boxed_logger(Box::new(LibraryLogger(log.clone()))).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

struct LibraryLogger(Logger);

impl log::Log for LibraryLogger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let (library, text) = (record.target(), record.args().to_string());
            slog::warn!(self.0, "library warning"; "library" => library, "text" => text);
        }
    }

    fn flush(&self) {}
}

#[expect(
    clippy::disallowed_methods,
    reason = "log lines have the system time, even if a test sets another clock"
)]
fn timestamp() -> String {
    time::OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default()
}
