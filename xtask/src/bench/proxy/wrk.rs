//! Load, and what wrk says of it.

use std::{path::Path, process::Command};

use super::server::Server;
use crate::{
    error::{Error, Result},
    process,
};

/// What a server did under load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Load {
    /// Requests a second.
    pub(super) requests: f64,
    /// The server's processor time for each, in microseconds: what else the machine does changes
    /// this least.
    pub(super) processor_us: f64,
    /// Half of the answers came within so many milliseconds.
    pub(super) p50_ms: f64,
    /// 99 of 100 did.
    pub(super) p99_ms: f64,
}

/// 64 connections from two threads, for some seconds.
pub(super) fn load(wrk: &Path, server: &Server, path: &str) -> Result<Load> {
    let url = server.url(path);
    let before = server.processor_us()?;
    let mut command = Command::new(wrk);
    command.args(["--threads", "2", "--connections", "64", "--duration", "5s", "--latency", &url]);
    let text = process::ask(&mut command)
        .ok_or_else(|| Error::Invalid(format!("`{command:?}` failed")))?;
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(Error::Invalid(format!("not every request was answered:\n{text}")));
    }
    let took = server.processor_us()? - before;
    read(&text, took)
        .ok_or_else(|| Error::Invalid(format!("wrk says nothing that can be read:\n{text}")))
}

fn read(text: &str, took_us: f64) -> Option<Load> {
    let after =
        |start: &str| text.lines().find_map(|line| line.trim().strip_prefix(start)).map(str::trim);
    let all = text.lines().find_map(|line| line.split_once(" requests in "))?.0;
    let all: f64 = all.trim().parse().ok()?;
    Some(Load {
        processor_us: took_us / all,
        requests: after("Requests/sec:")?.parse().ok()?,
        p50_ms: milliseconds(after("50%")?)?,
        p99_ms: milliseconds(after("99%")?)?,
    })
}

fn milliseconds(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let number: f64 = number.parse().ok()?;
    match unit {
        "us" => Some(number / 1000.0),
        "ms" => Some(number),
        "s" => Some(number * 1000.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_prints_is_read() {
        let text = "Running 6s test @ http://127.0.0.1:1/\n  Latency Distribution\n     50%  812.00us\n\
            \x20    99%    3.20ms\n  1000 requests in 6.00s, 1.00MB read\nRequests/sec:  12345.67\n";
        let load = Load { requests: 12345.67, processor_us: 20.0, p50_ms: 0.812, p99_ms: 3.2 };
        assert_eq!(read(text, 20_000.0), Some(load));
        assert_eq!(read("nothing", 1.0), None);
    }
}
