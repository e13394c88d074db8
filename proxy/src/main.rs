//! Starts the proxy, and stops it in order.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use almanac_proxy::{Args, ArgsError, Log, Proxy, Said, Settings, make_app, serve};
use mimalloc::MiMalloc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The system's may be slow (musl's is), and gives back less of what it had.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = match Args::read(std::env::args_os()) {
        Ok(args) => args,
        // As clap says it: in colour, and to standard output where it was asked for.
        Err(ArgsError::Line(error)) => error.exit(),
        Err(error) => {
            complain(&error);
            return ExitCode::FAILURE;
        }
    };
    let log = match Log::open(&args) {
        Ok(log) => log,
        Err(error) => {
            complain(&error);
            return ExitCode::FAILURE;
        }
    };
    let started = start(args).await;
    drop(log);
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn start(args: Args) -> Result<(), Box<dyn Error>> {
    if let Some(said) = args.errand().await? {
        say(&said);
        return Ok(());
    }
    let settings = Settings::new(args)?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        format!("cannot listen on {} (--listen, ALMANAC_LISTEN): {error}", settings.listen)
    })?;
    let proxy = Arc::new(Proxy::open(&settings)?);
    announce(&listener, &proxy)?;
    let (stop, stopping) = oneshot::channel::<()>();
    let app = make_app(Arc::clone(&proxy));
    let network = settings.network.clone();
    let counting = Arc::clone(&proxy);
    let mut serving = tokio::spawn(async move {
        serve(listener, app, &network, &counting, async { drop(stopping.await) }).await
    });
    tokio::select! {
        ended = &mut serving => ended??,
        () = proxy.run() => {}
        told = told_to_stop() => {
            told?;
            tracing::info!("stopping");
            drop(stop);
            serving.await??;
        }
    }
    proxy.stop();
    Ok(())
}

/// The result alone goes to standard output, so that a script can take it from there.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what was asked for")]
fn say(said: &Said) {
    println!("{}", said.result);
    if let Some(advice) = &said.advice {
        eprintln!("\n{advice}");
    }
}

/// People and scripts read the address here. Who reads no further may hang up.
fn announce(listener: &TcpListener, proxy: &Proxy) -> io::Result<()> {
    let mut lines = format!("Almanac is at http://{}/\n", listener.local_addr()?);
    let served: Vec<String> =
        proxy.serves().map(|(platform, quotas)| format!("{platform} ({quotas})")).collect();
    let (served, rate) = (served.join(" and "), proxy.clock().rate());
    lines += &format!("It asks {served} at {rate} times the world's pace\n");
    if !proxy.serves_app() {
        lines += "It carries no app: --app names the folder of a built one (`cargo xtask serve` builds it)\n";
    }
    if proxy.asks_for_token() {
        lines += "It asks for its access token (a new one: --new-token)\n";
    }
    match io::stdout().write_all(lines.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
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
