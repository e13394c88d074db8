//! Chance without chance: a number that looks random and is the same whenever it is asked for.

use almanac_wire::{AccountId, Timestamp};

/// The offset basis and the prime of FNV-1a with 64 bits (Fowler, Noll and Vo).
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// A number in `-1.0..1.0` for an account at a moment, evenly spread over accounts and moments.
///
/// The upper 53 bits of FNV-1a over the platform, the handle and the moment. The moment comes last
/// and its lowest byte first, so that several multiplications carry what changes most into the
/// upper bits.
#[must_use]
pub fn jitter(account: &AccountId, at: Timestamp) -> f64 {
    let platform = account.platform();
    let text = platform.word().bytes().chain([0]).chain(account.handle().bytes()).chain([0]);
    let bytes = text.chain(at.ms().to_le_bytes());
    let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    let fraction = (hash >> 11) as f64 / (1_u64 << 53) as f64;
    2.0 * fraction - 1.0
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use almanac_wire::Platform;

    use super::*;

    fn account(n: i64) -> AccountId {
        AccountId::new(Platform::Tiktok, &format!("someone{n}")).unwrap()
    }

    /// Ten equal bins hold `many` numbers about evenly: chi-square with 9 degrees of freedom is
    /// above 27.9 once in a thousand draws.
    fn assert_even(numbers: &[f64]) {
        let mut bins = [0_u32; 10];
        for number in numbers {
            assert!((-1.0..1.0).contains(number), "{number}");
            let bin = (1..10).filter(|edge| *number >= f64::from(*edge) / 5.0 - 1.0).count();
            bins[bin] += 1;
        }
        let expected = numbers.len() as f64 / 10.0;
        let excess = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
        let chi: f64 = bins.iter().map(excess).sum();
        assert!(chi < 27.9, "{bins:?}");
    }

    #[test]
    fn it_is_even_over_moments_and_over_accounts() {
        let minute = |n: i64| Timestamp::from_s(1_780_000_000 + 60 * n);
        let mira = account(1);
        assert_even(&(0..5000).map(|n| jitter(&mira, minute(n))).collect::<Vec<_>>());
        assert_even(&(0..5000).map(|n| jitter(&account(n), minute(0))).collect::<Vec<_>>());
    }

    #[test]
    fn neighbours_have_nothing_to_do_with_each_other() {
        let mira = account(1);
        let at = |n: i64| jitter(&mira, Timestamp::from_ms(n));
        let products: f64 = (0..5000).map(|n| at(n) * at(n + 1)).sum();
        // The mean of 5,000 products has a standard deviation of 1/3 / sqrt(5000) = 0.0047.
        assert!((products / 5000.0).abs() < 0.02, "{products}");
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        let at = Timestamp::from_s(1_780_000_000);
        assert!(jitter(&account(1), at).to_bits() == jitter(&account(1), at).to_bits());
        assert!(jitter(&account(1), at).to_bits() != jitter(&account(2), at).to_bits());
    }
}
