//! The table of problem codes: status, stable word and title.

use http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $word:literal, $title:literal;)*) => {
        /// What kind of problem it is. The words are stable: programs branch on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The HTTP status.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The stable word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What the code means, the same for every occurrence.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    ValidationFailed = BAD_REQUEST, "validation_failed", "The request breaks rules";
    MalformedJson = BAD_REQUEST, "malformed_json", "The body is not JSON";
    InvalidBody = BAD_REQUEST, "invalid_body", "The body cannot be accepted";
    ImportRefused = BAD_REQUEST, "import_refused", "Rows cannot be imported";
    BadRequest = BAD_REQUEST, "bad_request", "The request cannot be understood";
    LinkInvalid = BAD_REQUEST, "link_invalid", "The link does not work any more";
    SignInLost = BAD_REQUEST, "sign_in_lost", "The sign-in cannot be gone on with";
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "Sign in first";
    InvalidCredentials = UNAUTHORIZED, "invalid_credentials", "E-mail address or password is wrong";
    SessionRequired = FORBIDDEN, "session_required", "A token cannot do this";
    SignInRefused = FORBIDDEN, "sign_in_refused", "You are not let in";
    Forbidden = FORBIDDEN, "forbidden", "Not allowed";
    CrossSite = FORBIDDEN, "cross_site", "Another site sent the request";
    NotFound = NOT_FOUND, "not_found", "Not found";
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not allowed here";
    RequestTimeout = REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive";
    LocationConflict = CONFLICT, "location_conflict", "The location is already booked";
    StaffUnavailable = CONFLICT, "staff_unavailable", "A staff member is not available";
    BookingNotBegun = CONFLICT, "booking_not_begun", "The booking has not begun";
    VersionConflict = CONFLICT, "version_conflict", "Somebody else changed it";
    InvalidStatusTransition = CONFLICT, "invalid_status_transition", "The lifecycle has no such step";
    BookingClosed = CONFLICT, "booking_closed", "The booking is final";
    SeriesOver = CONFLICT, "series_over", "Nothing of the series is still to come";
    LeaveDecided = CONFLICT, "leave_decided", "There is nothing to decide about this block";
    OrganizationSuspended = CONFLICT, "organization_suspended", "The organization is suspended";
    LastAdministrator = CONFLICT, "last_administrator", "Nobody would be left to run the platform";
    EmailInUse = CONFLICT, "email_in_use", "The e-mail address is in use";
    Duplicate = CONFLICT, "duplicate", "The value is in use";
    WebhookDisabled = CONFLICT, "webhook_disabled", "The webhook endpoint is disabled";
    TooManyTokens = CONFLICT, "too_many_tokens", "There are as many tokens as may be";
    TooManyWebhooks = CONFLICT, "too_many_webhooks", "There are as many webhook endpoints as may be";
    TooManyCalendarFeeds = CONFLICT, "too_many_calendar_feeds",
        "There are as many calendar feeds as may be";
    OptimizationRunning = CONFLICT, "optimization_running", "A plan is being searched";
    PlanNotReady = CONFLICT, "plan_not_ready", "The plan cannot be put into force";
    PlanStale = CONFLICT, "plan_stale", "What the plan rests on has changed";
    OrderRefused = CONFLICT, "order_refused", "The order cannot be carried out now";
    PreconditionFailed = PRECONDITION_FAILED, "precondition_failed", "Another version is current";
    PayloadTooLarge = PAYLOAD_TOO_LARGE, "payload_too_large", "The body is too large";
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be JSON";
    UriTooLong = URI_TOO_LONG, "uri_too_long", "The address is too long";
    HeadTooLarge = REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large", "The request's head is too large";
    UnknownReference = UNPROCESSABLE_ENTITY, "unknown_reference", "Something referred to does not exist";
    SkillsMissing = UNPROCESSABLE_ENTITY, "skills_missing", "Skills or certifications are missing";
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY, "idempotency_key_reused",
        "The idempotency key was used for another request";
    PreconditionRequired = PRECONDITION_REQUIRED, "precondition_required", "If-Match is required";
    RateLimited = TOO_MANY_REQUESTS, "rate_limited", "Too many requests";
    TooManyStreams = TOO_MANY_REQUESTS, "too_many_streams", "Too many open streams";
    TooManyAttempts = TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts to sign in";
    Internal = INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side";
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "Try again later";
}

impl Code {
    /// The code that a bare status stands for.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::URI_TOO_LONG => Self::UriTooLong,
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::HeadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            other if other.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}
