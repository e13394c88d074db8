//! Servers under measurement, and single requests to them.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    error::{Error, Result},
    process,
};

/// A server on loopback. Stopped when dropped.
pub(super) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// The fake that both ask.
    pub(super) fn fake(program: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["--generate", "--accounts", "10"]);
        Self::told(command, folder, "fake")
    }

    /// Our proxy as it comes, but with a budget that never refuses and answers that last.
    pub(super) fn ours(program: &Path, upstream: &Self, folder: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0", "--upstream", "tiktok", "--cache", "10min"])
            .args(["--quota", "tiktok=1000000/s", "--tiktok-url", &upstream.url("")])
            .arg("--state-dir")
            .arg(folder.join("state"));
        Self::told(command, folder, "ours")
    }

    /// One that prints its URL first; what it logs goes to a file.
    fn told(mut command: Command, folder: &Path, name: &str) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let log = fs::File::create(&log).map_err(Error::file("write", &log))?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(process::start(&command))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            // Whatever else it prints is not read: it is short.
            let mut reader = BufReader::new(stdout);
            reader.read_line(&mut line).map_err(silent)?;
            thread::spawn(move || drop(std::io::copy(&mut reader, &mut std::io::sink())));
        }
        let address = line.split("http://").nth(1).unwrap_or_default();
        let address: String =
            address.chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        Ok(Self { child, address })
    }

    /// One that listens at a known port.
    pub(super) fn at(mut command: Command, port: u16) -> Result<Self> {
        let child = command.stdin(Stdio::null()).spawn().map_err(process::start(&command))?;
        let server = Self { child, address: format!("127.0.0.1:{port}") };
        let began = Instant::now();
        while TcpStream::connect(&server.address).is_err() {
            if began.elapsed() > Duration::from_secs(10) {
                return Err(Error::Invalid(format!("{command:?} does not listen")));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the system tells of it and of the processes it started.
    fn told_of(&self, what: &str) -> Result<Vec<String>> {
        let id = self.child.id();
        let children = format!("/proc/{id}/task/{id}/children");
        let children = fs::read_to_string(&children).unwrap_or_default();
        let all = children.split_whitespace().map(str::to_owned).chain([id.to_string()]);
        all.map(|id| {
            let path = format!("/proc/{id}/{what}");
            fs::read_to_string(&path).map_err(Error::file("read", Path::new(&path)))
        })
        .collect()
    }

    /// The processors' time it has taken, in microseconds.
    pub(super) fn processor_us(&self) -> Result<f64> {
        let mut ticks = 0;
        for stat in self.told_of("stat")? {
            // The name before may hold spaces; the 12th and 13th after it are the program's own
            // time and the system's, in hundredths of a second.
            let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            ticks += fields.skip(11).take(2).filter_map(|n| n.parse::<u32>().ok()).sum::<u32>();
        }
        Ok(f64::from(ticks) * 10_000.0)
    }

    /// What it holds of the machine's memory.
    pub(super) fn memory_mb(&self) -> Result<f64> {
        let mut kilobytes = 0;
        for status in self.told_of("status")? {
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let words = line.unwrap_or_default().split_whitespace().next();
            kilobytes += words.and_then(|words| words.parse::<u32>().ok()).unwrap_or(0);
        }
        Ok(f64::from(kilobytes) / 1024.0)
    }

    pub(super) fn stop(&mut self) {
        // It may have ended by itself.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

fn silent(error: std::io::Error) -> Error {
    Error::Invalid(format!("a server said nothing: {error}"))
}

/// One connection that is kept.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    pub(super) fn to(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(&server.address).map_err(silent)?;
        stream.set_nodelay(true).map_err(silent)?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(silent)?;
        Ok(Self { stream: BufReader::new(stream), host: server.address.clone() })
    }

    /// Asks, and how many bytes the answer's body has. Anything but 200 is an error.
    pub(super) fn get(&mut self, path: &str) -> Result<usize> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        self.stream.get_mut().write_all(request.as_bytes()).map_err(silent)?;
        let (mut length, mut status, mut line) = (0, String::new(), String::new());
        while self.stream.read_line(&mut line).map_err(silent)? > 2 {
            let lower = line.to_ascii_lowercase();
            if status.is_empty() {
                status = lower;
            } else if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(silent)?;
        if status.contains(" 200 ") {
            Ok(length)
        } else {
            let body = String::from_utf8_lossy(&body).into_owned();
            Err(Error::Invalid(format!("{} answers {path}: {status}{body}", self.host)))
        }
    }

    /// Asks, and how many milliseconds that took.
    pub(super) fn time(&mut self, path: &str) -> Result<f64> {
        let began = Instant::now();
        self.get(path)?;
        Ok(began.elapsed().as_secs_f64() * 1000.0)
    }
}
