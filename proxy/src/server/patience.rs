//! A connection whose other end has to take what it asked for.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Fails once what is to be written has waited too long for the other end to take all of it: not only
/// for its next byte, or a client that takes one byte at a time holds a connection for ever. Reading
/// is as before.
pub(super) struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Runs from the first write that had to wait until everything is out.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) const fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, waiting: None }
    }

    /// What a write comes to, but for how long it may.
    fn in_time<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_pending() && self.waiting.is_none() {
            self.waiting = Some(Box::pin(sleep(self.patience)));
        }
        let Some(waiting) = &mut self.waiting else { return written };
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => written,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called once all that was buffered has been written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.waiting = None;
        }
        self.in_time(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.in_time(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    use super::*;

    // Time stands still but for these sleeps: a machine at work cannot make them longer.
    const PATIENCE: Duration = Duration::from_millis(200);

    #[tokio::test(start_paused = true)]
    async fn a_byte_at_a_time_is_not_taking_it() {
        let (near, mut far) = duplex(64);
        let mut near = Patient::new(near, PATIENCE);
        let taking = tokio::spawn(async move {
            while far.read_u8().await.is_ok() {
                sleep(Duration::from_millis(5)).await;
            }
        });
        let began = Instant::now();
        let failed = near.write_all(&[b'x'; 10_000]).await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() < PATIENCE * 10, "{:?}", began.elapsed());
        drop(near);
        taking.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_in_time_may_take_long_in_all() {
        let (near, mut far) = duplex(64);
        let mut near = Patient::new(near, PATIENCE);
        let taking = tokio::spawn(async move {
            let mut all = 0;
            while let Ok(1..) = far.read(&mut [0; 32]).await {
                all += 1;
                sleep(Duration::from_millis(20)).await;
            }
            all
        });
        for _ in 0..20 {
            near.write_all(&[b'x'; 100]).await.unwrap();
            near.flush().await.unwrap();
        }
        drop(near);
        assert!(taking.await.unwrap() > 20);
    }
}
