//! Independent experiments on all processors; what comes out does not depend on how many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::LabError;

/// Who is told how far a long run has come.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// Does the work for every item; the results are in the items' order, as is the first error.
///
/// # Errors
/// The error of the first item whose work failed.
pub fn each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, LabError> + Sync,
) -> Result<Vec<R>, LabError> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let place = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(place)
        {
            done.push((place, work(item)));
        }
        done
    };
    let mut all = Vec::with_capacity(items.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            all.extend(worker.join().map_err(|_| LabError::BrokenOff)?);
        }
        Ok::<(), LabError>(())
    })?;
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_and_the_first_error_wins() {
        let items: Vec<usize> = (0..50).collect();
        assert_eq!(each(&items, |n| Ok(n * n)).unwrap()[49], 2401);
        let odd = |n: &usize| match n % 2 {
            0 => Ok(()),
            _ => Err(LabError::NobodyDrawn { min_sessions: *n }),
        };
        assert!(matches!(each(&items, odd), Err(LabError::NobodyDrawn { min_sessions: 1 })));
    }
}
