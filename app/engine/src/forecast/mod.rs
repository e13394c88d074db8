//! stub
use crate::learn::{Ahead, Class, Survival};
use almanac_wire::{Span, Timestamp};
/// stub
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Outlook {
    s: Standing,
    table: Vec<f64>,
}
/// stub
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Standing {
    /** s */
    Offline {
        /** s */
        since: Timestamp,
    },
    /** s */
    Live {
        /** s */
        start: Timestamp,
        /** s */
        seen_at: Timestamp,
    },
}
impl Outlook {
    /// stub
    pub fn new(_a: &Ahead, s: &Survival, standing: Standing) -> Self {
        Self {
            s: standing,
            table: (0..577).map(|i| s.at(Class::Usual, Span::MINUTE * 5 * i)).collect(),
        }
    }
    /// stub
    pub fn end_gap(&self, age: Span, prices: &crate::plan::Prices, price: f64) -> Span {
        crate::plan::end_gap(&self.survival(), Class::Usual, age, prices, price)
    }
    /// stub
    pub fn survival(&self) -> Survival {
        Survival::new([(); 4].map(|()| self.table.clone()))
    }
}
