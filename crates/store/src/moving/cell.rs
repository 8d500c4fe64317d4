//! What lies in a row, the same on both engines, and what a table's rows sum up to.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Number,
    Real,
    Truth,
    Text,
    Bytes,
}

/// One value, or nothing where a column may be empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Id(Option<Uuid>),
    Number(Option<i64>),
    Real(Option<f64>),
    Truth(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// The values of a row, in the order of its table's columns.
pub(crate) type Row = Vec<Cell>;

impl Cell {
    fn feed(&self, hash: &mut Sha256) {
        match self {
            Self::Id(value) => feed(hash, b'i', value.as_ref().map(|id| id.as_bytes().as_slice())),
            Self::Number(value) => {
                feed(hash, b'n', value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
            }
            Self::Real(value) => {
                let bits = value.map(|value| value.to_bits().to_be_bytes());
                feed(hash, b'r', bits.as_ref().map(<[u8; 8]>::as_slice));
            }
            Self::Truth(value) => {
                feed(
                    hash,
                    b'b',
                    value.map(|value| [u8::from(value)]).as_ref().map(<[u8; 1]>::as_slice),
                );
            }
            Self::Text(value) => feed(hash, b't', value.as_deref().map(str::as_bytes)),
            Self::Bytes(value) => feed(hash, b'y', value.as_deref()),
        }
    }
}

/// A value by its kind and length, so that no two rows are hashed from the same bytes.
fn feed(hash: &mut Sha256, kind: u8, value: Option<&[u8]>) {
    let length = value.map_or(u64::MAX, |value| value.len() as u64);
    hash.update([kind]);
    hash.update(length.to_be_bytes());
    hash.update(value.unwrap_or_default());
}

/// How many rows, and the sum of their digests: the same in whatever order they are read, and another one as soon as
/// any value in any of them is another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) rows: u64,
    /// As a number of 256 bits, the lowest byte first.
    pub(crate) digest: [u8; 32],
}

impl Sum {
    pub(crate) fn add(&mut self, row: &Row) {
        let mut hash = Sha256::new();
        for cell in row {
            cell.feed(&mut hash);
        }
        let mut carry = 0;
        for (byte, more) in self.digest.iter_mut().zip(hash.finalize()) {
            let sum = u16::from(*byte) + u16::from(more) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        self.rows += 1;
    }
}

/// A table as it is copied: its columns, and those that its rows are known by.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) key: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[Row]) -> Sum {
        let mut sum = Sum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    fn row(number: i64, text: &str) -> Row {
        vec![Cell::Number(Some(number)), Cell::Text(Some(text.to_owned()))]
    }

    #[test]
    fn rows_sum_up_to_the_same_in_any_order_and_to_another_when_one_differs() {
        let (one, two, three) = (row(1, "a"), row(2, "b"), row(3, ""));
        let all = sum(&[one.clone(), two.clone(), three.clone()]);
        assert_eq!(all, sum(&[three.clone(), one.clone(), two.clone()]));
        assert_ne!(all, sum(&[one.clone(), two.clone()]));
        assert_ne!(all, sum(&[one.clone(), one.clone(), three.clone()]));
        assert_ne!(all, sum(&[row(1, "b"), row(2, "a"), three]));
    }

    #[test]
    fn nothing_is_told_from_what_is_empty_and_one_column_from_the_next() {
        let nothing = vec![Cell::Text(None)];
        assert_ne!(sum(&[nothing]), sum(&[vec![Cell::Text(Some(String::new()))]]));
        let apart = vec![Cell::Text(Some("ab".to_owned())), Cell::Text(Some("c".to_owned()))];
        let other = vec![Cell::Text(Some("a".to_owned())), Cell::Text(Some("bc".to_owned()))];
        assert_ne!(sum(&[apart]), sum(&[other]));
    }
}
