use super::*;

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[test]
fn ordinary_json_passes() {
    for text in [r#"{"a": [1, -2.5, null, true, "x"], "b": {"a": 1}}"#, "7", "\"\"", " {} "] {
        assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
    }
}

#[test]
fn a_key_that_stands_twice_is_found_at_any_depth() {
    let twice = |key: &str| Err(Fault::DuplicateKey(key.to_owned()));
    assert_eq!(check(br#"{"a": 1, "a": 2}"#), twice("a"));
    assert_eq!(check(br#"{"a": [{"b": 1, "c": 2, "b": 3}]}"#), twice("b"));
    assert_eq!(check(br#"{"a": 1, "\u0061": 2}"#), twice("a"), "escapes hide nothing");
}

#[test]
fn a_key_that_stands_twice_is_found_among_many() {
    let keys: Vec<String> = (0..50).map(|n| format!("\"k{n}\": {n}")).collect();
    assert_eq!(check(format!("{{{}}}", keys.join(",")).as_bytes()), Ok(()));
    let text = format!("{{{}, \"k3\": 0}}", keys.join(","));
    assert_eq!(check(text.as_bytes()), Err(Fault::DuplicateKey("k3".into())));
}

#[test]
fn the_thirty_third_level_is_one_too_many() {
    assert_eq!(check(nested(DEPTH).as_bytes()), Ok(()));
    assert_eq!(check(nested(DEPTH + 1).as_bytes()), Err(Fault::TooDeep));
    assert_eq!(check("[".repeat(100_000).as_bytes()), Err(Fault::TooDeep));
}

/// Draws that are the same every time.
struct Chance(u64);

impl Chance {
    fn draw(&mut self, most: u32) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(0x1234_5679);
        usize::try_from((self.0 >> 33) % u64::from(most)).unwrap()
    }

    fn of<T: Copy>(&mut self, from: [T; 4]) -> T {
        from[self.draw(4)]
    }

    /// JSON in which keys and depths often come close to what is wrong.
    fn json(&mut self, depth: usize, text: &mut String) {
        match self.draw(if depth > DEPTH + 2 { 3 } else { 10 }) {
            0 | 3 => text.push_str(self.of(["1", "-2.5e3", "null", "true"])),
            1 | 4 => text.push_str(self.of([r#""""#, r#""{,:""#, r#""\"}""#, r#""\\""#])),
            2 | 5 => text.push_str(self.of(["[]", "{}", " [ ] ", " { } "])),
            6 | 7 => {
                text.push('[');
                for number in 0..=self.draw(3) {
                    text.push_str(if number == 0 { "" } else { " ," });
                    self.json(depth + 1, text);
                }
                text.push(']');
            }
            _ => {
                let wide = if self.draw(20) == 0 { FEW - 1 } else { 0 };
                text.push('{');
                for number in 0..=self.draw(3) + wide {
                    text.push_str(if number == 0 { " " } else { "," });
                    match self.draw(16) {
                        0 => text.push_str(r#""k0""#),
                        1 => text.push_str(r#""\u006b0""#),
                        _ => text.extend(["\"k", &number.to_string(), "\""]),
                    }
                    text.push_str(" :");
                    // Only narrow objects go deep, so that there is an end to it.
                    self.json(if wide > 0 { DEPTH + 3 } else { depth + 1 }, text);
                }
                text.push('}');
            }
        }
    }
}

#[test]
fn what_looks_plain_has_nothing_wrong_with_it() {
    let (mut plain, mut sound, mut chance) = (0, 0, Chance(7));
    for _ in 0..20_000 {
        let mut text = String::new();
        chance.json(0, &mut text);
        let checked = check(text.as_bytes());
        assert!(!matches!(checked, Err(Fault::Syntax(_))), "{text}");
        if is_plain(text.as_bytes()) {
            assert_eq!(checked, Ok(()), "{text}");
            plain += 1;
        }
        sound += u32::from(checked.is_ok());
    }
    assert!(plain > 5_000 && sound > plain && sound < 20_000, "{plain} of {sound}");
    for text in [nested(DEPTH + 1), r#"{"a":{"b":1},"a":2}"#.into(), r#"[{"a":[],"a":{}}]"#.into()]
    {
        assert!(!is_plain(text.as_bytes()), "{text}");
    }
    for text in [nested(DEPTH), r#"{"a":{"a":["a",{"a":"a"}]},"b":"a","c":{"a":1}}"#.into()] {
        assert!(is_plain(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_is_not_json_is_refused_with_the_place() {
    for text in ["", "{", "{\"a\": }", "[1,]", "nul", "{} {}", "{'a': 1}", "\u{feff}{}"] {
        assert!(matches!(check(text.as_bytes()), Err(Fault::Syntax(_))), "{text}");
    }
    let Err(Fault::Syntax(message)) = check(b"{\n  \"a\": x\n}") else { panic!() };
    assert!(message.contains("line 2"), "{message}");
    assert!(matches!(check(b"\"\xff\""), Err(Fault::Syntax(_))), "not UTF-8");
}
