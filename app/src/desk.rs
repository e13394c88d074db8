//! A page's side of work on files: asks the monitor, hears what came of it, saves files.

use std::time::Duration;

use js_sys::Reflect;
use leptos::leptos_dom::helpers::{IntervalHandle, set_interval_with_handle};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement, HtmlInputElement};

use crate::jobs::{Job, Report, Said};
use crate::wire::{Wire, heard, say};

/// Work that nobody has answered is asked for again this often: whoever runs the monitor may not
/// listen yet, or may be gone.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// One piece of work at a time, and its latest report. Copied freely.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    wire: StoredValue<Option<Wire>, LocalStorage>,
    asked: StoredValue<String>,
    again: StoredValue<Option<IntervalHandle>>,
    /// What came of it.
    pub(crate) report: RwSignal<Option<Report>>,
    /// Whether something is under way.
    pub(crate) busy: RwSignal<bool>,
}

impl Desk {
    /// A desk that is there as long as whoever made it.
    pub(crate) fn open() -> Self {
        let desk = Self {
            wire: StoredValue::new_local(None),
            asked: StoredValue::new(String::new()),
            again: StoredValue::new(None),
            report: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        let wire = Wire::open(move |data| {
            let Some((id, Said::Told(report), file)) = heard(&data) else { return };
            // Other tabs ask, too; and whoever asked may be gone.
            if desk.asked.try_with_value(|asked| *asked == id) == Some(true) {
                desk.hear(report, file.as_ref());
            }
        });
        desk.wire.set_value(wire.ok());
        on_cleanup(move || desk.rest());
        desk
    }

    /// Asks for work; a file goes along where one is needed.
    pub(crate) fn ask(self, job: &Job, file: Option<&Blob>) {
        let id = format!("{:x}", js_sys::Math::random().to_bits());
        self.asked.set_value(id.clone());
        self.busy.set(true);
        let (asked, file) = (Said::Asked(job.clone()), file.cloned());
        let send = move || {
            self.wire.try_with_value(|wire| {
                if let Some(wire) = wire {
                    say(&wire.channel(), &id, &asked, file.as_ref());
                }
            });
        };
        send();
        self.rest();
        self.again.set_value(set_interval_with_handle(send, ASK_AGAIN).ok());
    }

    /// Asks no more for what was asked for.
    fn rest(self) {
        if let Some(Some(again)) = self.again.try_update_value(Option::take) {
            again.clear();
        }
    }

    /// Forgets what was reported.
    pub(crate) fn clear(self) {
        self.rest();
        self.asked.set_value(String::new());
        self.report.set(None);
        self.busy.set(false);
    }

    fn hear(self, report: Report, file: Option<&Blob>) {
        self.rest();
        self.busy.set(matches!(report, Report::Backfilling { .. }));
        if let (Report::File(name), Some(file)) = (&report, file) {
            save(name, file);
        }
        self.report.set(Some(report));
    }
}

/// The browser saves a file as if it were a download.
fn save(name: &str, file: &Blob) {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(file) else { return };
    let link = document().create_element("a").ok();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The download has begun; it keeps what it needs. A second is long enough for that.
    set_timeout(move || drop(web_sys::Url::revoke_object_url(&url)), Duration::from_secs(10));
}

/// The file that a person chose.
pub(crate) fn chosen(event: &web_sys::Event) -> Option<Blob> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let files = Reflect::get(&input, &"files".into()).ok()?;
    let file = Reflect::get_u32(&files, 0).ok()?.dyn_into::<Blob>().ok()?;
    // The same file may be chosen again, mended.
    input.set_value("");
    Some(file)
}
