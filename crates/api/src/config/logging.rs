//! Settings of the log.
use infravault_kernel::config::Env;
use std::str::FromStr;

#[derive(Clone, Debug)]
pub struct LogConfig {
    pub format: LogFormat,
    /// The least severe level that is logged.
    pub level: slog::Level,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    #[default]
    Json,
    /// Text for people.
    Terminal,
}

impl FromStr for LogFormat {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "terminal" => Ok(Self::Terminal),
            _ => Err("expected json or terminal"),
        }
    }
}

struct Level(slog::Level);

impl Default for Level {
    fn default() -> Self {
        Self(slog::Level::Info)
    }
}

impl FromStr for Level {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|()| "expected one of error, warning, info, debug, trace")
    }
}

impl LogConfig {
    pub(super) fn from_env(env: &mut Env) -> Self {
        Self {
            format: env.value(
                "LOG_FORMAT",
                "json",
                "Log format: `json` (one object per line) or `terminal` (text for people).",
            ),
            level: env
                .value::<Level>(
                    "LOG_LEVEL",
                    "info",
                    "Least severe level that is logged: `error`, `warning`, `info`, `debug` or `trace`.",
                )
                .0,
        }
    }
}
