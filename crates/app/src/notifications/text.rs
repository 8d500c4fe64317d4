//! Filling templates in: title, message and HTML of what somebody is told.
//!
//! Organizations write templates of their own, so nothing is trusted: no includes and no macros, a bound
//! on time and memory (fuel), what a value holds is text and never markup or another template, and a
//! name that is not there is an error, which whoever puts the template is told of.
//!
//! Filters beside minijinja's own: `time` (an instant on the reader's clock), `date`, `word` (one of the
//! platform's words in the reader's language).

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, HtmlEscape, Output, State, UndefinedBehavior, Value,
};
use rishi_domain::notification::{NotificationKind, NotificationTemplate, TemplateTexts};
use serde_json::Map;

use super::builtin;
use super::facts::{self, Facts};
use super::language::{Language, primary};

/// What one text may cost: some 20,000 steps or 1.2 MB.
const FUEL: u64 = 20_000;
/// The longest title, in characters: what is longer is cut.
const TITLE_MAX: usize = 200;
/// The longest message, in characters.
const MESSAGE_MAX: usize = 4_000;
/// The longest HTML, in characters: what is longer is refused, since half of it would be broken.
const HTML_MAX: usize = 100_000;

/// Names of the texts; HTML is what is escaped.
const TITLE: &str = "title";
const MESSAGE: &str = "message";
const HTML: &str = "message.html";

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name {
        HTML => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.set_formatter(escaped);
    environment.remove_filter("safe");
    environment.add_filter("time", time);
    environment.add_filter("date", date);
    environment.add_filter("word", word);
    environment
});

/// The same with the built-in texts, compiled once, under [`name_of`].
static BUILT_IN: LazyLock<Result<Environment<'static>, Unfit>> = LazyLock::new(|| {
    let mut environment = ENVIRONMENT.clone();
    for (language, kind) in Language::ALL
        .into_iter()
        .flat_map(|language| NotificationKind::ALL.into_iter().map(move |kind| (language, kind)))
    {
        let (title, message) = builtin::texts(language, kind);
        for (part, name, source) in [("title", TITLE, title), ("text", MESSAGE, message)] {
            let added = environment.add_template_owned(name_of(language, kind, name), source);
            added.map_err(|error| Unfit { part, what: explain(&error) })?;
        }
    }
    Ok(environment)
});

/// Who reads it, as far as a text depends on it.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    /// The person's name.
    pub name: &'a str,
    /// The person's language tag.
    pub locale: &'a str,
    /// The zone of the person's clock.
    pub timezone: &'a str,
    /// The name of the organization on whose behalf.
    pub organization: &'a str,
}

/// What is filled in, as templates.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// One line.
    pub title: &'a str,
    /// A sentence or two.
    pub message: &'a str,
    /// The same as HTML, if it is not to be made from the message.
    pub html: Option<&'a str>,
}

impl<'a> From<&'a TemplateTexts> for Texts<'a> {
    fn from(own: &'a TemplateTexts) -> Self {
        Self { title: &own.title, message: &own.text, html: own.html.as_deref() }
    }
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// HTML, if there is a template for it.
    pub html: Option<String>,
}

/// A template that cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {what}")]
pub struct Unfit {
    /// `title`, `text` or `html`.
    pub part: &'static str,
    /// What is wrong, with the line where it is.
    pub what: String,
}

/// Fills templates in for a reader, in one of the built-in languages as far as words and dates go.
pub fn render(texts: Texts<'_>, facts: &Facts, reader: &Reader<'_>) -> Result<Rendered, Unfit> {
    let context = context(facts, reader);
    let fill = |part: &'static str, name: &str, source: &str| {
        let filled = ENVIRONMENT.render_named_str(name, source, context.clone());
        filled.map_err(|error| Unfit { part, what: explain(&error) })
    };
    let (title, message) =
        (fill("title", TITLE, texts.title)?, fill("text", MESSAGE, texts.message)?);
    let html = texts.html.map(|source| fill("html", HTML, source)).transpose()?;
    whole(Rendered::trimmed(&title, &message, html))
}

/// Refuses what nobody could read.
fn whole(rendered: Rendered) -> Result<Rendered, Unfit> {
    let unfit = |part, what: &str| Err(Unfit { part, what: what.to_owned() });
    let html = rendered.html.as_deref();
    if rendered.title.is_empty() {
        return unfit("title", "nothing comes out");
    }
    if rendered.message.is_empty() {
        return unfit("text", "nothing comes out");
    }
    if html.is_some_and(|html| html.trim().is_empty()) {
        return unfit("html", "nothing comes out");
    }
    if html.is_some_and(|html| html.chars().count() > HTML_MAX) {
        return unfit("html", "what comes out is too long");
    }
    Ok(rendered)
}

/// What somebody is told, and in whose words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The words.
    pub rendered: Rendered,
    /// Their language.
    pub language: String,
    /// Why the organization's own template could not be filled in, if it could not.
    pub template_error: Option<String>,
}

/// What a kind says to a reader: in the organization's own words for the reader's language, or for the one
/// that stands in for it, or else in the built-in ones. A template that cannot be filled in is told of and does
/// not keep anybody from being told.
pub fn told(
    own: &[NotificationTemplate],
    kind: NotificationKind,
    facts: &Facts,
    reader: &Reader<'_>,
) -> Result<Told, Unfit> {
    let built_in_language = Language::of(reader.locale).tag();
    let of = |language: &str| own.iter().find(|one| one.language == language);
    let set = of(&primary(reader.locale)).or_else(|| of(built_in_language));
    let set = set.and_then(|set| Some((set.language.clone(), Texts::from(set.texts.as_ref()?))));
    let mut template_error = None;
    if let Some((language, texts)) = set {
        match render(texts, facts, reader) {
            Ok(rendered) => return Ok(Told { rendered, language, template_error }),
            Err(unfit) => template_error = Some(unfit.to_string()),
        }
    }
    let rendered = built_in(kind, facts, reader)?;
    Ok(Told { rendered, language: built_in_language.to_owned(), template_error })
}

/// Fills templates in with the example of their kind, also without what may be missing.
pub fn check(
    texts: Texts<'_>,
    kind: NotificationKind,
    reader: &Reader<'_>,
) -> Result<Rendered, Unfit> {
    let rendered = render(texts, &facts::sample(kind), reader)?;
    let names = facts::optional(kind);
    if !names.is_empty() {
        render(texts, &facts::bare(kind), reader).map_err(|unfit| Unfit {
            what: format!("{} may be missing: {}", names.join(", "), unfit.what),
            ..unfit
        })?;
    }
    Ok(rendered)
}

/// What a kind says by itself.
pub fn built_in(
    kind: NotificationKind,
    facts: &Facts,
    reader: &Reader<'_>,
) -> Result<Rendered, Unfit> {
    let environment = BUILT_IN.as_ref().map_err(Clone::clone)?;
    let (language, context) = (Language::of(reader.locale), context(facts, reader));
    let fill = |part: &'static str, name: &str| {
        let template = environment.get_template(&name_of(language, kind, name));
        let filled = template.and_then(|template| template.render(context.clone()));
        filled.map_err(|error| Unfit { part, what: explain(&error) })
    };
    whole(Rendered::trimmed(&fill("title", TITLE)?, &fill("text", MESSAGE)?, None))
}

fn name_of(language: Language, kind: NotificationKind, part: &str) -> String {
    format!("{}/{}/{part}", language.tag(), kind.as_str())
}

impl Rendered {
    /// What was filled in, within its bounds.
    fn trimmed(title: &str, message: &str, html: Option<String>) -> Self {
        let (title, message) = (one_line(title, TITLE_MAX), cut(message.trim(), MESSAGE_MAX));
        Self { title, message, html }
    }
}

fn context(facts: &Facts, reader: &Reader<'_>) -> Value {
    let mut names: Map<String, serde_json::Value> = facts.values().clone();
    names.insert("recipient".to_owned(), serde_json::json!({ "name": reader.name }));
    names.insert("organization".to_owned(), serde_json::json!({ "name": reader.organization }));
    names.insert("timezone".to_owned(), reader.timezone.into());
    names.insert("language".to_owned(), Language::of(reader.locale).tag().into());
    Value::from(Serde(names))
}

/// Writes a value. In HTML all of it is escaped, whatever the template says of that: only what the
/// template itself holds is markup.
fn escaped(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if state.name() != HTML || value.is_safe() {
        return minijinja::escape_formatter(out, state, value);
    }
    write!(out, "{}", HtmlEscape(&value.to_string()))?;
    Ok(())
}

fn time(state: &State, text: &str) -> Result<String, Error> {
    let at: Timestamp = text.parse().map_err(|_| wrong("time", text))?;
    let zone = looked_up(state, "timezone");
    language(state).instant(at, &zone).ok_or_else(|| wrong("time", text))
}

fn date(state: &State, text: &str) -> Result<String, Error> {
    let date: Date = text.parse().map_err(|_| wrong("date", text))?;
    Ok(language(state).date(date))
}

fn word(state: &State, text: &str) -> String {
    language(state).word(text)
}

fn language(state: &State) -> Language {
    Language::of(&looked_up(state, "language"))
}

fn looked_up(state: &State, name: &str) -> String {
    state.lookup(name).map(|value| value.to_string()).unwrap_or_default()
}

fn wrong(filter: &str, text: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{text:?} is nothing for the filter {filter}"))
}

/// One sentence for whoever wrote the template.
fn explain(error: &Error) -> String {
    let what = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "the template takes too long or makes too much".to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    match error.line() {
        Some(line) => format!("{what} (line {line})"),
        None => what,
    }
}

fn one_line(text: &str, most: usize) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
