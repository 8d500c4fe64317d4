//! GET /api/users/{id}/mail-address · POST /api/users/{id}/mail-address/reset

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::UserId;
use rishi_domain::notification::MailStanding;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id, Signed};
use crate::shared::Shared;

pub(super) fn describe_read(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readMailAddress").tag(super::TAG);
    let operation = operation.summary("How a person's e-mail address stands").description(
        "An address that refuses three mails in a row for good gets no more notifications, until it is \
         reset or the person has another.",
    );
    document::answers::<MailStanding>(operation, 200, "The address.")
}

pub(super) async fn read(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<UserId>,
) -> Reply {
    answer::json(&shared.app.mail_standing(&caller.principal, id).await?)
}

pub(super) fn describe_reset(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("resetMailAddress").tag(super::TAG);
    let operation = operation.summary("Say that a person's e-mail address is good again");
    let operation = operation
        .description("One's own, or that of somebody all of whose roles the caller may give.");
    document::answers::<MailStanding>(operation, 200, "The address.")
}

pub(super) async fn reset(
    State(shared): State<Shared>,
    Id(id): Id<UserId>,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let reply = |standing: &MailStanding| answer::done(standing);
    Ok(answer::send(shared.app.reset_mail_standing(&caller, id, reply).await?))
}
