//! What is used of every budget.

use leptos::prelude::*;

use almanac_engine::view::UpstreamView;

use crate::phrases::{Gauge, gauge};
use crate::reactive::{flag, memo};
use crate::state::State;
use crate::words::now;

/// Draws the quotas of every upstream, as thin bars. A press on them asks who used them.
#[component]
pub(crate) fn Gauges(state: State, asked: RwSignal<bool>) -> impl IntoView {
    let upstreams = memo(move || {
        state.overview.with(|overview| {
            let upstreams = overview.as_ref().map_or(&[][..], |overview| &overview.upstreams);
            upstreams.iter().map(drawn).collect::<Vec<_>>()
        })
    });
    let none = flag(move || upstreams.with(Vec::is_empty));
    let lone = flag(move || upstreams.with(|upstreams| upstreams.len() < 2));
    let budget = move |(name, gauges): (String, Vec<Gauge>)| {
        view! {
            <button
                type="button"
                class="budget"
                aria-haspopup="dialog"
                on:click=move |_| asked.set(true)
            >
                <span class="platform" hidden=lone>
                    {name}
                </span>
                <span class="gauges">{gauges.into_iter().map(bar).collect_view()}</span>
            </button>
        }
    };
    view! {
        <section class="budgets" aria-label=now::budgets() hidden=none>
            {move || upstreams.get().into_iter().map(budget).collect_view()}
        </section>
    }
}

fn drawn(upstream: &UpstreamView) -> (String, Vec<Gauge>) {
    let platform = upstream.platform;
    (
        platform.name().to_owned(),
        upstream.budget.iter().map(|quota| gauge(platform, quota, upstream.told)).collect(),
    )
}

fn bar(gauge: Gauge) -> impl IntoView {
    let class = if gauge.scarce { "gauge scarce" } else { "gauge" };
    view! {
        <span class=class>
            <span class="unseen">{gauge.alternative} ". "</span>
            <span aria-hidden="true">
                <b>{gauge.used}</b>
                {format!("/{} {}", gauge.limit, gauge.window)}
            </span>
            <svg aria-hidden="true" height="4">
                <rect class="whole" width="100%" height="4" rx="2" />
                <rect class="used" width=format!("{}%", gauge.percent) height="4" rx="2" />
            </svg>
        </span>
    }
}
