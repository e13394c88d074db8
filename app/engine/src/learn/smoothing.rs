//! Smoothing on a ring, such as the day or the week.

/// Smooths rings of values that lie side by side, each by its own reach, with a kernel close to
/// a Gaussian whose variance is `reach * (reach + 1)` squared places: a running mean of
/// `2 reach + 1` places, three times (Wells, Efficient synthesis of Gaussian filters by cascaded
/// uniform filters, 1986).
///
/// What is not negative stays so. Side by side, for each step of a running mean waits for the one
/// before it, and others can be made meanwhile.
pub(super) fn smooth<const L: usize>(rings: &mut [[f64; L]], reach: [usize; L]) {
    let Some(last) = rings.len().checked_sub(1) else { return };
    let reach = reach.map(|reach| reach.min(last / 2));
    let windows = reach.map(|reach| 2 * reach + 1);
    let scales = windows.map(|window| 1.0 / window as f64);
    let most = reach.into_iter().max().unwrap_or(0);
    // A pass needs its ring with values of the other end on either side.
    let mut padded = vec![[0.0; L]; rings.len() + 2 * most];
    for _ in 0..3 {
        padded[..most].copy_from_slice(&rings[rings.len() - most..]);
        padded[most..most + rings.len()].copy_from_slice(rings);
        padded[most + rings.len()..].copy_from_slice(&rings[..most]);
        let mut sums = [0.0; L];
        for lane in 0..L {
            let first = most - reach[lane];
            sums[lane] = padded[first..first + windows[lane]].iter().map(|row| row[lane]).sum();
            rings[0][lane] = (sums[lane] * scales[lane]).max(0.0);
        }
        // What enters and what leaves a lane's window at each step.
        let leaving = reach.map(|reach| &padded[most - reach..][..last]);
        let entering = reach.map(|reach| &padded[most + reach + 1..][..last]);
        for (step, row) in rings[1..].iter_mut().enumerate() {
            for lane in 0..L {
                sums[lane] += entering[lane][step][lane] - leaving[lane][step][lane];
                // Rounding may leave a trace below zero.
                row[lane] = (sums[lane] * scales[lane]).max(0.0);
            }
        }
    }
}

/// Smooths a single ring.
pub(super) fn smooth_one<const N: usize>(ring: &mut [f64; N], reach: usize) {
    let mut rings = ring.map(|value| [value]);
    smooth(&mut rings, [reach]);
    *ring = rings.map(|[value]| value);
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_variance_is_that_promised_and_nothing_is_lost() {
        for reach in [1, 2, 5, 12] {
            let mut ring = [0.0; 144];
            ring[72] = 1.0;
            smooth_one(&mut ring, reach);
            let sum: f64 = ring.iter().sum();
            let square = |(i, share): (usize, &f64)| share * (i as f64 - 72.0).powi(2);
            let variance: f64 = ring.iter().enumerate().map(square).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
            assert!((variance - (reach * (reach + 1)) as f64).abs() < 1e-9, "{variance}");
        }
    }

    #[test]
    fn the_ends_meet() {
        let (mut end, mut middle) = ([0.0; 144], [0.0; 144]);
        end[143] = 1.0;
        middle[71] = 1.0;
        smooth_one(&mut end, 5);
        smooth_one(&mut middle, 5);
        middle.rotate_left(72);
        for (a, b) in end.iter().zip(&middle) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    #[test]
    fn side_by_side_is_as_one_by_one() {
        let value = |place: usize, lane: usize| ((place * (7 + lane)) % 23) as f64;
        let reach = [2, 5, 12];
        let mut rings: [[f64; 3]; 144] =
            std::array::from_fn(|place| std::array::from_fn(|lane| value(place, lane)));
        smooth(&mut rings, reach);
        for lane in 0..3 {
            let mut ring: [f64; 144] = std::array::from_fn(|place| value(place, lane));
            smooth_one(&mut ring, reach[lane]);
            assert!(ring.iter().zip(&rings).all(|(one, row)| *one == row[lane]), "{lane}");
        }
    }

    #[test]
    fn what_is_not_negative_stays_so() {
        let mut ring = [0.0; 1008];
        ring[5] = 1e9;
        ring[500] = 1e-9;
        smooth_one(&mut ring, 12);
        assert!(ring.iter().all(|value| *value >= 0.0));
    }
}
