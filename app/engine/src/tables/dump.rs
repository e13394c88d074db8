//! SQL dumps: the rows of `schedule_learning`, from INSERT statements or from a COPY block.

use super::Rows;

/// The table that is looked for.
const TABLE: &str = "schedule_learning";
/// The columns of the roadmap's table in their order, for a statement that names none.
const COLUMNS: [&str; 13] = [
    "id",
    "username",
    "session_date",
    "start_time",
    "end_time",
    "duration_minutes",
    "day_of_week",
    "start_hour",
    "end_hour",
    "peak_viewers",
    "total_gifts",
    "session_quality",
    "created_at",
];

/// The rows of a dump; `None` where the text is none.
pub(super) fn rows(text: &str) -> Option<Rows> {
    let mut scan = Scan { text, at: 0 };
    let mut all: Option<Rows> = None;
    while let Some(statement) = scan.statement() {
        let mut found = Rows { names: scan.columns(), rows: Vec::new() };
        match statement {
            Statement::Insert => scan.values(&mut found),
            Statement::Copy => scan.block(&mut found),
        }
        match &mut all {
            None => all = Some(found),
            Some(all) => all.add(found),
        }
    }
    all
}

impl Rows {
    /// Adds rows that may have their columns in another order.
    fn add(&mut self, other: Self) {
        if other.names == self.names {
            self.rows.extend(other.rows);
            return;
        }
        for (line, cells) in other.rows {
            let named = |name: &String| {
                let place = other.names.iter().position(|one| one == name)?;
                cells.get(place).cloned().flatten()
            };
            // A row of the wrong length stays one.
            let fits = cells.len() == other.names.len();
            let cells = if fits { self.names.iter().map(named).collect() } else { Vec::new() };
            self.rows.push((line, cells));
        }
    }
}

enum Statement {
    Insert,
    Copy,
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line(&self) -> u64 {
        let before = self.text.get(..self.at).unwrap_or_default();
        1 + u64::try_from(before.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(0)
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.rest().get(..word.len());
        let is_here = here.is_some_and(|here| here.eq_ignore_ascii_case(word));
        if is_here {
            self.at += word.len();
        }
        is_here
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Goes behind the next `INSERT INTO schedule_learning` or `COPY schedule_learning` at the
    /// beginning of a line.
    fn statement(&mut self) -> Option<Statement> {
        while !self.rest().is_empty() {
            let start = self.at;
            self.blanks();
            let found = if self.take("insert into") {
                Some(Statement::Insert)
            } else if self.take("copy") {
                Some(Statement::Copy)
            } else {
                None
            };
            if found.is_some() && self.names_table() {
                return found;
            }
            let line = self.text.get(start..).unwrap_or_default();
            let blank = line.len() - line.trim_start().len();
            let end = line.get(blank..).unwrap_or_default().find('\n');
            self.at = end.map_or(self.text.len(), |end| start + blank + end + 1);
        }
        None
    }

    /// Whether the table comes next, quoted or not, in a schema or not.
    fn names_table(&mut self) -> bool {
        self.blanks();
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(rest.len());
        let name: String = rest
            .get(..end)
            .unwrap_or_default()
            .chars()
            .filter(|c| !matches!(c, '"' | '`'))
            .collect();
        self.at += end;
        name.rsplit('.').next().is_some_and(|name| name.eq_ignore_ascii_case(TABLE))
    }

    fn columns(&mut self) -> Vec<String> {
        self.blanks();
        if !self.take("(") {
            return COLUMNS.map(str::to_owned).to_vec();
        }
        let rest = self.rest();
        let end = rest.find(')').unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        let clean = |name: &str| name.trim().trim_matches(['"', '`']).to_ascii_lowercase();
        rest.get(..end).unwrap_or_default().split(',').map(clean).collect()
    }

    /// `VALUES (..), (..);`
    fn values(&mut self, rows: &mut Rows) {
        self.blanks();
        if !self.take("values") {
            return;
        }
        loop {
            self.blanks();
            let line = self.line();
            if !self.take("(") {
                return;
            }
            let mut cells = Vec::new();
            loop {
                self.blanks();
                cells.push(self.value());
                self.blanks();
                if !self.take(",") {
                    break;
                }
            }
            // Without its end the row is cut: too short to be taken.
            if !self.take(")") {
                cells.clear();
            }
            rows.rows.push((line, cells));
            self.blanks();
            if !self.take(",") {
                return;
            }
        }
    }

    fn value(&mut self) -> Option<String> {
        if self.take("'") {
            let mut value = String::new();
            loop {
                let rest = self.rest();
                let Some(end) = rest.find('\'') else {
                    self.at = self.text.len();
                    return Some(value);
                };
                value.push_str(rest.get(..end).unwrap_or_default());
                self.at += end + 1;
                if !self.take("'") {
                    self.cast();
                    return Some(value);
                }
                value.push('\'');
            }
        }
        let rest = self.rest();
        let end = rest.find([',', ')', '\n']).unwrap_or(rest.len());
        self.at += end;
        let value = rest.get(..end).unwrap_or_default().trim();
        let value = value.split("::").next().unwrap_or_default();
        (!value.is_empty() && !value.eq_ignore_ascii_case("null")).then(|| value.to_owned())
    }

    /// `::date` behind a value says nothing that we need.
    fn cast(&mut self) {
        if self.rest().starts_with("::") {
            let rest = self.rest();
            self.at += rest.find([',', ')', '\n']).unwrap_or(rest.len());
        }
    }

    /// `FROM stdin;` and lines of cells with tabs between them, up to `\.`.
    fn block(&mut self, rows: &mut Rows) {
        let rest = self.rest();
        let Some(end) = rest.find('\n') else {
            self.at = self.text.len();
            return;
        };
        self.at += end + 1;
        let mut line = self.line();
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return;
            }
            let end = rest.find('\n').unwrap_or(rest.len());
            let here = rest.get(..end).unwrap_or_default().trim_end_matches('\r');
            self.at += (end + 1).min(rest.len());
            if here == "\\." {
                return;
            }
            rows.rows.push((line, here.split('\t').map(unescaped).collect()));
            line += 1;
        }
    }
}

/// A cell of a COPY block; `\N` is none.
fn unescaped(cell: &str) -> Option<String> {
    if cell == "\\N" {
        return None;
    }
    let mut value = String::new();
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('t') => value.push('\t'),
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some(other) => value.push(other),
                None => {}
            },
            (c, false) => value.push(c),
        }
    }
    Some(value)
}
