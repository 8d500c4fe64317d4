//! Tables that leave the platform and come in: CSV, read by another language's library.

mod command;
mod export;
mod import;
mod memory;

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::Value;

use crate::support::client::demand;
use crate::support::python::told_by;
use crate::support::{Answer, Client, drafts};

/// Exports and lets Python read it.
async fn exported(client: &Client, query: &str) -> Value {
    let answer = client.get(&format!("/api/bookings/export{query}")).await.is(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(answer.text.ends_with("\r\n"), "{}", answer.text);
    told_by("exchange/read.py", &answer.text)
}

/// The rows of an export.
fn rows(told: &Value) -> &Vec<Value> {
    told["rows"].as_array().expect("rows")
}

/// What stands in a column, row by row, sorted.
fn column(told: &Value, name: &str) -> Vec<String> {
    let cell = |row: &Value| row[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned();
    let mut cells: Vec<String> = rows(told).iter().map(cell).collect();
    cells.sort();
    cells
}

/// Whether there is a column.
fn has(told: &Value, name: &str) -> bool {
    told["header"].as_array().expect("a header").iter().any(|one| one == name)
}

/// A request to import a table.
fn asked(client: &Client, query: &str, table: &str) -> reqwest::RequestBuilder {
    client
        .request(Method::POST, &format!("/api/bookings/import{query}"))
        .header("Content-Type", "text/csv")
        .body(table.to_owned())
}

async fn import(client: &Client, query: &str, table: &str) -> Answer {
    demand(asked(client, query, table)).await
}

/// A header with the columns that a booking needs, and rows of a title and the hours from and to.
fn table(rows: &[(&str, i64, i64)]) -> String {
    let mut text = "title,scheduledStart,scheduledEnd\r\n".to_owned();
    for (title, from, to) in rows {
        let title = title.replace('"', "\"\"");
        let (from, to) = (drafts::hour(*from), drafts::hour(*to));
        write!(text, "\"{title}\",{from},{to}\r\n").unwrap();
    }
    text
}

/// Row, column and code of every error.
fn errors(list: &Value) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = list.as_array().unwrap_or_else(|| panic!("no errors: {list:#}"));
    for error in list {
        assert!(!text(&error["message"]).is_empty(), "{error:#}");
    }
    list.iter()
        .map(|one| (one["row"].as_u64().expect("a row"), text(&one["column"]), text(&one["code"])))
        .collect()
}

fn told(expected: &[(u64, &str, &str)]) -> Vec<(u64, String, String)> {
    expected.iter().map(|(row, column, code)| (*row, (*column).into(), (*code).into())).collect()
}
