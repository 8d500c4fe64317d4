//! Rows as both engines hold them: from which columns a thing is read, in which order, and how.
//!
//! An engine says how a row of its own gives ids, numbers, texts and bytes ([`Fields`]). What is made of these is
//! made here alone, so that both engines read alike. The constants are lists of columns; the function beside each
//! reads a row of them. A column that does not hold what it must is an error of the engine's, which names table,
//! column and row.

pub(crate) mod access;
pub(crate) mod availability;
pub(crate) mod bookings;
pub(crate) mod calendar;
pub(crate) mod events;
pub(crate) mod notifications;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod series;
pub(crate) mod staff;
pub(crate) mod templates;
pub(crate) mod transport;
pub(crate) mod webhooks;

use jiff::Timestamp;
use rishi_domain::local_time::LocalTime;
use rishi_domain::money::Money;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A row of an engine's: its columns by their places, each of which may hold nothing.
pub(crate) trait Fields {
    /// A column that does not hold what it must.
    type Error;

    /// A value that the type cannot read, as an error of its column.
    fn unreadable(&self, index: usize, what: String) -> Self::Error;

    /// An id.
    fn id(&self, index: usize) -> Result<Option<Uuid>, Self::Error>;

    /// A whole number.
    fn integer(&self, index: usize) -> Result<Option<i64>, Self::Error>;

    /// Any number.
    fn real(&self, index: usize) -> Result<Option<f64>, Self::Error>;

    /// What is true or false.
    fn truth(&self, index: usize) -> Result<Option<bool>, Self::Error>;

    /// A text that stays where it is.
    fn text(&self, index: usize) -> Result<Option<&str>, Self::Error>;

    /// Bytes that stay where they are.
    fn bytes(&self, index: usize) -> Result<Option<&[u8]>, Self::Error>;
}

/// What must not be missing.
fn present<R: Fields, T>(row: &R, index: usize, value: Option<T>) -> Result<T, R::Error> {
    value.ok_or_else(|| row.unreadable(index, "nothing".to_owned()))
}

/// An id of any kind of thing.
pub(crate) fn id<R: Fields, T: From<Uuid>>(row: &R, index: usize) -> Result<T, R::Error> {
    present(row, index, row.id(index)?).map(T::from)
}

/// An id that may be missing.
pub(crate) fn optional_id<R: Fields, T: From<Uuid>>(
    row: &R,
    index: usize,
) -> Result<Option<T>, R::Error> {
    Ok(row.id(index)?.map(T::from))
}

/// A whole number of any type.
pub(crate) fn number<R: Fields, T: TryFrom<i64>>(row: &R, index: usize) -> Result<T, R::Error> {
    fit(row, index, present(row, index, row.integer(index)?)?)
}

/// A whole number that may be missing.
pub(crate) fn optional_number<R: Fields, T: TryFrom<i64>>(
    row: &R,
    index: usize,
) -> Result<Option<T>, R::Error> {
    row.integer(index)?.map(|number| fit(row, index, number)).transpose()
}

fn fit<R: Fields, T: TryFrom<i64>>(row: &R, index: usize, number: i64) -> Result<T, R::Error> {
    T::try_from(number).map_err(|_| row.unreadable(index, format!("the number {number}")))
}

/// What is true or false.
pub(crate) fn truth<R: Fields>(row: &R, index: usize) -> Result<bool, R::Error> {
    present(row, index, row.truth(index)?)
}

/// A text that stays where it is.
pub(crate) fn text<R: Fields>(row: &R, index: usize) -> Result<&str, R::Error> {
    present(row, index, row.text(index)?)
}

/// A text.
pub(crate) fn string<R: Fields>(row: &R, index: usize) -> Result<String, R::Error> {
    text(row, index).map(str::to_owned)
}

/// A text that may be missing.
pub(crate) fn optional_string<R: Fields>(
    row: &R,
    index: usize,
) -> Result<Option<String>, R::Error> {
    Ok(row.text(index)?.map(str::to_owned))
}

/// So many bytes, as of a digest.
pub(crate) fn bytes<R: Fields, const N: usize>(row: &R, index: usize) -> Result<[u8; N], R::Error> {
    let bytes = present(row, index, row.bytes(index)?)?;
    let fitting = bytes.try_into();
    fitting.map_err(|_| row.unreadable(index, format!("{} bytes, not {N}", bytes.len())))
}

/// An instant, from microseconds.
pub(crate) fn instant<R: Fields>(row: &R, index: usize) -> Result<Timestamp, R::Error> {
    let micros = present(row, index, row.integer(index)?)?;
    Timestamp::from_microsecond(micros).map_err(|error| row.unreadable(index, error.to_string()))
}

/// An instant that may be missing.
pub(crate) fn optional_instant<R: Fields>(
    row: &R,
    index: usize,
) -> Result<Option<Timestamp>, R::Error> {
    row.integer(index)?.map(|_| instant(row, index)).transpose()
}

/// A time on somebody's clock, from text.
pub(crate) fn local<R: Fields>(row: &R, index: usize) -> Result<LocalTime, R::Error> {
    let text = text(row, index)?;
    text.parse().map_err(|_| row.unreadable(index, format!("no local time: {text:?}")))
}

/// An amount that may be missing, from minor units.
pub(crate) fn money<R: Fields>(row: &R, index: usize) -> Result<Option<Money>, R::Error> {
    Ok(row.integer(index)?.map(Money::from_minor))
}

/// One of a type's words.
pub(crate) fn word<R: Fields, T>(
    row: &R,
    index: usize,
    parse: fn(&str) -> Option<T>,
) -> Result<T, R::Error> {
    let text = text(row, index)?;
    parse(text).ok_or_else(|| row.unreadable(index, format!("the unknown word {text:?}")))
}

/// One of a type's words, or none.
pub(crate) fn optional_word<R: Fields, T>(
    row: &R,
    index: usize,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, R::Error> {
    row.text(index)?.map(|_| word(row, index, parse)).transpose()
}

/// JSON text.
pub(crate) fn json<R: Fields, T: DeserializeOwned>(row: &R, index: usize) -> Result<T, R::Error> {
    serde_json::from_str(text(row, index)?)
        .map_err(|error| row.unreadable(index, error.to_string()))
}

/// JSON text that may be missing.
pub(crate) fn optional_json<R: Fields, T: DeserializeOwned>(
    row: &R,
    index: usize,
) -> Result<Option<T>, R::Error> {
    row.text(index)?.map(|_| json(row, index)).transpose()
}
