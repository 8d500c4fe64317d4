use rishi_domain::id::OrganizationId;
use uuid::Uuid;

use super::*;
use crate::exchange::row::command;

const HEADER: &str = "title,scheduledStart,scheduledEnd";
const TIMES: &str = "2027-05-03T15:00:00Z,2027-05-03T23:00:00Z";

fn header(text: &str) -> Vec<(String, &'static str)> {
    let errors = Table::open(text.as_bytes()).err().unwrap_or_default();
    errors.into_iter().map(|error| (error.column, error.code)).collect()
}

fn rows(text: &[u8]) -> Vec<Result<Cells, RowError>> {
    let mut table = Table::open(text).unwrap();
    std::iter::from_fn(move || table.next_row()).collect()
}

fn title(cells: &Cells) -> String {
    let organization = OrganizationId(Uuid::from_u128(1));
    command(cells, organization).unwrap().command.title
}

#[test]
fn quotes_line_ends_and_a_byte_order_mark_are_understood() {
    let text =
        format!("\u{feff}{HEADER}\r\n\"A \"\"B\"\",\r\nC\",{TIMES}\r\n\r\n,,\r\n'=1+1,{TIMES}\n");
    let rows: Vec<Cells> = rows(text.as_bytes()).into_iter().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(title).collect::<Vec<_>>(), ["A \"B\",\r\nC", "=1+1"]);
    assert_eq!(rows.iter().map(|one| one.row).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn a_header_that_cannot_be_understood_is_told_of_at_once() {
    let of = |pairs: &[(&str, &'static str)]| {
        pairs.iter().map(|(column, code)| ((*column).to_owned(), *code)).collect::<Vec<_>>()
    };
    assert_eq!(header(""), of(&[("", "empty")]));
    assert_eq!(header("title;scheduledStart;scheduledEnd"), of(&[("", "wrong_separator")]));
    assert_eq!(header("title\tscheduledStart"), of(&[("", "wrong_separator")]));
    assert_eq!(
        header("title,title,scheduledStart,colour"),
        of(&[
            ("title", "duplicate_column"),
            ("colour", "unknown_column"),
            ("scheduledEnd", "missing_column"),
        ])
    );
    assert_eq!(header(&format!("{HEADER},id,status,version")), of(&[]), "an export is read back");
}

#[test]
fn a_row_that_cannot_be_read_is_told_of_and_the_next_one_is_read() {
    let mut text = format!("{HEADER}\nA,B\nC,{TIMES}\n").into_bytes();
    text.extend(b"\xff,2027-05-03T15:00:00Z,2027-05-03T23:00:00Z\n");
    let rows = rows(&text);
    assert_eq!(rows[0].as_ref().unwrap_err().code, "column_count");
    assert_eq!(title(rows[1].as_ref().unwrap()), "C");
    let wrong = rows[2].as_ref().unwrap_err();
    assert_eq!((wrong.row, wrong.column.as_str(), wrong.code), (4, "title", "not_utf8"));
}

#[test]
fn every_cell_that_is_wrong_is_told_of() {
    let text = "title,scheduledStart,scheduledEnd,budget,priority,locationId,staffRequirements\n\
        ,soon,2027-05-03T23:00:00Z,\"12,5\",now,x,{}\n";
    let rows = rows(text.as_bytes());
    let organization = OrganizationId(Uuid::from_u128(1));
    let errors = command(rows[0].as_ref().unwrap(), organization).unwrap_err();
    let told: Vec<_> = errors.iter().map(|one| (one.column.as_str(), one.code)).collect();
    assert_eq!(
        told,
        [
            ("title", "required"),
            ("scheduledStart", "invalid"),
            ("priority", "unknown_value"),
            ("locationId", "invalid"),
            ("budget", "invalid"),
        ]
    );
}

#[test]
fn rows_that_say_the_same_have_the_same_digest_and_others_have_not() {
    let digest = |text: &str| rows(text.as_bytes())[0].as_ref().unwrap().digest();
    let one = digest(&format!("{HEADER}\nA,{TIMES}\n"));
    let (start, end) = TIMES.split_once(',').unwrap();
    assert_eq!(one, digest(&format!("scheduledEnd,title,scheduledStart\n{end},A,{start}\n")));
    assert_ne!(one, digest(&format!("{HEADER}\nB,{TIMES}\n")));
    assert_ne!(one, digest(&format!("scheduledEnd,title,scheduledStart\n{start},A,{end}\n")));
}
