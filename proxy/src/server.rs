//! Takes connections, and lets none of them hold the others up: a cap on all, a cap on each client,
//! and a time for the head of a request, which is also how long a connection may be silent.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
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

use crate::client::{Peer, household};
use crate::proxy::Proxy;
use crate::settings::Network;

/// The head of a request: the longest address and as much again for the header fields.
const LARGEST_HEAD: usize = 32 << 10;
/// Header fields of a request; browsers send some twenty.
const MOST_FIELDS: usize = 64;
/// What a connection may have in memory at once of what it reads or writes.
const BUFFER: usize = 64 << 10;
/// The wait after the system has refused a connection, as when it has no file left.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Serves `app` for `proxy` until told to stop, then gives answers under way their time.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    network: &Network,
    proxy: &Proxy,
    stop: impl Future<Output = ()>,
) {
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
        tokio::spawn(async move {
            connection(stream, peer, app, &http, watcher).await;
            drop((open, place, permit));
        });
    }
    drop(listener);
    if tokio::time::timeout(network.stop_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped before the last answers were out (--stop-timeout)");
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> io::Result<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let permit = Arc::clone(free).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Answers are written whole.
    stream.set_nodelay(true)?;
    Ok((permit, stream, peer))
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    http: &http1::Builder,
    watcher: Watcher,
) {
    let service = service_fn(move |request: Request<Incoming>| answer(app.clone(), request, peer));
    let serving = watcher.watch(http.serve_connection(TokioIo::new(stream), service));
    if let Err(error) = serving.await {
        tracing::debug!(%error, client = %peer.ip(), "a connection ended");
    }
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

/// The connections of each client. Those of this machine are its owner's own.
struct PerClient {
    most: u32,
    held: Mutex<HashMap<IpAddr, u32>>,
}

/// A connection that is counted for as long as this lives.
struct Place {
    clients: Arc<PerClient>,
    client: Option<IpAddr>,
}

impl PerClient {
    fn new(most: u32) -> Self {
        Self { most, held: Mutex::default() }
    }

    fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let counted = self.most > 0 && !peer.to_canonical().is_loopback();
        let client = counted.then(|| household(peer));
        if let Some(client) = client {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let count = held.entry(client).or_insert(0);
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(Place { clients: Arc::clone(self), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut held = self.clients.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                held.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_holds_many_gets_no_more() {
        let clients = Arc::new(PerClient::new(2));
        let [one, other]: [IpAddr; 2] =
            ["198.51.100.1", "198.51.100.2"].map(|text| text.parse().unwrap());
        let first = clients.take(one).unwrap();
        let second = clients.take(one).unwrap();
        assert!(clients.take(one).is_none());
        assert!(clients.take(other).is_some());
        drop(first);
        assert!(clients.take(one).is_some());
        drop(second);
        assert!(clients.held.lock().unwrap().is_empty());
    }
}
