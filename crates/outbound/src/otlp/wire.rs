//! Spans as a collector takes them.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use rishi_app::trace::StepKind;

/// One request with all of them.
pub(super) fn request(spans: Vec<super::Span>) -> ExportTraceServiceRequest {
    let version = env!("CARGO_PKG_VERSION");
    let attributes = [("service.name", "rishi"), ("service.version", version)];
    let attributes = attributes.map(|(key, value)| text(key, value.to_owned())).into();
    let resource = Resource { attributes, ..Resource::default() };
    let scope = InstrumentationScope {
        name: "rishi".to_owned(),
        version: version.to_owned(),
        ..InstrumentationScope::default()
    };
    let spans = spans.into_iter().map(span).collect();
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
    let resource = Some(resource);
    let resource_spans = vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }
}

fn span(span: super::Span) -> Span {
    let kind = match span.kind {
        StepKind::Server => SpanKind::Server,
        StepKind::Internal => SpanKind::Internal,
        StepKind::Consumer => SpanKind::Consumer,
        StepKind::Client => SpanKind::Client,
    };
    let status = span.failure.map(|message| {
        let code = StatusCode::Error.into();
        Status { message, code }
    });
    let nanos = |at: jiff::Timestamp| u64::try_from(at.as_nanosecond()).unwrap_or_default();
    Span {
        trace_id: span.context.trace.to_vec(),
        span_id: span.context.span.to_vec(),
        parent_span_id: span.parent.map(|id| id.to_vec()).unwrap_or_default(),
        name: span.name,
        kind: kind.into(),
        start_time_unix_nano: nanos(span.begun),
        end_time_unix_nano: nanos(span.ended),
        attributes: span.notes.into_iter().map(|(key, value)| text(key, value)).collect(),
        status,
        ..Span::default()
    }
}

fn text(key: &str, value: String) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value)) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}
