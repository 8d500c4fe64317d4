//! What a path names.

use std::str::FromStr;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Parameter, PathStyle, ReferenceOr};
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use rishi_app::operations::LetterId;
use rishi_domain::id::{AssignmentId, BookingId, UserId, WebhookId};
use rishi_domain::notification::{NotificationKind, is_template_language};
use uuid::Uuid;

use crate::document;
use crate::problem::{Code, Problem};

/// The id named `id` in the path. A text that is no id names nothing, so the answer is the same
/// 404 as for an id that is not there.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(Code::NotFound, "there is nothing of this id");
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let found = parameters.iter().find(|(name, _)| *name == "id");
        let id = found.and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(not_found)
    }
}

impl<T> OperationInput for Id<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = schemars::json_schema!({ "type": "string", "format": "uuid" });
        describe(ctx, operation, "id", "Its id.", schema);
    }
}

/// An assignment of a booking: `id` and `assignmentId` in the path.
pub(crate) struct OnBooking(pub(crate) BookingId, pub(crate) AssignmentId);

impl<S: Send + Sync> FromRequestParts<S> for OnBooking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(Code::NotFound, "there is nothing of this id");
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let text = |wanted| {
            let mut found = parameters.iter().filter(|(name, _)| *name == wanted);
            found.next().map(|(_, text)| text).ok_or_else(not_found)
        };
        let booking = text("id")?.parse().map_err(|_| not_found())?;
        let assignment = text("assignmentId")?.parse().map_err(|_| not_found())?;
        Ok(Self(booking, assignment))
    }
}

impl OperationInput for OnBooking {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = || schemars::json_schema!({ "type": "string", "format": "uuid" });
        describe(ctx, operation, "id", "The booking's id.", schema());
        describe(ctx, operation, "assignmentId", "The assignment's id.", schema());
    }
}

/// A delivery to a webhook endpoint: `id` and `deliveryId` in the path.
pub(crate) struct DeliveryTo(pub(crate) WebhookId, pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for DeliveryTo {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(Code::NotFound, "there is nothing of this id");
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let text = |wanted| {
            let mut found = parameters.iter().filter(|(name, _)| *name == wanted);
            found.next().map(|(_, text)| text).ok_or_else(not_found)
        };
        let webhook = text("id")?.parse().map_err(|_| not_found())?;
        let event = text("deliveryId")?.parse().map_err(|_| not_found())?;
        Ok(Self(webhook, event))
    }
}

impl OperationInput for DeliveryTo {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = || schemars::json_schema!({ "type": "string", "format": "uuid" });
        describe(ctx, operation, "id", "The endpoint's id.", schema());
        describe(ctx, operation, "deliveryId", "The delivery's id: the event's.", schema());
    }
}

/// The person named `userId` in the path, within what `id` names.
pub(crate) struct UserOf(pub(crate) UserId);

impl<S: Send + Sync> FromRequestParts<S> for UserOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(Code::NotFound, "there is nothing of this id");
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let found = parameters.iter().find(|(name, _)| *name == "userId");
        let id = found.and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(not_found)
    }
}

impl OperationInput for UserOf {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = schemars::json_schema!({ "type": "string", "format": "uuid" });
        describe(ctx, operation, "userId", "The person's id.", schema);
    }
}

/// A kind of notification and a language: `kind` and `language` in the path.
pub(crate) struct Wording(pub(crate) NotificationKind, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Wording {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || {
            let detail = "there is no such kind of notification, or that is no language (ISO 639)";
            Problem::new(Code::NotFound, detail)
        };
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let text = |wanted| {
            let mut found = parameters.iter().filter(|(name, _)| *name == wanted);
            found.next().map(|(_, text)| text).ok_or_else(not_found)
        };
        let kind = NotificationKind::parse(text("kind")?).ok_or_else(not_found)?;
        let language = Some(text("language")?).filter(|text| is_template_language(text));
        Ok(Self(kind, language.ok_or_else(not_found)?.to_owned()))
    }
}

impl OperationInput for Wording {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let words = NotificationKind::ALL.map(NotificationKind::as_str);
        let kind = schemars::json_schema!({ "type": "string", "enum": words });
        describe(ctx, operation, "kind", "The kind of notification.", kind);
        let language = schemars::json_schema!({ "type": "string", "pattern": "^[a-z]{2,3}$" });
        describe(ctx, operation, "language", "The language, e.g. `de`.", language);
    }
}

/// The name called `name` in the path.
pub(crate) struct Name(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(Code::NotFound, "there is nothing of this name");
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let found = parameters.iter().find(|(name, _)| *name == "name");
        found.map(|(_, text)| Self(text.to_owned())).ok_or_else(not_found)
    }
}

impl OperationInput for Name {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        describe(ctx, operation, "name", "Its name.", schemars::json_schema!({ "type": "string" }));
    }
}

/// The dead letter whose name is called `id` in the path.
pub(crate) struct Letter(pub(crate) LetterId);

impl<S: Send + Sync> FromRequestParts<S> for Letter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Id::from_request_parts(parts, state).await.map(|Id(id)| Self(id))
    }
}

impl OperationInput for Letter {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = schemars::json_schema!({
            "type": "string", "pattern": "^[^/]+:[1-9][0-9]*$", "examples": ["booking-created:42"],
        });
        describe(ctx, operation, "id", "Its name: `<subscription>:<position>`.", schema);
    }
}

fn describe(
    ctx: &mut GenContext,
    operation: &mut Operation,
    name: &str,
    description: &str,
    schema: schemars::Schema,
) {
    operation.parameters.push(ReferenceOr::Item(Parameter::Path {
        parameter_data: document::parameter(name, description, true, schema),
        style: PathStyle::Simple,
    }));
    document::refuses(ctx, operation, &[404]);
}
