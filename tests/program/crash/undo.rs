//! Plays the shim's undo file backwards: the file becomes what a disk would have kept of it.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// The shim's record header: magic, kind, offset, length, the file's old length, old bytes kept.
const HEADER: usize = 6 * 8;
const MAGIC: u64 = 0x444e_555f_4843_5352;
/// What a disk writes wholly or not at all.
const SECTOR: u64 = 512;

/// Which of the unflushed writes are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// All of them.
    Everything,
    /// The newest ones.
    Suffix,
    /// Some, in no order, and one may be torn.
    Subset,
}

impl Loss {
    pub(super) fn any(random: &mut StdRng) -> Self {
        let kinds = [Self::Everything, Self::Suffix, Self::Subset];
        *kinds.choose(random).expect("there are three")
    }
}

/// What a write covered, and what was there before.
struct Record {
    truncates: bool,
    offset: u64,
    length: u64,
    old_size: u64,
    old: Vec<u8>,
}

/// What a write did, so that it can be done again.
struct Done {
    offset: u64,
    bytes: Vec<u8>,
    /// The file's length, when the write was a truncation.
    cut_to: Option<u64>,
}

/// Takes unflushed writes out of `file` and forgets the undo file; answers how many were lost.
pub(super) fn lose(file: &Path, loss: Loss, random: &mut StdRng) -> usize {
    let undo = PathBuf::from(format!("{}.undo", file.display()));
    let Ok(bytes) = std::fs::read(&undo) else { return 0 };
    std::fs::remove_file(&undo).expect("the undo file can be removed");
    let records = parse(&bytes);
    if records.is_empty() {
        return 0;
    }
    let file = File::options().read(true).write(true).open(file).expect("the file can be opened");
    let mut done: Vec<Done> = records.iter().rev().map(|record| revert(&file, record)).collect();
    done.reverse();

    let all = done.len();
    let kept: Vec<Done> = match loss {
        Loss::Everything => Vec::new(),
        Loss::Suffix => done.drain(..random.random_range(0..=all)).collect(),
        Loss::Subset => done.into_iter().filter(|_| random.random_bool(0.5)).collect(),
    };
    let gone = all - kept.len();
    let torn =
        (loss == Loss::Subset && !kept.is_empty()).then(|| random.random_range(0..kept.len()));
    for (index, write) in kept.iter().enumerate() {
        let sectors = write.bytes.len() as u64 / SECTOR;
        let bytes = match torn {
            Some(at) if at == index => random.random_range(0..=sectors) * SECTOR,
            _ => write.bytes.len() as u64,
        };
        let part = &write.bytes[..usize::try_from(bytes).expect("a write fits into memory")];
        file.write_all_at(part, write.offset).expect("a kept write can be written again");
        if let Some(size) = write.cut_to {
            file.set_len(size).expect("a kept truncation can be done again");
        }
    }
    gone
}

/// Complete records. The last may be cut off: then its write never began.
fn parse(mut bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some((header, rest)) = bytes.split_at_checked(HEADER) {
        let mut words = header
            .chunks_exact(8)
            .map(|word| u64::from_le_bytes(word.try_into().expect("a word has eight bytes")));
        let mut word = || words.next().expect("a header has six words");
        assert_eq!(word(), MAGIC, "the undo file is the shim's");
        let (truncates, offset, length) = (word() == 1, word(), word());
        let (old_size, kept) = (word(), usize::try_from(word()).expect("fits into memory"));
        let Some((old, rest)) = rest.split_at_checked(kept) else { break };
        records.push(Record { truncates, offset, length, old_size, old: old.to_vec() });
        bytes = rest;
    }
    records
}

/// Undoes one write, the newest that is not undone yet; answers what it had done.
fn revert(file: &File, record: &Record) -> Done {
    let size = file.metadata().expect("the file has a length").len();
    let end = (record.offset + record.length).min(size);
    let covered = usize::try_from(end.saturating_sub(record.offset)).expect("fits into memory");
    let mut bytes = vec![0; if record.truncates { 0 } else { covered }];
    file.read_exact_at(&mut bytes, record.offset).expect("what was written can be read");
    file.write_all_at(&record.old, record.offset).expect("what was there can be put back");
    file.set_len(record.old_size).expect("the old length can be set");
    Done { offset: record.offset, bytes, cut_to: record.truncates.then_some(record.offset) }
}
