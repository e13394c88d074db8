//! The threads that serve: one for each processor, each with its connections for itself. A request is
//! answered where its connection is, so threads neither wake each other nor wait for one another.

use std::{io, thread};

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What a thread is to begin, within its runtime.
type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for work. They end, and with them all that they began, when this is dropped.
pub(super) struct Workers {
    threads: Vec<UnboundedSender<Job>>,
    next: usize,
}

impl Workers {
    /// As many as the machine has processors.
    ///
    /// # Errors
    /// When the system has no more threads.
    pub(super) fn start() -> io::Result<Self> {
        let many = thread::available_parallelism().map_or(1, usize::from);
        let threads = (0..many).map(thread).collect::<io::Result<_>>()?;
        Ok(Self { threads, next: 0 })
    }

    /// Hands something to begin to the next thread.
    pub(super) fn hand(&mut self, job: impl FnOnce() + Send + 'static) {
        self.next = (self.next + 1) % self.threads.len().max(1);
        if let Some(thread) = self.threads.get(self.next) {
            // It takes jobs for as long as this lives.
            drop(thread.send(Box::new(job)));
        }
    }
}

/// How many connections may wait for their thread is bounded where they are taken.
fn thread(n: usize) -> io::Result<UnboundedSender<Job>> {
    let (sender, receiver) = unbounded_channel();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let run = move || runtime.block_on(work(receiver));
    thread::Builder::new().name(format!("serve-{n}")).spawn(run)?;
    Ok(sender)
}

async fn work(mut jobs: UnboundedReceiver<Job>) {
    while let Some(job) = jobs.recv().await {
        job();
    }
}
