//! Starts the proxy, and stops it in order.

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use almanac_proxy::{Args, Proxy, Settings, make_app};
use clap::Parser as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

/// How long answers under way may take once we are told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env("ALMANAC_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match start(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn start(args: Args) -> Result<(), Box<dyn Error>> {
    let settings = Settings::new(args)?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        format!("cannot listen on {} (--listen, ALMANAC_LISTEN): {error}", settings.listen)
    })?;
    let proxy = Arc::new(Proxy::open(&settings)?);
    announce(&listener, &proxy)?;
    let (stop, stopping) = oneshot::channel::<()>();
    let serve = axum::serve(listener, make_app(Arc::clone(&proxy)))
        .with_graceful_shutdown(async { drop(stopping.await) });
    let mut serving = tokio::spawn(serve.into_future());
    tokio::select! {
        ended = &mut serving => ended??,
        () = proxy.run() => {}
        told = told_to_stop() => {
            told?;
            tracing::info!("stopping");
            drop(stop);
            if let Ok(ended) = tokio::time::timeout(LAST_ANSWERS, &mut serving).await {
                ended??;
            }
        }
    }
    proxy.stop();
    Ok(())
}

#[expect(clippy::print_stdout, reason = "people and scripts read the address here")]
fn announce(listener: &TcpListener, proxy: &Proxy) -> io::Result<()> {
    println!("Almanac is at http://{}/", listener.local_addr()?);
    let served: Vec<String> =
        proxy.serves().map(|(platform, quotas)| format!("{platform} ({quotas})")).collect();
    println!("It asks {} at {} times the world's pace", served.join(" and "), proxy.clock().rate());
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the reason for not starting, whatever the log's filter")]
fn complain(error: &dyn Error) {
    eprintln!("almanac-proxy: {error}");
}

#[cfg(unix)]
async fn told_to_stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
