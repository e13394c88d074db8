//! The log: lines for people or programs on standard error.
//!
//! Lines are gathered and written together, as a write for each costs as much as answering from the
//! cache: at most [`LATEST`] later, and at once where they warn. Only a kill (SIGKILL) loses those of
//! that last moment.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::settings::{Args, LogFormat};

/// How long a line waits for others.
const LATEST: Duration = Duration::from_millis(100);
/// As many bytes are written at once, whoever else might come, unless somebody writes already...
const ENOUGH: usize = 32 << 10;
/// ...and with so many, whoever has one more waits for that.
const MOST: usize = 1 << 20;

/// A log that cannot be opened.
#[derive(Debug, Error)]
pub enum LogError {
    /// No thread to write it.
    #[error("the log cannot be written: {0}")]
    Thread(#[from] io::Error),
}

/// The open log. What was gathered is written when this is dropped.
#[must_use]
#[derive(Debug)]
pub struct Log(Lines<io::Stderr>);

impl Log {
    /// Opens the log of this process, once.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn open(args: &Args) -> Result<Self, LogError> {
        let (levels, format) = args.log();
        let filter = EnvFilter::new(levels);
        let lines = Lines::start(io::stderr())?;
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone());
        match format {
            LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
            LogFormat::Json => log.json().flatten_event(true).init(),
        }
        Ok(Self(lines))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.0.write_out();
    }
}

/// Where lines are gathered. Copies share everything.
#[derive(Debug)]
struct Lines<W>(Arc<Inner<W>>);

#[derive(Debug)]
struct Inner<W> {
    gathered: Mutex<Vec<u8>>,
    some: Condvar,
    out: Mutex<Out<W>>,
}

/// Where lines go, and what is on its way there: nobody who has a line waits while it is written.
#[derive(Debug)]
struct Out<W> {
    to: W,
    batch: Vec<u8>,
}

/// One line on its way.
struct Line<'a, W: Write> {
    lines: &'a Inner<W>,
    at_once: bool,
}

impl<W> Clone for Lines<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Write + Send + 'static> Lines<W> {
    fn start(out: W) -> io::Result<Self> {
        let (gathered, some) = (Mutex::default(), Condvar::new());
        let out = Mutex::new(Out { to: out, batch: Vec::new() });
        let lines = Self(Arc::new(Inner { gathered, some, out }));
        let inner = Arc::clone(&lines.0);
        thread::Builder::new().name("log".to_owned()).spawn(move || inner.keep_writing())?;
        Ok(lines)
    }
}

impl<W: Write> Inner<W> {
    fn gathered(&self) -> MutexGuard<'_, Vec<u8>> {
        // Nothing under this lock can be left half done.
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep_writing(&self) {
        loop {
            let gathered = self.gathered();
            let some = self.some.wait_while(gathered, |gathered| gathered.is_empty());
            drop(some.unwrap_or_else(PoisonError::into_inner));
            thread::sleep(LATEST);
            self.write_out();
        }
    }

    fn write_out(&self) {
        self.write_with(&mut self.out.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn write_with(&self, out: &mut Out<W>) {
        out.batch.clear();
        std::mem::swap(&mut *self.gathered(), &mut out.batch);
        // There is nowhere to say that the log cannot be written.
        drop(out.to.write_all(&out.batch));
    }

    fn add(&self, line: &[u8], at_once: bool) {
        let bytes = {
            let mut gathered = self.gathered();
            if gathered.is_empty() && !at_once {
                self.some.notify_one();
            }
            gathered.extend_from_slice(line);
            gathered.len()
        };
        if at_once || bytes >= MOST {
            self.write_out();
        } else if bytes >= ENOUGH
            && let Ok(mut out) = self.out.try_lock()
        {
            self.write_with(&mut out);
        }
    }
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.add(line, self.at_once);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a, W: Write + 'a> MakeWriter<'a> for Lines<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { lines: &self.0, at_once: true }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Self::Writer {
        Line { lines: &self.0, at_once: *meta.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// What was written, write by write.
    #[derive(Clone, Debug, Default)]
    struct Page(Arc<Mutex<Vec<String>>>);

    impl Write for Page {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().push(String::from_utf8(text.to_vec()).unwrap());
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Page {
        fn text(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    #[test]
    fn lines_are_written_together_soon_and_warnings_at_once() {
        let page = Page::default();
        let lines = Lines::start(page.clone()).unwrap();
        let began = Instant::now();
        lines.0.add(b"one\n", false);
        lines.0.add(b"two\n", false);
        lines.0.add(b"careful\n", true);
        assert_eq!(page.text(), ["one\ntwo\ncareful\n"], "in order, and at once");
        lines.0.add(b"three\n", false);
        lines.0.add(b"four\n", false);
        while page.text().len() < 2 {
            assert!(began.elapsed() < Duration::from_secs(10), "never written");
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(page.text()[1], "three\nfour\n");
        lines.0.add(&[b'x'; ENOUGH], false);
        assert_eq!(page.text().len(), 3, "no more than that is kept");
    }
}
