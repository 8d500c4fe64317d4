//! Texts of an organization's own: set by those who may change its settings, tried out on an example first.

use rishi_domain::event::told_from;
use rishi_domain::id::OrganizationId;
use rishi_domain::notification::{
    NotificationKind, NotificationTemplate, TemplateTexts, put_template, reset_template,
};
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;

use super::builtin;
use super::language::Language;
use super::text::{self, Reader, Rendered, Texts};
use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::members::active;
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/notifications";

/// The texts of a kind in a language that hold for an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The texts, as templates.
    pub texts: TemplateTexts,
    /// What the organization has set, and how often.
    pub set: NotificationTemplate,
}

impl Holding {
    fn of(set: NotificationTemplate) -> Self {
        let texts = set.texts.clone().unwrap_or_else(|| {
            let (title, text) = builtin::texts(Language::of(&set.language), set.kind);
            TemplateTexts { title: title.to_owned(), text: text.to_owned(), html: None }
        });
        Self { texts, set }
    }
}

impl App {
    /// Everything that an organization has set, by kind and language.
    pub async fn notification_templates(
        &self,
        principal: &Principal,
        id: OrganizationId,
    ) -> Result<Vec<Holding>, Error> {
        self.worded_organization(principal, id).await?;
        let set = self.store.notification_templates(id, None).await?;
        Ok(set.into_iter().map(Holding::of).collect())
    }

    /// The texts that hold for a kind in a language.
    pub async fn notification_template(
        &self,
        principal: &Principal,
        id: OrganizationId,
        kind: NotificationKind,
        language: String,
    ) -> Result<Holding, Error> {
        self.worded_organization(principal, id).await?;
        Ok(Holding::of(self.set_for(id, kind, language).await?))
    }

    /// Sets texts, if they can be filled in.
    pub async fn put_notification_template(
        &self,
        caller: &Caller,
        (id, kind, language): (OrganizationId, NotificationKind, String),
        if_match: Option<u64>,
        texts: TemplateTexts,
        reply: fn(&Holding) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let organization = self.worded_organization(&caller.principal, id).await?;
        active(&caller.principal, &organization)?;
        let before = self.set_for(id, kind, language).await?;
        matches(if_match, before.version)?;
        let decision = put_template(&before, texts, self.now())?;
        if let Some(texts) = &decision.state.texts {
            tried(&caller.principal, &organization, (kind, &before.language), texts)?;
        }
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = self.worded(caller, &decision.state, facts);
        let answer = reply(&Holding::of(decision.state))?;
        let eyes = Capability::WriteOrganizationSettings;
        self.finish(caller, eyes, commit, answer, if_match.is_some()).await
    }

    /// Brings the built-in texts back.
    pub async fn reset_notification_template(
        &self,
        caller: &Caller,
        (id, kind, language): (OrganizationId, NotificationKind, String),
        if_match: Option<u64>,
        done: Answer,
    ) -> Result<Answer, Error> {
        let organization = self.worded_organization(&caller.principal, id).await?;
        active(&caller.principal, &organization)?;
        let before = self.set_for(id, kind, language).await?;
        matches(if_match, before.version)?;
        let Some(decision) = reset_template(&before, self.now())? else { return Ok(done) };
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = self.worded(caller, &decision.state, facts);
        let eyes = Capability::WriteOrganizationSettings;
        self.finish(caller, eyes, commit, done, if_match.is_some()).await
    }

    /// What texts come to with the example of their kind. Nothing is changed.
    pub async fn preview_notification_template(
        &self,
        principal: &Principal,
        (id, kind, language): (OrganizationId, NotificationKind, String),
        texts: TemplateTexts,
    ) -> Result<Rendered, Error> {
        let organization = self.worded_organization(principal, id).await?;
        let unset = NotificationTemplate::unset(id, kind, language);
        let decision = put_template(&unset, texts, self.now())?;
        let texts = decision.state.texts.as_ref().ok_or(Error::NotFound("template"))?;
        tried(principal, &organization, (kind, &unset.language), texts)
    }

    /// An organization whose words the caller may choose.
    async fn worded_organization(
        &self,
        principal: &Principal,
        id: OrganizationId,
    ) -> Result<Organization, Error> {
        let organization = self.organization(principal, id).await?;
        if !principal.scope(Capability::WriteOrganizationSettings).covers(id) {
            return Err(Error::Forbidden("change this organization's texts"));
        }
        Ok(organization)
    }

    async fn set_for(
        &self,
        id: OrganizationId,
        kind: NotificationKind,
        language: String,
    ) -> Result<NotificationTemplate, Error> {
        let set = self.store.notification_template(id, kind, &language).await?;
        Ok(set.unwrap_or_else(|| NotificationTemplate::unset(id, kind, language)))
    }

    fn worded(
        &self,
        caller: &Caller,
        state: &NotificationTemplate,
        facts: Vec<rishi_domain::event::Fact>,
    ) -> Commit {
        let id = state.organization_id;
        let place =
            Place { source: SOURCE, subject: subject::organization(id), organization: Some(id) };
        Commit {
            events: self.tell(&place, &Cause::from(caller), self.now(), facts),
            changes: vec![Change::Template(Box::new(state.clone()))],
            ..Commit::default()
        }
    }
}

/// What the texts come to, or what is wrong with which of them.
fn tried(
    principal: &Principal,
    organization: &Organization,
    (kind, language): (NotificationKind, &str),
    texts: &TemplateTexts,
) -> Result<Rendered, Error> {
    let reader = Reader {
        name: principal.display_name(),
        locale: language,
        timezone: &organization.timezone,
        organization: &organization.name,
    };
    text::check(Texts::from(texts), kind, &reader)
        .map_err(|unfit| Error::invalid(unfit.part, "template", unfit.what))
}
