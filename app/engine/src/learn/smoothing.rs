//! Smoothing on a ring, such as the day or the week.

/// Smooths a ring of `N` values with a kernel close to a Gaussian whose variance is
/// `reach * (reach + 1)` squared places: a running mean of `2 reach + 1` places, three times
/// (Wells, Efficient synthesis of Gaussian filters by cascaded uniform filters, 1986).
///
/// What is not negative stays so.
pub(super) fn smooth<const N: usize>(ring: &mut [f64; N], reach: usize) {
    let reach = reach.min((N - 1) / 2);
    let window = 2 * reach + 1;
    let scale = 1.0 / window as f64;
    // A pass needs its ring with `reach` values of the other end on either side.
    let mut padded = vec![0.0; N + 2 * reach];
    for _ in 0..3 {
        padded[..reach].copy_from_slice(&ring[N - reach..]);
        padded[reach..reach + N].copy_from_slice(ring);
        padded[reach + N..].copy_from_slice(&ring[..reach]);
        let mut sum: f64 = padded[..window].iter().sum();
        ring[0] = (sum * scale).max(0.0);
        for ((out, enters), leaves) in ring[1..].iter_mut().zip(&padded[window..]).zip(&padded) {
            sum += enters - leaves;
            // Rounding may leave a trace below zero.
            *out = (sum * scale).max(0.0);
        }
    }
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
            smooth(&mut ring, reach);
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
        smooth(&mut end, 5);
        smooth(&mut middle, 5);
        middle.rotate_left(72);
        for (a, b) in end.iter().zip(&middle) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    #[test]
    fn what_is_not_negative_stays_so() {
        let mut ring = [0.0; 1008];
        ring[5] = 1e9;
        ring[500] = 1e-9;
        smooth(&mut ring, 12);
        assert!(ring.iter().all(|value| *value >= 0.0));
    }
}
