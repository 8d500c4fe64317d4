//! Texts of an organization's own instead of the built-in ones: one set for each kind and language.
//!
//! Here is decided how long they may be; whether they can be filled in is found out by who fills them in.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NotificationKind;
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, NotificationTemplateReset, NotificationTemplateSet, Unwritable};
use crate::id::OrganizationId;
use crate::time::to_microsecond;

/// Longest template of a title, in characters.
pub const TITLE_TEMPLATE_MAX: usize = 500;
/// Longest template of a text, in characters.
pub const TEXT_TEMPLATE_MAX: usize = 4_000;
/// Longest template of HTML, in characters.
pub const HTML_TEMPLATE_MAX: usize = 20_000;

/// Templates of what somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateTexts {
    /// One line: the title in the inbox, the subject of a mail.
    #[schemars(length(min = 1, max = TITLE_TEMPLATE_MAX), regex(pattern = r"\S"))]
    pub title: String,
    /// A sentence or two.
    #[schemars(length(min = 1, max = TEXT_TEMPLATE_MAX), regex(pattern = r"\S"))]
    pub text: String,
    /// What a mail shows instead of title and text; made of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = HTML_TEMPLATE_MAX))]
    pub html: Option<String>,
}

/// What an organization has set for a kind in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationTemplate {
    /// Whose.
    pub organization_id: OrganizationId,
    /// Of which kind.
    pub kind: NotificationKind,
    /// In which language: ISO 639, in lower case, without a region.
    pub language: String,
    /// The texts; nothing where the built-in ones hold.
    pub texts: Option<TemplateTexts>,
    /// When it was last set or reset.
    pub updated_at: Timestamp,
    /// How often it was; 0 for what never was.
    pub version: u64,
}

impl NotificationTemplate {
    /// What holds where nobody set anything.
    pub fn unset(
        organization_id: OrganizationId,
        kind: NotificationKind,
        language: String,
    ) -> Self {
        let updated_at = Timestamp::UNIX_EPOCH;
        Self { organization_id, kind, language, texts: None, updated_at, version: 0 }
    }

    fn changed(&self, texts: Option<TemplateTexts>, now: Timestamp) -> Self {
        let (updated_at, version) = (to_microsecond(now), self.version + 1);
        Self { texts, updated_at, version, ..self.clone() }
    }
}

/// Whether a text names a language as templates are kept by it.
pub fn is_template_language(text: &str) -> bool {
    matches!(text.len(), 2 | 3) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Sets texts of an organization's own.
pub fn put_template(
    before: &NotificationTemplate,
    texts: TemplateTexts,
    now: Timestamp,
) -> Result<Decision<NotificationTemplate>, Refusal> {
    let mut checks = Checks::new();
    checks.text("title", &texts.title, TITLE_TEMPLATE_MAX);
    checks.text("text", &texts.text, TEXT_TEMPLATE_MAX);
    if let Some(html) = &texts.html {
        checks.text("html", html, HTML_TEMPLATE_MAX);
    }
    checks.done()?;
    let state = before.changed(Some(texts.clone()), now);
    let fact = Fact::new(&NotificationTemplateSet {
        organization_id: state.organization_id,
        kind: state.kind,
        language: state.language.clone(),
        texts,
    })?;
    Ok(Decision::new(state, fact))
}

/// Brings the built-in texts back; nothing when they hold already.
pub fn reset_template(
    before: &NotificationTemplate,
    now: Timestamp,
) -> Result<Option<Decision<NotificationTemplate>>, Unwritable> {
    if before.texts.is_none() {
        return Ok(None);
    }
    let state = before.changed(None, now);
    let fact = Fact::new(&NotificationTemplateReset {
        organization_id: state.organization_id,
        kind: state.kind,
        language: state.language.clone(),
    })?;
    Ok(Some(Decision::new(state, fact)))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn unset() -> NotificationTemplate {
        let organization = OrganizationId(Uuid::nil());
        let kind = NotificationKind::BookingApproved;
        NotificationTemplate::unset(organization, kind, "de".to_owned())
    }

    fn texts(title: &str, html: Option<&str>) -> TemplateTexts {
        let html = html.map(str::to_owned);
        TemplateTexts { title: title.to_owned(), text: "Ja!".to_owned(), html }
    }

    #[test]
    fn what_is_set_can_be_reset_and_each_time_counts() {
        let now = Timestamp::UNIX_EPOCH;
        let set = put_template(&unset(), texts("Freigegeben", None), now).unwrap();
        assert_eq!((set.state.version, set.facts[0].event_type), (1, "NOTIFICATION_TEMPLATE_SET"));
        let reset = reset_template(&set.state, now).unwrap().unwrap();
        assert_eq!((reset.state.version, reset.state.texts.as_ref()), (2, None));
        assert!(reset_template(&reset.state, now).unwrap().is_none());
    }

    #[test]
    fn texts_have_limits() {
        let now = Timestamp::UNIX_EPOCH;
        for wrong in [
            texts(" ", None),
            texts(&"x".repeat(TITLE_TEMPLATE_MAX + 1), None),
            texts("x", Some("")),
            texts("x", Some(&"x".repeat(HTML_TEMPLATE_MAX + 1))),
        ] {
            assert!(matches!(put_template(&unset(), wrong, now), Err(Refusal::Invalid(_))));
        }
    }

    #[test]
    fn a_language_is_named_without_its_region() {
        assert!(["en", "de", "gsw"].into_iter().all(is_template_language));
        assert!(!["", "e", "EN", "en-US", "engl", "d1"].into_iter().any(is_template_language));
    }
}
