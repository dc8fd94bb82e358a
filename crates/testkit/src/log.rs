//! The logger of tests.
use slog::{Discard, Drain, Logger, o};
use slog_term::{FullFormat, PlainSyncDecorator, TestStdoutWriter};

/// Creates a logger for tests. It discards everything unless `INFRAVAULT_TEST_LOG` is set; then it writes to the captured
/// output of the test.
pub fn log() -> Logger {
    if std::env::var_os("INFRAVAULT_TEST_LOG").is_none() {
        return Logger::root(Discard, o!());
    }
    let drain = FullFormat::new(PlainSyncDecorator::new(TestStdoutWriter)).build();
    Logger::root(drain.fuse(), o!())
}
