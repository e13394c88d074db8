//! The settings of what survives restarts and what replicas share.

use clap::Args;

use crate::shared::RedisUrl;

/// Where budgets, answers and breakers are kept.
#[derive(Args, Clone, Debug, Default)]
pub struct StateArgs {
    /// Redis or Valkey through which several proxies share one budget, their answers and their breakers:
    /// redis://[USER:PASSWORD@]HOST:PORT/NUMBER or redis+unix:///PATH [default: none; a proxy alone keeps
    /// them in its state folder]
    #[arg(long = "state", env = "ALMANAC_STATE", value_name = "URL", hide_env_values = true, value_parser = url)]
    pub state: Option<RedisUrl>,
}

fn url(text: &str) -> Result<RedisUrl, String> {
    text.parse().map_err(|error| format!("{error} (environment variable ALMANAC_STATE)"))
}
