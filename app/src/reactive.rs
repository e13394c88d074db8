//! Signals whose type does not tell which closure is behind them.
//!
//! Leptos compiles its machinery anew for every closure that a view holds. With one type for all
//! texts and one for all flags, it is in the download once.

use leptos::prelude::*;

/// A value that follows what `read` reads, and changes only when it does.
pub(crate) fn memo<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    boxed(Box::new(read))
}

fn boxed<T>(read: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| read())
}

/// A text.
pub(crate) fn text(read: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    memo(read).into()
}

/// Yes or no.
pub(crate) fn flag(read: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    memo(read).into()
}
