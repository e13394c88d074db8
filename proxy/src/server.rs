//! Takes connections, and lets none of them hold the others up: a cap on all, a cap on each client,
//! a time for the head of a request, which is also how long a connection may be silent, and a time for
//! taking an answer.

mod clients;
mod patience;
mod workers;

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::client::Peer;
use crate::proxy::Proxy;
use crate::settings::Network;
use clients::PerClient;
use patience::Patient;
use workers::Workers;

/// The head of a request: the longest address and as much again for the header fields.
const LARGEST_HEAD: usize = 32 << 10;
/// Header fields of a request; browsers send some twenty.
const MOST_FIELDS: usize = 64;
/// What a connection may have in memory at once of what it reads or writes.
const BUFFER: usize = 64 << 10;
/// The wait after the system has refused a connection, as when it has no file left.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Serves `app` for `proxy` until told to stop, then gives answers under way their time.
///
/// # Errors
/// When the system has no threads to serve with.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    network: &Network,
    proxy: &Proxy,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut workers = Workers::start()?;
    let graceful = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(usize::try_from(network.connections).unwrap_or(1)));
    let per_client = Arc::new(PerClient::new(network.client_connections));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(network.header_timeout)
        .max_header_size(LARGEST_HEAD)
        .max_headers(MOST_FIELDS)
        .max_buf_size(BUFFER);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &free) => accepted,
            () = &mut stop => break,
        };
        let (permit, stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                tokio::time::sleep(AFTER_REFUSAL).await;
                continue;
            }
        };
        // Too many of this client: closed at once, which costs nothing.
        let Some(place) = per_client.take(peer.ip()) else { continue };
        let open = Open::new(proxy.metrics().connections());
        let (app, http, watcher) = (app.clone(), http.clone(), graceful.watcher());
        let patience = network.answer_timeout;
        workers.hand(move || {
            tokio::spawn(async move {
                if let Err(error) = connection(stream, patience, peer, app, &http, watcher).await {
                    tracing::debug!(%error, client = %peer.ip(), "a connection ended");
                }
                drop((open, place, permit));
            });
        });
    }
    drop(listener);
    if tokio::time::timeout(network.stop_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped before the last answers were out (--stop-timeout)");
    }
    drop(workers);
    Ok(())
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> io::Result<(OwnedSemaphorePermit, std::net::TcpStream, SocketAddr)> {
    let permit = Arc::clone(free).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Answers are written whole.
    stream.set_nodelay(true)?;
    Ok((permit, stream.into_std()?, peer))
}

async fn connection(
    stream: std::net::TcpStream,
    patience: Duration,
    peer: SocketAddr,
    app: Router,
    http: &http1::Builder,
    watcher: Watcher,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let stream = TokioIo::new(Patient::new(TcpStream::from_std(stream)?, patience));
    let service = service_fn(move |request: Request<Incoming>| answer(app.clone(), request, peer));
    Ok(watcher.watch(http.serve_connection(stream, service)).await?)
}

async fn answer(
    app: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    app.oneshot(request).await
}

/// A connection that is open for as long as this lives.
struct Open(Gauge);

impl Open {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
