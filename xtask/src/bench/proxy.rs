//! The proxy beside nginx: both in front of the same fake, with the same connections and workers, the
//! same load, one after the other in rounds, so that what else the machine does hits both.

mod nginx;
mod server;
mod wrk;

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use server::{Client, Server};

use crate::{
    debian::{self, NGINX, WRK},
    deployed,
    error::{Error, Result},
    serve,
    workspace::Workspace,
};

/// What must hold.
const BARS: Bars =
    Bars { requests: 0.8, p99: 1.5, idle_mb: 20.0, start: Duration::from_millis(100) };
const ROUNDS: usize = 5;
/// Requests that no cache answers, in each round and of each kind.
const UNCACHED: usize = 200;
/// Someone the fake knows nothing of is answered like everyone else, and quickly.
const ACCOUNT: &str = "somebody";

struct Bars {
    /// At least so many requests a second, as a share of nginx's.
    requests: f64,
    /// At most so much longer.
    p99: f64,
    /// At most so much memory without load.
    idle_mb: f64,
    /// At most so long from the start to the first answer.
    start: Duration,
}

/// Measures, and says which bars are met.
pub(crate) fn proxy(workspace: &Workspace) -> Result<()> {
    let (nginx, wrk) = (debian::need(NGINX)?, debian::need(WRK)?);
    let (program, fake) = (deployed::proxy(workspace, false)?, serve::fake_tiktok(workspace)?);
    let folder = workspace.kept("bench-proxy");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Error::file("remove", &folder))?;
    }
    fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    let mut upstream = Server::fake(&fake, &folder)?;
    let start = starts(&program, &upstream, &folder)?;
    let mut ours = Server::ours(&program, &upstream, &folder)?;
    let mut theirs = nginx::start(&nginx, &upstream, &folder)?;

    let our_path = format!("/api/v1/status?platform=tiktok&account={ACCOUNT}");
    let their_path = format!("/api-live/user/room/?aid=1988&sourceType=54&uniqueId={ACCOUNT}");
    thread::sleep(Duration::from_secs(1));
    let idle = (ours.memory_mb()?, theirs.memory_mb()?);
    println!(
        "answers: ours {} bytes, nginx's {} bytes",
        Client::to(&ours)?.get(&our_path)?,
        Client::to(&theirs)?.get(&their_path)?
    );
    let (mut our_loads, mut their_loads) = (Vec::new(), Vec::new());
    let mut waits = Waits::default();
    let mut loaded: (f64, f64) = (0.0, 0.0);
    for round in 0..ROUNDS {
        println!("round {} of {ROUNDS}", round + 1);
        their_loads.push(wrk::load(&wrk, &theirs, &their_path)?);
        our_loads.push(wrk::load(&wrk, &ours, &our_path)?);
        loaded = (loaded.0.max(ours.memory_mb()?), loaded.1.max(theirs.memory_mb()?));
        waits.measure(round, &upstream, &ours, &theirs)?;
    }
    for server in [&mut ours, &mut theirs, &mut upstream] {
        server.stop();
    }
    print!("\n{}", report(&our_loads, &their_loads, idle, loaded, &mut waits, start));
    Ok(())
}

/// The shortest of some starts: what else the machine does only makes it longer.
fn starts(
    program: &std::path::Path,
    upstream: &Server,
    folder: &std::path::Path,
) -> Result<Duration> {
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        let mut server = Server::ours(program, upstream, folder)?;
        Client::to(&server)?.get("/healthz")?;
        shortest = shortest.min(began.elapsed());
        server.stop();
    }
    Ok(shortest)
}

/// How long single requests took that no cache answers, in milliseconds.
#[derive(Default)]
struct Waits {
    direct: Vec<f64>,
    through_us: Vec<f64>,
    through_nginx: Vec<f64>,
}

impl Waits {
    fn measure(
        &mut self,
        round: usize,
        upstream: &Server,
        ours: &Server,
        theirs: &Server,
    ) -> Result<()> {
        let mut direct = Client::to(upstream)?;
        let mut through_us = Client::to(ours)?;
        let mut through_nginx = Client::to(theirs)?;
        for n in 0..UNCACHED {
            let user = format!("/api-live/user/room/?aid=1988&sourceType=54&uniqueId=u{round}.{n}");
            let ours = format!("/api/v1/status?platform=tiktok&account=u{round}.{n}");
            self.direct.push(direct.time(&user)?);
            self.through_nginx.push(through_nginx.time(&user)?);
            self.through_us.push(through_us.time(&ours)?);
        }
        Ok(())
    }
}

/// The value below which a share of all lie.
fn at_share(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place among a few hundred"
    )]
    let place = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    values.get(place).copied().unwrap_or(f64::NAN)
}

fn median(mut values: Vec<f64>) -> f64 {
    at_share(&mut values, 0.5)
}

fn report(
    ours: &[wrk::Load],
    theirs: &[wrk::Load],
    idle: (f64, f64),
    loaded: (f64, f64),
    waits: &mut Waits,
    start: Duration,
) -> String {
    let of =
        |loads: &[wrk::Load], what: fn(&wrk::Load) -> f64| median(loads.iter().map(what).collect());
    let requests = (of(ours, |load| load.requests), of(theirs, |load| load.requests));
    let processor = (of(ours, |load| load.processor_us), of(theirs, |load| load.processor_us));
    let p50 = (of(ours, |load| load.p50_ms), of(theirs, |load| load.p50_ms));
    let p99 = (of(ours, |load| load.p99_ms), of(theirs, |load| load.p99_ms));
    let line = |what: &str, ours: f64, theirs: f64, unit: &str, bar: Option<(f64, bool)>| {
        let bar = bar.map_or_else(String::new, |(bar, holds)| {
            format!("bar {bar}{}", if holds { "" } else { " MISSED" })
        });
        format!("{what:<34} {ours:>10.2} {theirs:>10.2} {unit:<5} {:>6.2}  {bar}\n", ours / theirs)
    };
    let mut text = format!("{:<34} {:>10} {:>10} {:<5} {:>6}\n", "", "ours", "nginx", "", "ratio");
    let ratio = requests.0 / requests.1;
    text += &line(
        "cached answers a second",
        requests.0,
        requests.1,
        "",
        Some((BARS.requests, ratio >= BARS.requests)),
    );
    text += &line("processor time for each", processor.0, processor.1, "us", None);
    text += &line("cached, half within", p50.0, p50.1, "ms", None);
    text += &line(
        "cached, 99 of 100 within",
        p99.0,
        p99.1,
        "ms",
        Some((BARS.p99, p99.0 / p99.1 <= BARS.p99)),
    );
    text += &line(
        "memory without load",
        idle.0,
        idle.1,
        "MB",
        Some((BARS.idle_mb, idle.0 <= BARS.idle_mb)),
    );
    text += &line("memory after load", loaded.0, loaded.1, "MB", None);
    for (what, share) in [("half within", 0.5), ("99 of 100 within", 0.99)] {
        let direct = at_share(&mut waits.direct, share);
        let us = at_share(&mut waits.through_us, share);
        let nginx = at_share(&mut waits.through_nginx, share);
        text += &line(
            &format!("added to the upstream, {what}"),
            us - direct,
            nginx - direct,
            "ms",
            None,
        );
    }
    let verdict = if start <= BARS.start { "" } else { " MISSED" };
    text += &format!(
        "{:<34} {:>10.1} {:>10} ms            bar {}{verdict}\n",
        "start to first answer",
        start.as_secs_f64() * 1000.0,
        "",
        BARS.start.as_millis()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_and_missed_bars_are_printed() {
        let load =
            |requests, p99_ms| [wrk::Load { requests, processor_us: 20.0, p50_ms: 1.0, p99_ms }];
        let mut waits = Waits {
            direct: vec![1.0; 100],
            through_us: vec![3.0; 100],
            through_nginx: vec![2.0; 100],
        };
        let text = report(
            &load(900.0, 4.0),
            &load(1000.0, 2.0),
            (10.0, 5.0),
            (12.0, 6.0),
            &mut waits,
            Duration::from_millis(30),
        );
        assert!(text.contains("0.90  bar 0.8\n"), "{text}");
        assert!(text.contains("2.00  bar 1.5 MISSED"), "{text}");
        assert!(text.contains("added to the upstream, half within"), "{text}");
        assert_eq!(text.matches("MISSED").count(), 1, "{text}");
    }
}
