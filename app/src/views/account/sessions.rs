//! The recorded broadcasts, and what a person can correct.

use leptos::prelude::*;

use almanac_engine::Revision;
use almanac_engine::session::{End, Session};
use almanac_engine::view::Standing;

use super::merging::{self, Merging};
use super::{Account, LISTED, editing};
use crate::phrases::account as told;
use crate::reactive::{flag, memo, text};
use crate::views::undo::Done;
use crate::widgets::card::card;
use crate::words::account as say;

impl Account {
    /// Corrects the record, and offers to take that back.
    pub(super) fn revise(self, revision: Revision, said: String) {
        let known = self.with(|view| view.sessions.clone());
        let inverse = revision.inverse(&known);
        self.screen.state.revise(revision);
        self.screen.done.set(Some(Done { said, inverse }));
        self.asked.update(|count| *count += 1);
    }
}

/// Lists the broadcasts, the latest first.
pub(super) fn sessions(account: Account) -> impl IntoView {
    let editing = RwSignal::new(None::<Session>);
    let merging: Merging = RwSignal::new(None);
    let list = memo(move || account.with(|view| view.sessions.clone()));
    let none = flag(move || list.with(Vec::is_empty));
    let some = flag(move || !none.get());
    let title = text(move || account.with(|view| say::sessions(view.total)));
    let all = flag(move || account.with(|view| view.sessions.len() >= view.total));
    let no_gifts = flag(move || list.with(|all| all.iter().all(|one| one.gifts.is_none())));
    let unknown = flag(move || account.row(|row| matches!(row.standing, Standing::Unknown { .. })));
    // What was corrected elsewhere, or taken back, shows here too.
    Effect::new(move |before: Option<()>| {
        account.screen.done.with(|_| ());
        if before.is_some() {
            account.asked.update(|count| *count += 1);
        }
    });
    let rows = move || {
        let all = list.get();
        let unknown = unknown.get();
        let earlier = all.iter().skip(1).cloned().map(Some).chain([None]);
        all.iter()
            .cloned()
            .zip(earlier)
            .map(|(one, other)| row(account, editing, merging, one, other, unknown))
            .collect_view()
    };
    let more = move |_| account.listed.update(|listed| *listed += LISTED * 4);
    let content = view! {
        <p class="lead" hidden=some>
            {say::no_sessions()}
        </p>
        <div class="recorded">
            <table hidden=none class:no-gifts=no_gifts>
                <thead>
                    <tr>
                        <th>{say::start()}</th>
                        <th>{say::end()}</th>
                        <th>{say::duration()}</th>
                        <th>{say::title()}</th>
                        <th class="number">{say::peak()}</th>
                        <th class="number gifts">{say::gifts()}</th>
                        <th>
                            <span class="unseen">{say::edit()}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="tools" hidden=all>
            <button type="button" on:click=more>
                {say::more()}
            </button>
        </p>
        {editing::dialog_for(account, editing)}
        {merging::dialog_for(account, merging)}
    };
    card("sessions", title, content)
}

fn row(
    account: Account,
    editing: RwSignal<Option<Session>>,
    merging: Merging,
    session: Session,
    earlier: Option<Session>,
    unknown: bool,
) -> impl IntoView {
    let drawn = account.told(|_, present| Some(told::session_row(&session, unknown, present)));
    let Some(drawn) = drawn else { return ().into_any() };
    let on = matches!(session.end, End::Open { .. });
    let when = drawn.start.clone();
    let merged = earlier.as_ref().and_then(|earlier| Revision::merge(&session, earlier));
    let unmergeable = merged.is_none();
    let parted = earlier.and_then(|earlier| Revision::parted(&session, &earlier));
    let session = StoredValue::new(session);
    let label = |what: &str| say::of_when(what, &when);
    let (edit_label, merge_label, delete_label) =
        (label(say::edit()), label(say::merge()), label(say::delete()));
    let edit = move |_| editing.set(Some(session.get_value()));
    let merge = move |_| {
        let Some(revision) = merged.clone() else { return };
        let asked = parted.zip(revision.put.first()).map(|(parted, merged)| {
            untrack(|| account.told(|_, present| told::merge_question(parted, merged, present)))
        });
        match asked {
            Some(asked) => merging.set(Some((revision, asked))),
            None => account.revise(revision, say::merged().to_owned()),
        }
    };
    let delete = move |_| {
        let revision = session.with_value(Revision::strike);
        account.revise(revision, say::deleted(&when));
    };
    view! {
        <tr class:live=on>
            <td>{drawn.start}</td>
            <td>{drawn.end}</td>
            <td>{drawn.duration}</td>
            <td class="title">{drawn.title}</td>
            <td class="number">{drawn.peak}</td>
            <td class="number gifts">{drawn.gifts}</td>
            <td class="acts">
                <button type="button" aria-label=edit_label on:click=edit>
                    {say::edit()}
                </button>
                <button type="button" aria-label=merge_label hidden=unmergeable on:click=merge>
                    {say::merge()}
                </button>
                <button type="button" aria-label=delete_label hidden=on on:click=delete>
                    {say::delete()}
                </button>
            </td>
        </tr>
    }
    .into_any()
}
