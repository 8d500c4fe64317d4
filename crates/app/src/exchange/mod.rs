//! Tables that leave the platform and tables that come in: CSV (RFC 4180, UTF-8).
//!
//! Cast: `columns` says what the rows of an [`Export`] show; `table` reads a file row by row and `row`
//! turns each into the command that makes a booking; [`Import`] asks of rows whether they can be taken,
//! and takes them through the same door as any other booking.
//!
//! Guarantee: what an export writes, an import reads back, letter by letter; no cell is taken for a formula
//! by the program that opens the file. An export holds a page of bookings in memory, an import a row, and
//! who may not see pay does not get its columns. Rows that are imported together are all imported or none.

mod cell;
mod check;
mod columns;
mod export;
mod import;
mod port;
mod row;
mod table;

pub use check::Import;
pub use export::{Export, ExportOrder};
pub use import::{BookingsImported, ImportedRow, RowDone};
pub use port::ExchangeQueries;
pub use row::{Candidate, RowError};
pub use table::{Cells, Table};

/// The most rows of one request.
pub const ROWS_MAX: usize = 500;
