//! nginx as a cache before the same upstream.

use std::{fs, net::TcpListener, path::Path, process::Command, thread};

use super::server::Server;
use crate::{
    error::{Error, Result},
    process,
};

/// With as many workers as the machine has processors, as our proxy has; logging each request, as ours
/// does; and keeping its connections to the upstream, as ours does.
pub(super) fn start(program: &Path, upstream: &Server, folder: &Path) -> Result<Server> {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| Error::Invalid(format!("no free port: {error}")))?
        .port();
    let folder = folder.join("nginx");
    fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    let user = process::ask(Command::new("id").arg("-un")).unwrap_or_default();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let config = config(&folder, port, workers, &user, &upstream.url(""));
    let path = folder.join("nginx.conf");
    fs::write(&path, config).map_err(Error::file("write", &path))?;
    let mut command = Command::new(program);
    command.arg("-p").arg(&folder).arg("-c").arg(&path).arg("-e").arg(folder.join("error.log"));
    Server::at(command, port)
}

fn config(folder: &Path, port: u16, workers: usize, user: &str, upstream: &str) -> String {
    let folder = folder.display();
    let user = if user == "root" { "user root;" } else { "" };
    let upstream = upstream.trim_start_matches("http://");
    format!(
        "daemon off;
worker_processes {workers};
{user}
pid {folder}/pid;
events {{ worker_connections 4096; }}
http {{
    access_log {folder}/access.log;
    keepalive_requests 1000000000;
    proxy_temp_path {folder}/proxy;
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=answers:10m;
    upstream fake {{ server {upstream}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://fake;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_cache answers;
            proxy_cache_valid 200 10m;
            proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
        }}
    }}
}}
"
    )
}
