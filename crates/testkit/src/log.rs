//! The logger of tests: silent, unless somebody wants to read along.
use slog::{Discard, Drain, Logger, o};
use slog_term::{FullFormat, PlainSyncDecorator, TestStdoutWriter};

/// A logger for tests. It discards everything; with `INFRAVAULT_TEST_LOG=1` it writes where the test harness
/// collects the output of a test.
pub fn log() -> Logger {
    if std::env::var_os("INFRAVAULT_TEST_LOG").is_none() {
        return Logger::root(Discard, o!());
    }
    let drain = FullFormat::new(PlainSyncDecorator::new(TestStdoutWriter)).build();
    Logger::root(drain.fuse(), o!())
}
