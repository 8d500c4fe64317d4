//! The table, and the same as JSON.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Map, Value, json};

use crate::figures::Rounds;

/// The share of the machine in other hands from which a round says little.
const DISTURBED: f64 = 0.1;

/// What is to be reached, judged by the median of the rounds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    RatioAtLeast(f64),
    RatioAtMost(f64),
    FigureAtLeast(f64),
    FigureAtMost(f64),
}

/// One row of the table.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The row of performance.md that it belongs to.
    pub(crate) row: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) figure: Rounds,
    /// In the same unit.
    pub(crate) limit: Option<Rounds>,
    /// Round by round.
    pub(crate) ratio: Option<Rounds>,
    /// Without one the row informs.
    pub(crate) target: Option<Target>,
    /// What else is worth keeping, for the JSON.
    pub(crate) more: Map<String, Value>,
}

impl Line {
    /// Whether the target is reached.
    fn met(&self) -> Option<bool> {
        let ratio = self.ratio.as_ref().map_or(f64::NAN, Rounds::median);
        Some(match self.target? {
            Target::RatioAtLeast(least) => ratio >= least,
            Target::RatioAtMost(most) => ratio <= most,
            Target::FigureAtLeast(least) => self.figure.median() >= least,
            Target::FigureAtMost(most) => self.figure.median() <= most,
        })
    }

    fn target(&self) -> String {
        match self.target {
            None => String::new(),
            Some(Target::RatioAtLeast(least)) => format!("ratio ≥ {least}"),
            Some(Target::RatioAtMost(most)) => format!("ratio ≤ {most}"),
            Some(Target::FigureAtLeast(least)) => format!("≥ {} {}", short(least), self.unit),
            Some(Target::FigureAtMost(most)) => format!("≤ {} {}", short(most), self.unit),
        }
    }

    fn cells(&self) -> [String; 7] {
        let with_unit = |figure: &Rounds| format!("{} {}", short(figure.median()), self.unit);
        let ratio = self.ratio.as_ref().map_or_else(String::new, |ratio| {
            format!("{} / {} / {}", short(ratio.min()), short(ratio.median()), short(ratio.max()))
        });
        let met = match self.met() {
            None => "",
            Some(true) => "met",
            Some(false) => "MISSED",
        };
        [
            self.row.to_owned(),
            self.what.clone(),
            with_unit(&self.figure),
            self.limit.as_ref().map_or_else(String::new, with_unit),
            ratio,
            self.target(),
            met.to_owned(),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "row": self.row,
            "what": self.what,
            "unit": self.unit,
            "figure": self.figure.median(),
            "limit": self.limit.as_ref().map(Rounds::median),
            "ratio": self.ratio.as_ref().map(Rounds::median),
            "target": self.target.map(|_| self.target()),
            "met": self.met(),
            "rounds": {
                "figure": self.figure.json(),
                "limit": self.limit.as_ref().map(Rounds::json),
                "ratio": self.ratio.as_ref().map(Rounds::json),
            },
            "more": self.more,
        })
    }
}

/// Everything that was measured.
pub(crate) struct Report {
    machine: Value,
    quick: bool,
    lines: Vec<Line>,
    notes: Vec<String>,
    /// Of each judged round, the share of the machine that other programs used.
    others: Vec<f64>,
}

impl Report {
    pub(crate) fn new(machine: Value, quick: bool) -> Self {
        Self { machine, quick, lines: Vec::new(), notes: Vec::new(), others: Vec::new() }
    }

    pub(crate) fn add(&mut self, line: Line) {
        let [row, what, figure, limit, ratio, target, met] = line.cells();
        eprintln!("         {row} {what}: {figure}, limit {limit}, ratio {ratio}, {target} {met}");
        self.lines.push(line);
    }

    /// A sentence under the table.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// A judged round: its bill, and the share of the machine that other programs used.
    pub(crate) fn bill(&mut self, round: &str, bill: &str, others: f64) {
        self.notes.push(format!("{round}: {bill}"));
        self.others.push(others);
    }

    /// What is to be known before the ratios are believed.
    fn disturbance(&self) -> String {
        let disturbed = self.others.iter().filter(|share| **share > DISTURBED).count();
        if disturbed == 0 {
            return String::new();
        }
        format!(
            "\nDISTURBED: in {disturbed} of {} rounds other programs used more than {:.0} % of the \
             machine.\nThat costs the server, which needs every core, more than the limits, which \
             need one. Run again alone.\n",
            self.others.len(),
            DISTURBED * 100.0
        )
    }

    pub(crate) fn text(&self) -> String {
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        // p2 before p10; the order of making within a row.
        lines.sort_by_key(|line| (line.row.len(), line.row));
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        let heads = ["row", "work", "figure", "limit", "ratio min / median / max", "target", ""];
        table.set_header(heads);
        table.add_rows(lines.into_iter().map(Line::cells));
        for column in [2, 3, 4] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let word = |name: &str| self.machine[name].to_string().replace('"', "");
        let machine = format!(
            "{} cores of {}, {}, Linux {}, {}, {}",
            word("cores"),
            word("cpu"),
            word("memory"),
            word("kernel"),
            word("filesystem"),
            word("date"),
        );
        let notes: Vec<_> = self.notes.iter().map(|note| format!("- {note}")).collect();
        let notes = notes.join("\n");
        let mode = if self.quick { " (quick: too short to judge by)" } else { "" };
        format!("{machine}{mode}\n\n{table}\n{}\n{notes}", self.disturbance())
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "machine": self.machine,
            "quick": self.quick,
            "lines": self.lines.iter().map(Line::json).collect::<Vec<_>>(),
            "others": self.others,
            "notes": self.notes,
        })
    }
}

/// Three digits or so that tell something.
fn short(figure: f64) -> String {
    match figure.abs() {
        size if size >= 1_000.0 => thousands(figure.round() as i64),
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}

fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
