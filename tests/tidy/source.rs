//! Just enough understanding of Rust to tell code from comments, texts and tests.

/// The same text, every character of a comment or of a string's inside replaced by a space, so that
/// lines and columns stay.
pub(super) fn blanked(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, out.chars().next_back());
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (hidden, after) = rest.split_at(length);
            out.extend(hidden.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    out
}

/// How many bytes from here are a comment, a string or a character; 0 when it is code.
fn skipped(text: &str, before: Option<char>) -> usize {
    let in_a_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    if text.starts_with('"') {
        return string(text);
    }
    if !in_a_name && let Some(length) = raw_string(text) {
        return length;
    }
    if text.starts_with('\'') { character(text) } else { 0 }
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let here = &text[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let start = text.len() - after.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// `'a'`, `'\n'`, `'\''`; a lifetime is code.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            let inside = at + c.len_utf8();
            text[inside..].find('\'').map_or(0, |end| inside + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

/// Code that was [`blanked`], without the items under `#[cfg(test)]` and `#[test]`.
pub(super) fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = ["#[cfg(test)]", "#[test]"].iter().filter_map(|mark| rest.find(mark)).min()
    {
        let (before, item) = rest.split_at(at);
        let (item, after) = item.split_at(item_length(item));
        out.push_str(before);
        out.extend(item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out + rest
}

/// Up to the brace that closes the item's first one, or to its semicolon.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    let mut brackets = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            '[' | '(' => brackets += 1,
            ']' | ')' => brackets = brackets.saturating_sub(1),
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 && brackets == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

#[test]
fn comments_and_texts_are_no_code() {
    let source = r##"let a = "x.unwrap()"; // b.unwrap()
/* c.unwrap() /* nested */ .unwrap() */ let d = r#"e.unwrap()"#;
let quote = '"'; f.unwrap(); let escaped = "\".unwrap()"; let tick = '\''; g.unwrap();
fn h<'a>(x: &'a str) { x.unwrap() }
"##;
    let code = blanked(source);
    assert_eq!(code.lines().count(), source.lines().count());
    let found: Vec<usize> = code.lines().map(|line| line.matches(".unwrap()").count()).collect();
    assert_eq!(found, [0, 0, 2, 1], "{code}");
}

#[test]
fn tests_are_not_shipped() {
    let source = "fn a() { x.unwrap(); }\n#[cfg(test)]\nmod tests {\n fn b() { y.unwrap() }\n}\n\
                  #[cfg(test)]\nmod more;\nfn c() { z.unwrap(); }\n#[test]\nfn d() { w.unwrap() }\n";
    let code = without_tests(&blanked(source));
    assert_eq!(code.lines().count(), source.lines().count());
    let lines: Vec<usize> = code
        .lines()
        .enumerate()
        .filter(|(_, l)| l.contains("unwrap"))
        .map(|(i, _)| i + 1)
        .collect();
    assert_eq!(lines, [1, 8]);
}
