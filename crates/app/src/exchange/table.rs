//! A file as rows of named cells, read as it comes.
//!
//! Rows are counted as a spreadsheet counts them: the header is row 1. Rows without any text are passed
//! over; lines that are empty to the last character are none, and count for nothing.

use std::io::Read;

use csv::ByteRecord;
use sha2::{Digest, Sha256};

use super::cell::bare;
use super::columns::exported;
use super::row::{Field, RowError};

/// Names are not repeated at length to who has sent them.
const NAMED: usize = 60;

/// The cells of a row that are not empty.
#[derive(Debug, Clone)]
pub struct Cells {
    /// Which row.
    pub row: u64,
    pub(super) filled: Vec<(Field, String)>,
}

impl Cells {
    /// What is the same for rows that say the same, in whatever order of columns.
    pub fn digest(&self) -> [u8; 32] {
        let mut filled: Vec<_> =
            self.filled.iter().map(|(field, text)| (field.name(), text.as_str())).collect();
        filled.sort_unstable();
        let mut digest = Sha256::new();
        for (name, text) in filled {
            digest.update(name);
            digest.update([0]);
            digest.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(text);
        }
        digest.finalize().into()
    }
}

/// A file whose header has been understood.
pub struct Table<R> {
    reader: csv::Reader<R>,
    /// For each column what it is; nothing for what only an export fills.
    layout: Vec<Option<Field>>,
    row: u64,
    record: ByteRecord,
}

impl<R: Read> Table<R> {
    /// Reads the header. Everything that is wrong with it is told at once.
    pub fn open(file: R) -> Result<Self, Vec<RowError>> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(file);
        let mut record = ByteRecord::new();
        let found =
            reader.read_byte_record(&mut record).map_err(|error| vec![broken(1, &error)])?;
        if !found {
            let message = "the file is empty; its first row names the columns";
            return Err(vec![RowError::new(1, "", "empty", message)]);
        }
        let mut names = Vec::new();
        for bytes in &record {
            let Ok(name) = std::str::from_utf8(bytes) else {
                return Err(vec![not_utf8(1, "")]);
            };
            names.push(name.trim().to_owned());
        }
        let layout = layout(&names)?;
        Ok(Self { reader, layout, row: 1, record })
    }

    /// How many bytes of the file have been read.
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The next row, or what is wrong with it; nothing at the end. A file that cannot be read any further
    /// has one error more and then ends.
    pub fn next_row(&mut self) -> Option<Result<Cells, RowError>> {
        loop {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return None,
                Err(error) => {
                    self.row += 1;
                    return Some(Err(broken(self.row, &error)));
                }
                Ok(true) => self.row += 1,
            }
            if self.record.iter().any(|cell| !cell.is_empty()) {
                return Some(self.cells());
            }
        }
    }

    fn cells(&self) -> Result<Cells, RowError> {
        let (row, count) = (self.row, self.record.len());
        if count != self.layout.len() {
            let message = format!(
                "this row has {count} cells and the first row has {}; a text with a comma or a line \
                 end stands in quotes",
                self.layout.len()
            );
            return Err(RowError::new(row, "", "column_count", message));
        }
        let mut filled = Vec::new();
        for (field, cell) in self.layout.iter().zip(&self.record) {
            let Some(field) = *field else { continue };
            let text = std::str::from_utf8(cell).map_err(|_| not_utf8(row, field.name()))?;
            if !text.trim().is_empty() {
                filled.push((field, bare(text).to_owned()));
            }
        }
        Ok(Cells { row, filled })
    }
}

fn broken(row: u64, error: &csv::Error) -> RowError {
    RowError::new(row, "", "unreadable", format!("the file cannot be read here: {error}"))
}

fn not_utf8(row: u64, column: &str) -> RowError {
    RowError::new(row, column, "not_utf8", "this is not UTF-8; save the file as \"CSV UTF-8\"")
}

/// What each column is, or everything that is wrong with them.
fn layout(names: &[String]) -> Result<Vec<Option<Field>>, Vec<RowError>> {
    if let [only] = names
        && let Some(separator) = [';', '\t', '|'].into_iter().find(|one| only.contains(*one))
    {
        let message = format!(
            "the columns are separated by {separator:?}; save the file with commas between them"
        );
        return Err(vec![RowError::new(1, "", "wrong_separator", message)]);
    }
    let (mut layout, mut errors) = (Vec::new(), Vec::new());
    for (number, name) in names.iter().enumerate() {
        let shown: String = name.chars().take(NAMED).collect();
        let mut refuse = |code, message: String| {
            errors.push(RowError::new(1, shown.clone(), code, message));
        };
        let field = Field::of(name);
        if field.is_none() && !exported().any(|one| one == name) {
            let known: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
            refuse(
                "unknown_column",
                format!("column {} is none of {}", number + 1, known.join(", ")),
            );
        } else if names[..number].contains(name) {
            refuse(
                "duplicate_column",
                format!("column {} has a name that stands before", number + 1),
            );
        }
        layout.push(field);
    }
    for field in Field::REQUIRED {
        if !layout.contains(&Some(field)) {
            let message = format!("there is no column {}", field.name());
            errors.push(RowError::new(1, field.name(), "missing_column", message));
        }
    }
    if errors.is_empty() { Ok(layout) } else { Err(errors) }
}

#[cfg(test)]
mod tests;
