//! `fake-tiktok`: a platform's live routes on this machine (TikTok's unless told otherwise), told by a trace and a clock.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use almanac_fakes::{Choice, Clock, Config, Fake, Faults, Site, Trace};
use almanac_wire::{Span, Timestamp};
use chrono::{DateTime, FixedOffset};
use clap::{ArgGroup, Parser};

/// Answers as a platform's live routes do, driven by a trace and a clock that can run fast.
#[derive(Parser)]
#[command(version, group(ArgGroup::new("sessions").required(true).args(["trace", "generate"])))]
struct Arguments {
    /// Whose routes to answer on.
    #[arg(long, value_enum, default_value_t)]
    site: Site,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Real sessions: CSV or CSV.gz with account,platform,start_utc,end_utc.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "generate",
        conflicts_with = "generate"
    )]
    trace: Option<PathBuf>,
    /// Made-up sessions instead.
    #[arg(long)]
    generate: bool,
    /// Most accounts.
    #[arg(long, default_value_t = 10)]
    accounts: usize,
    /// Another seed draws or makes up others.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fewest sessions of an account drawn from a trace between --from and its end.
    #[arg(long, default_value_t = 8)]
    min_sessions: usize,
    /// First day (RFC 3339). By default a trace's own, and for made-up sessions a week ago.
    #[arg(long)]
    from: Option<DateTime<FixedOffset>>,
    /// Days from there on.
    #[arg(long, default_value_t = 28)]
    days: u32,
    /// REAL_MS,SIM_MS,RATE: at REAL_MS of the world it is SIM_MS here, and runs RATE times as fast.
    #[arg(long)]
    clock: Option<Clock>,
    /// JSON list of {from_ms?,to_ms?,kind,retry_after_s?,share?} in the clock's time.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

impl Arguments {
    fn config(self) -> Result<Config, Box<dyn Error>> {
        let clock = self.clock.clone().unwrap_or_else(Clock::world);
        let trace = self.trace(clock.now())?;
        if trace.is_empty() {
            return Err(
                "no account has that many sessions then; see --min-sessions, --from, --days".into(),
            );
        }
        let faults = match self.faults {
            Some(path) => read(path)?.parse()?,
            None => Faults::default(),
        };
        Ok(Config { site: self.site, listen: self.listen, trace, clock, faults })
    }

    fn trace(&self, now: Timestamp) -> Result<Trace, Box<dyn Error>> {
        let from = self.from.map(|from| Timestamp::from_ms(from.timestamp_millis()));
        let Some(path) = &self.trace else {
            let a_week_ago =
                Timestamp::from_ms(now.ms() - now.ms().rem_euclid(Span::DAY.ms())) - Span::DAY * 7;
            return Ok(Trace::generate(
                self.accounts,
                self.days,
                self.seed,
                from.unwrap_or(a_week_ago),
            ));
        };
        let trace = Trace::open(path)?;
        let choice = Choice {
            accounts: self.accounts,
            seed: self.seed,
            min_sessions: self.min_sessions,
            from: from.or_else(|| trace.first_day()).unwrap_or(now),
            length: Span::DAY * i64::from(self.days),
        };
        Ok(trace.choose(&choice))
    }
}

fn read(path: PathBuf) -> Result<String, String> {
    std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "whoever starts the fake reads its address from there")]
#[expect(clippy::print_stderr, reason = "a command says there why it cannot do its work")]
async fn main() -> ExitCode {
    let started = match Arguments::parse().config() {
        Ok(config) => Fake::start(config).await.map_err(Box::from),
        Err(error) => Err(error),
    };
    match started {
        Ok(fake) => {
            println!("fake-tiktok listening on {}", fake.url());
            // Ends as well where no signal can be waited for: better than to hang unstoppably.
            let _ = tokio::signal::ctrl_c().await;
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fake-tiktok: {error}");
            ExitCode::FAILURE
        }
    }
}
