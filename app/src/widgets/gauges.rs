//! What is used of every budget.

use leptos::prelude::*;

use almanac_engine::view::UpstreamView;

use crate::phrases::{Gauge, gauge};
use crate::state::State;

/// Draws the quotas of every upstream, as thin bars.
#[component]
pub(crate) fn Gauges(state: State) -> impl IntoView {
    let upstreams = Memo::new(move |_| {
        state.overview.with(|overview| {
            let upstreams = overview.as_ref().map_or(&[][..], |overview| &overview.upstreams);
            upstreams.iter().map(drawn).collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || upstreams.with(|upstreams| !upstreams.is_empty())>
            <section class="budgets" aria-label="Budgets">
                <ForEnumerate
                    each=move || upstreams.get()
                    key=|(name, gauges)| (*name, gauges.len())
                    children=move |i, (name, gauges)| {
                        let several = move || upstreams.with(|upstreams| upstreams.len() > 1);
                        let gauges = (0..gauges.len())
                            .map(|j| {
                                let one = Memo::new(move |_| {
                                    upstreams
                                        .with(|all| all.get(i.get())?.1.get(j).cloned())
                                });
                                view! { <Bar gauge=one /> }
                            })
                            .collect_view();
                        view! {
                            <div class="budget">
                                <Show when=several>
                                    <span class="platform">{name}</span>
                                </Show>
                                <ul class="gauges">{gauges}</ul>
                            </div>
                        }
                    }
                />
            </section>
        </Show>
    }
}

fn drawn(upstream: &UpstreamView) -> (&'static str, Vec<Gauge>) {
    let platform = upstream.platform;
    (platform.name(), upstream.budget.iter().map(|quota| gauge(platform, quota)).collect())
}

#[component]
fn Bar(gauge: Memo<Option<Gauge>>) -> impl IntoView {
    let of = move |text: fn(&Gauge) -> String| {
        gauge.with(|gauge| gauge.as_ref().map(text).unwrap_or_default())
    };
    let scarce = move || gauge.with(|gauge| gauge.as_ref().is_some_and(|gauge| gauge.scarce));
    view! {
        <li class="gauge" class:scarce=scarce>
            <span class="unseen">{move || of(|gauge| gauge.alternative.clone())}</span>
            <span aria-hidden="true">
                <b>{move || of(|gauge| gauge.used.to_string())}</b>
                {move || of(|gauge| format!("/{} {}", gauge.limit, gauge.window))}
            </span>
            <svg aria-hidden="true" height="4">
                <rect class="whole" width="100%" height="4" rx="2" />
                <rect
                    class="used"
                    width=move || of(|gauge| format!("{:.1}%", gauge.percent))
                    height="4"
                    rx="2"
                />
            </svg>
        </li>
    }
}
