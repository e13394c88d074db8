//! Settings of whoever keeps the proxy running.

use tracing_subscriber::EnvFilter;

use super::values::expected;

/// How it speaks to whoever keeps it running.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// What goes to the log (standard error): error, warn, info or debug, or targets with levels of
    /// their own, such as warn,almanac_proxy::breaker=debug
    #[arg(
        id = "log",
        long = "log",
        env = "ALMANAC_LOG",
        value_name = "LEVELS",
        default_value = "info",
        value_parser = levels
    )]
    pub(super) levels: String,

    /// How a line of the log is written
    #[arg(
        id = "log-format",
        long = "log-format",
        env = "ALMANAC_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub(super) format: LogFormat,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people: time, level, words, key=value.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

fn levels(text: &str) -> Result<String, String> {
    let told = |error| {
        expected(
            "ALMANAC_LOG",
            format_args!("{error}; expected a level such as info, or targets with levels"),
        )
    };
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(told)
}
