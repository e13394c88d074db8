//! By which rule accounts are checked.

use leptos::prelude::*;

use almanac_engine::{Rule, Setting, Target, TrialOrder};

use crate::phrases::plan::out_of_reach;
use crate::phrases::results::fallen_in_words;
use crate::phrases::{interval_choice, minutes, minutes_of, ruled, target_choice};
use crate::reactive::{flag, memo, text as text_signal};
use crate::views::Screen;
use crate::views::budgets::View;
use crate::words::{results, settings as say};

/// What can be chosen from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Catch,
    Budget,
    Even,
    Own,
}

impl From<Rule> for Choice {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Catch(_) => Self::Catch,
            Rule::Budget => Self::Budget,
            Rule::Fixed { interval: None } => Self::Even,
            Rule::Fixed { interval: Some(_) } => Self::Own,
        }
    }
}

/// The target that is offered under a rule.
fn target_of(rule: Rule) -> Target {
    match rule {
        Rule::Catch(target) => target,
        Rule::Budget | Rule::Fixed { .. } => Target::default(),
    }
}

/// The minutes that are offered under a rule.
fn text_of(rule: Rule) -> String {
    match rule {
        Rule::Fixed { interval: Some(interval) } => minutes_of(interval),
        Rule::Fixed { interval: None } | Rule::Catch(_) | Rule::Budget => "60".to_owned(),
    }
}

/// The form in which the rule is set; it is in force once it is saved.
#[component]
pub(super) fn RuleForm(screen: Screen, plan: View) -> impl IntoView {
    let state = screen.state;
    let rule = move || state.overview.with(|overview| Some(overview.as_ref()?.settings.rule));
    let in_force = move || rule().unwrap_or_default();
    // What the person picked and did not take back; where nothing, the rule in force is shown, also
    // when another tab changes it.
    let picked = RwSignal::new(None::<Choice>);
    let picked_target = RwSignal::new(None::<Target>);
    let typed = RwSignal::new(None::<String>);
    // The rule in force when the person began: another tab may save meanwhile.
    let before = RwSignal::new(None::<Rule>);
    let begin = move || {
        if before.with_untracked(Option::is_none) {
            before.set(Some(untrack(in_force)));
        }
    };
    let overtaken = text_signal(move || {
        let (now, before) = (in_force(), before.get());
        let other =
            before.filter(|before| *before != now).map(|_| say::saved_elsewhere(&ruled(now)));
        other.unwrap_or_default()
    });
    let choice = memo(move || picked.get().unwrap_or_else(|| in_force().into()));
    let target = memo(move || picked_target.get().unwrap_or_else(|| target_of(in_force())));
    let text = memo(move || typed.get().unwrap_or_else(|| text_of(in_force())));
    // What is expected is so under the rule in force.
    let short = text_signal(move || match in_force() {
        Rule::Catch(in_force) if choice.get() == Choice::Catch && target.get() == in_force => plan
            .with(|plan| {
                plan.as_ref().map(|plan| out_of_reach(in_force, plan)).unwrap_or_default()
            }),
        Rule::Catch(_) | Rule::Budget | Rule::Fixed { .. } => String::new(),
    });
    let error = RwSignal::new(String::new());
    let field = NodeRef::<leptos::html::Input>::new();
    let saved = RwSignal::new(false);
    let reset = move || {
        picked.set(None);
        picked_target.set(None);
        typed.set(None);
        before.set(None);
        error.set(String::new());
    };
    let even = text_signal(move || {
        state.overview.with(|overview| {
            let Some(overview) = overview else { return interval_choice(&[], 0) };
            // Under another rule, what the budget allows is not told.
            match Choice::from(overview.settings.rule) {
                Choice::Even => interval_choice(&overview.upstreams, overview.accounts),
                Choice::Catch | Choice::Budget | Choice::Own => interval_choice(&[], 0),
            }
        })
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let rule = match choice.get_untracked() {
            Choice::Catch => Ok(Rule::Catch(target.get_untracked())),
            Choice::Budget => Ok(Rule::Budget),
            Choice::Even => Ok(Rule::Fixed { interval: None }),
            Choice::Own => text
                .with_untracked(|text| minutes(text))
                .map(|interval| Rule::Fixed { interval: Some(interval) }),
        };
        match rule {
            Ok(rule) => {
                state.set(Setting::Rule(rule));
                // What another tab saves from now on shows here.
                reset();
                saved.set(true);
            }
            Err(why) => {
                saved.set(false);
                error.set(why);
                if let Some(field) = field.get_untracked() {
                    // It fails only where the page is not shown at all.
                    let _ = field.focus();
                }
            }
        }
    };
    let invalid = text_signal(move || {
        let word = if error.with(String::is_empty) { "false" } else { "true" };
        word.to_owned()
    });
    let radio = move |one: Choice, label: Signal<String>| {
        let chosen = flag(move || choice.get() == one);
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="rule"
                    prop:checked=chosen
                    on:change=move |_| { begin(); picked.set(Some(one)); saved.set(false); }
                />
                <span>{label}</span>
            </label>
        }
    };
    let said = |label: &str| Signal::stored(label.to_owned());
    let targets = Target::CHOICES.map(|one| {
        view! {
            <option value=one.percent() selected=move || target.get() == one>
                {target_choice(one)}
            </option>
        }
    });
    let overruled = text_signal(move || {
        let fallen = state.overview.with(|overview| overview.as_ref()?.trials.fallen);
        let say = |fallen| screen.present(|present| fallen_in_words(fallen, present));
        fallen.map(say).unwrap_or_default()
    });
    let ruling = flag(move || overruled.with(String::is_empty));
    view! {
            <div class="overruled" role="status" hidden=ruling>
                <p>{overruled}</p>
                <button type="button" on:click=move |_| state.try_out(TrialOrder::Resume)>
                    {results::resume()}
                </button>
            </div>
            <form on:submit=save novalidate aria-labelledby="set-rule">
                <fieldset>
                    <legend>{say::worth_most()}</legend>
                    {radio(Choice::Catch, said(say::catch()))}
                    <label class="minutes">
                        {say::to_be_seen()}
                        " "
                        <select on:change=move |event| {
                            let percent = event_target_value(&event).parse::<u8>().ok();
                            let chosen = percent.and_then(|percent| Target::try_from(percent).ok());
                            begin();
                            picked_target.set(Some(chosen.unwrap_or_default()));
                            picked.set(Some(Choice::Catch));
                            saved.set(false);
                        }>{targets}</select>
                    </label>
                    <p class="hint" hidden=flag(move || short.with(String::is_empty))>
                        {short}
                    </p>
                    {radio(Choice::Budget, said(say::whole_budget()))}
                </fieldset>
                <fieldset>
                    <legend>{say::all_alike()}</legend>
                    {radio(Choice::Even, even)}
                    {radio(
                        Choice::Own,
                        said(say::own()),
                    )}
                    <label class="minutes">
                        {say::every_before()}
                        " "
                        <input
                            node_ref=field
                            type="text"
                            inputmode="numeric"
                            size="5"
                            aria-describedby="interval-error"
                            aria-invalid=invalid
                            prop:value=text_signal(move || text.get())
                            on:input=move |event| {
                                begin();
                                saved.set(false);
                                typed.set(Some(event_target_value(&event)));
                                picked.set(Some(Choice::Own));
                                error.set(String::new());
                            }
                        /> " " {say::minutes_after()}
                    </label>
                    <p class="error" id="interval-error" role="alert">
                        {text_signal(move || error.get())}
                    </p>
                </fieldset>
                <p class="hint" role="status" hidden=flag(move || overtaken.with(String::is_empty))>
                    {overtaken}
                </p>
                <div class="tools">
                    <span role="status">{text_signal(move || told(saved.get() && !state.unkept.get()).to_owned())}</span>
                    <button type="button" on:click=move |_| { reset(); saved.set(false); }>
                        {say::cancel()}
                    </button>
                    <button type="submit" class="main">
                        {say::save()}
                    </button>
                </div>
            </form>
    }
}

fn told(saved: bool) -> &'static str {
    if saved { say::saved() } else { "" }
}
