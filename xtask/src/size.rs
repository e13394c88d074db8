//! What a visit downloads, and when.

use std::{fs, io, path::Path};

use crate::{
    ahead, bundle, code, compress,
    error::{Error, Result},
    report::kilobytes,
    stamp, tools,
    workspace::Workspace,
};

/// When a part of the app is downloaded for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// By everybody: the Now screen is drawn and can be used, and nobody is followed yet.
    Opened,
    /// By who follows somebody: the monitor with the engine, which checks and stores.
    Followed,
    /// By who comes back to what was recorded; the service worker has fetched it before.
    Returned,
    /// The other screens, and what the worker seldom does.
    Later,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Opened, Self::Followed, Self::Returned, Self::Later];

    const fn title(self) -> &'static str {
        match self {
            Self::Opened => "first load: until it can be used",
            Self::Followed => "with the first account: until it checks",
            Self::Returned => "where something is recorded",
            Self::Later => "later: other screens, what is seldom",
        }
    }

    /// The most that everything up to here may weigh, compressed. These must only go down.
    const fn limit(self) -> Option<u64> {
        match self {
            Self::Opened => Some(OPENED),
            Self::Followed => Some(FOLLOWED),
            Self::Returned | Self::Later => None,
        }
    }

    /// What the splitter calls the part.
    const fn part(self) -> Option<&'static str> {
        match self {
            Self::Followed => Some("keeper"),
            Self::Returned => Some("recall"),
            Self::Opened | Self::Later => None,
        }
    }
}

/// What a first load may weigh in all: the bar is 220 kB.
const OPENED: u64 = 220_000;
/// What it may weigh until the first account is checked. That, too, is to be 220 kB one day, and is
/// missed.
const FOLLOWED: u64 = 333_000;

/// What the files begin with that are not loaded with the page.
const PARTS: &[&str] = &["split_", "chunk_"];

/// What a Leptos app that only says hello sent when these tools were chosen, by kind of file: to
/// see which part of the size is ours.
const FLOOR: &[(&str, u64)] = &[("wasm", 24_800), ("js", 4_700)];

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    stage: Stage,
    name: String,
    raw: u64,
    sent: u64,
}

/// Builds, then prints the table; above a limit it fails, where everything that makes the app small
/// is here.
pub(crate) fn size(workspace: &Workspace) -> Result<()> {
    bundle::build(workspace)?;
    let script = workspace.kept("parts").join(code::PARTS);
    let script = fs::read_to_string(&script).map_err(Error::file("read", &script))?;
    let rows = visit(&workspace.dist(), &script)?;
    print!("\n{}", table(&rows));
    let tools = tools::setup(workspace)?;
    let complete = tools.lean_std && tools.shrinkers;
    for stage in Stage::ALL {
        let (sent, limit) = (sent_until(&rows, stage), stage.limit().unwrap_or(u64::MAX));
        if sent > limit && complete {
            return Err(Error::TooLarge { sent: kilobytes(sent), limit: kilobytes(limit) });
        }
        if sent > limit {
            println!(
                "above the limit: what makes the app small is missing here, see setup's lines above"
            );
        }
    }
    Ok(())
}

/// The page, all code and style, and whatever else the page names; parts when they are wanted.
fn visit(dist: &Path, script: &str) -> Result<Vec<Row>> {
    let page = dist.join("index.html");
    let html = fs::read_to_string(&page).map_err(Error::file("read", &page))?;
    let mut rows = Vec::new();
    for file in stamp::files(dist)? {
        let name = name_in(dist, &file);
        if needed(&name, &html) {
            let raw = length(&file).map_err(Error::file("read", &file))?;
            let sent = length(&compress::packed(&file)).unwrap_or(raw);
            rows.push(Row { stage: stage(&name, script), name, raw, sent });
        }
    }
    rows.sort_by_key(|row| (row.stage, std::cmp::Reverse(row.sent)));
    Ok(rows)
}

/// When a file is first loaded, by the splitter's script.
fn stage(name: &str, script: &str) -> Stage {
    let file = name.rsplit('/').next().unwrap_or_default();
    if !PARTS.iter().any(|start| file.starts_with(start)) {
        return Stage::Opened;
    }
    let in_part = |stage: &Stage| {
        let files = stage.part().and_then(|part| ahead::files_of(part, script));
        files.is_some_and(|files| files.contains(file))
    };
    Stage::ALL.into_iter().find(in_part).unwrap_or(Stage::Later)
}

/// What everything weighs, compressed, that is loaded at a stage or before.
fn sent_until(rows: &[Row], stage: Stage) -> u64 {
    rows.iter().filter(|row| row.stage <= stage).map(|row| row.sent).sum()
}

/// The file's path below `dist/`, as the page writes it.
fn name_in(dist: &Path, file: &Path) -> String {
    let below = file.strip_prefix(dist).unwrap_or(file);
    below.to_string_lossy().replace('\\', "/")
}

fn length(file: &Path) -> io::Result<u64> {
    fs::metadata(file).map(|data| data.len())
}

/// Whether a first visit loads this file. A worker or a snippet is named by code, not by the page.
fn needed(name: &str, html: &str) -> bool {
    let kind = name.rsplit('.').next().unwrap_or_default();
    match kind {
        "br" => false,
        "js" | "wasm" | "css" => true,
        _ => name == "index.html" || html.contains(name),
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for stage in Stage::ALL {
        text += &line(stage.title(), "raw", "sent");
        for row in rows.iter().filter(|row| row.stage == stage) {
            text += &line(&row.name, &kilobytes(row.raw), &kilobytes(row.sent));
        }
        text += &line("total up to here", "", &kilobytes(sent_until(rows, stage)));
        if let Some(limit) = stage.limit() {
            text += &line("limit", "", &kilobytes(limit));
        }
        text += "\n";
    }
    for (kind, floor) in FLOOR {
        let name = format!("{kind} of a hello-world Leptos app");
        text += &line(&name, "", &kilobytes(*floor));
    }
    text
}

fn line(name: &str, raw: &str, sent: &str) -> String {
    format!("{name:<40} {raw:>11} {sent:>11}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_what_it_names_are_needed() {
        let html = r#"<link rel="manifest" href="/almanac.webmanifest"><script src="/a.js">"#;
        assert!(needed("index.html", html));
        assert!(needed("almanac.webmanifest", html));
        assert!(needed("sw.js", html));
        assert!(!needed("icons/512.png", html));
        assert!(!needed("a.js.br", html));
    }

    const SCRIPT: &str = "/* keeper, later */\nconst __chunk_4 = makeLoad(() => {\n}\n, []);\n\
        export const __wasm_split_load_later = wrapAsyncCb(makeLoad(() => {\n}\n, [__chunk_4]));\n\
        export const __wasm_split_load_keeper = wrapAsyncCb(makeLoad(() => {\n}\n, [__chunk_4, __chunk_6]));\n\
        export const __wasm_split_load_recall = wrapAsyncCb(makeLoad(() => {\n}\n, []));\n";

    #[test]
    fn a_file_counts_from_when_it_is_first_loaded() {
        let at = |file: &str| stage(&format!("code-0123456789abcdef/{file}"), SCRIPT);
        assert_eq!(at("almanac_bg.wasm"), Stage::Opened);
        for file in ["split_keeper.wasm", "chunk_4.wasm", "chunk_6.wasm"] {
            assert_eq!(at(file), Stage::Followed, "{file}");
        }
        assert_eq!(at("split_recall.wasm"), Stage::Returned);
        assert_eq!((at("split_later.wasm"), at("chunk_9.wasm")), (Stage::Later, Stage::Later));
    }

    #[test]
    fn the_table_adds_up() {
        let row = |stage, name: &str, raw, sent| Row { stage, name: name.to_owned(), raw, sent };
        let text = table(&[
            row(Stage::Opened, "a.wasm", 400_000, 120_000),
            row(Stage::Opened, "a.js", 30_000, 6_000),
            row(Stage::Followed, "b.wasm", 300_000, 100_000),
        ]);
        let totals: Vec<_> = text.lines().filter(|line| line.starts_with("total")).collect();
        let ends = ["126.0 kB", "226.0 kB", "226.0 kB", "226.0 kB"];
        assert!(totals.iter().zip(ends).all(|(line, end)| line.ends_with(end)), "{text}");
    }
}
