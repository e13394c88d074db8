//! Finding accounts among many: words, a tag, a state, an order.

use std::collections::BTreeSet;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use almanac_engine::view::{Search, Show, Sort};

use super::Screen;
use crate::reactive::{flag, text};
use crate::words::{finding as say, standing};

/// The identifier of the field for words.
const FIELD: &str = "find";
/// With fewer accounts than this nobody needs to search.
const FEW: usize = 8;

/// Goes to the field for words.
pub(super) fn focus() {
    let field = document().get_element_by_id(FIELD);
    if let Some(field) = field.and_then(|one| one.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It fails only where the page is not shown at all.
        let _ = field.focus();
    }
}

#[component]
pub(super) fn Finding(screen: Screen) -> impl IntoView {
    let search = screen.search;
    let field = NodeRef::<html::Input>::new();
    let few = flag(move || {
        screen.places.with(|places| places.len() < FEW)
            && search.with(|now| *now == Search::default())
    });
    let count = text(move || {
        let all = screen.places.with(Vec::len);
        let found = all - screen.missed.with(BTreeSet::len).min(all);
        if search.with(Search::finds_all) { String::new() } else { say::found(found) }
    });
    let everything = flag(move || search.with(Search::finds_all));
    let clear = move |_| {
        search.update(|now| *now = Search { sort: now.sort, ..Search::default() });
        focus();
    };
    let shows = Show::ALL.iter().map(|one| named(show(*one)));
    let sorts = Sort::ALL.iter().map(|one| named(sort(*one)));
    let chosen = |event, all: usize| {
        let place: usize = event_target_value(&event).parse().unwrap_or(0);
        place.min(all - 1)
    };
    view! {
        <search class="finding" hidden=few>
            <input
                id=FIELD
                type="search"
                node_ref=field
                placeholder=say::search()
                aria-label=say::search()
                aria-keyshortcuts="/"
                autocomplete="off"
                spellcheck="false"
                prop:value=text(move || search.with(|now| now.words.clone()))
                on:input=move |event| {
                    search.update(|now| now.words = event_target_value(&event));
                }
            />
            <Tags screen=screen />
            <select
                aria-label=say::which()
                prop:value=text(move || place(&Show::ALL, search.with(|now| now.show)))
                on:change=move |event| {
                    let show = Show::ALL[chosen(event, Show::ALL.len())];
                    search.update(|now| now.show = show);
                }
            >
                {options(shows)}
            </select>
            <select
                aria-label=say::order()
                prop:value=text(move || place(&Sort::ALL, search.with(|now| now.sort)))
                on:change=move |event| {
                    let sort = Sort::ALL[chosen(event, Sort::ALL.len())];
                    search.update(|now| now.sort = sort);
                }
            >
                {options(sorts)}
            </select>
            <p role="status">{count}</p>
            <button type="button" class="quiet" hidden=everything on:click=clear>
                {say::clear()}
            </button>
        </search>
    }
}

/// The tags that accounts have.
#[component]
fn Tags(screen: Screen) -> impl IntoView {
    let tags = screen.tags();
    let none = flag(move || tags.with(Vec::is_empty));
    let search = screen.search;
    let chosen = text(move || search.with(|now| now.tag.clone().unwrap_or_default()));
    let choose = move |event| {
        let tag = Some(event_target_value(&event)).filter(|tag| !tag.is_empty());
        search.update(|now| now.tag = tag);
    };
    view! {
        <select aria-label=say::tag() hidden=none prop:value=chosen on:change=choose>
            <option value="">{say::any_tag()}</option>
            {move || {
                tags.get().into_iter().map(|tag| view! { <option>{tag}</option> }).collect_view()
            }}
        </select>
    }
}

fn named(name: &'static str) -> String {
    name.to_owned()
}

fn options(names: impl Iterator<Item = String>) -> impl IntoView {
    let options = names.enumerate();
    options
        .map(|(place, name)| view! { <option value=place.to_string()>{name}</option> })
        .collect_view()
}

/// The place of one among all.
fn place<T: PartialEq>(all: &[T], one: T) -> String {
    all.iter().position(|other| *other == one).unwrap_or_default().to_string()
}

fn show(one: Show) -> &'static str {
    match one {
        Show::All => say::show_all(),
        Show::Live => say::show_live(),
        Show::Offline => say::show_offline(),
        Show::Unknown => say::show_unknown(),
        Show::Unchecked => standing::not_checked_yet(),
        Show::NotFound => standing::no_such_account(),
        Show::Paused => say::show_paused(),
    }
}

fn sort(one: Sort) -> &'static str {
    match one {
        Sort::Likely => say::sort_likely(),
        Sort::Check => say::sort_check(),
        Sort::LastLive => say::sort_last_live(),
        Sort::Often => say::sort_often(),
    }
}
