//! The log: slog to standard error as JSON lines or for a terminal, and the bridge for crates that use `log`.
use crate::config::{Log, LogFormat};
use slog::{Drain, FnValue, Level, Logger, PushFnValue, Record, o};
use std::{io, sync::Mutex};
use time::format_description::well_known::Rfc3339;

/// Makes the root logger, and the guard that writes what is queued when it is dropped. There is one writer, so that
/// lines never mix. A line that cannot be written, because the disk is full or nobody reads any more, is lost, and
/// nothing else: no request fails because of it.
pub fn root(config: &Log) -> (Logger, slog_async::AsyncGuard) {
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
    // A full queue makes the writer wait rather than lose a line.
    let (drain, guard) = slog_async::Async::new(drain)
        .chan_size(4096)
        .overflow_strategy(slog_async::OverflowStrategy::Block)
        .build_with_guard();
    (Logger::root(drain.filter_level(level).ignore_res(), o!()), guard)
}

/// Sends what libraries log through the crate `log` to the same place: warnings and errors only. A second call in
/// the same process changes nothing.
pub fn bridge(log: &Logger) {
    if log::set_boxed_logger(Box::new(Bridge(log.clone()))).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

struct Bridge(Logger);

impl log::Log for Bridge {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let (library, text) = (record.target(), record.args().to_string());
            slog::warn!(self.0, "a library warns"; "library" => library, "text" => text);
        }
    }

    fn flush(&self) {}
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time of a log line is the system's, whatever a test's clock says"
)]
fn timestamp() -> String {
    time::OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .unwrap_or_default()
}
