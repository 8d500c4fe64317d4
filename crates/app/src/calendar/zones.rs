//! What the clocks of a zone did: VTIMEZONE (RFC 5545, section 3.6.5).
//!
//! Of the zone that is compiled in, every transition in the span that is shown is written down, and the
//! one before it, each as an observance of its own. A rule that stands for all years would be shorter and
//! wrong wherever a government changes its mind.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Dst, Offset, TimeZone};
use rishi_domain::time::TimeRange;

use super::lines::Lines;

const LOCAL: &str = "%Y%m%dT%H%M%S";
/// Where a zone begins that has never changed.
const EVER: &str = "19700101T000000";

/// What a clock shows from some instant on.
struct Observance<'t> {
    from: Offset,
    to: Offset,
    dst: Dst,
    name: &'t str,
}

/// A local time as RFC 5545 writes it.
pub(super) fn local(time: DateTime) -> String {
    time.strftime(LOCAL).to_string()
}

/// An instant as RFC 5545 writes it.
pub(super) fn utc(instant: Timestamp) -> String {
    format!("{}Z", local(Offset::UTC.to_datetime(instant)))
}

/// The zone `name` in the span.
pub(super) fn put(lines: &mut Lines, name: &str, zone: &TimeZone, span: &TimeRange) {
    lines.put("BEGIN", "VTIMEZONE");
    lines.put("TZID", name);
    let first = zone.preceding(span.start).next().map(|change| change.timestamp());
    if first.is_none() {
        let info = zone.to_offset_info(span.start);
        let offset = info.offset();
        let (dst, name) = (info.dst(), info.abbreviation());
        observance(lines, EVER, &Observance { from: offset, to: offset, dst, name });
    }
    // The one before the span is found again from the instant before it.
    let second = jiff::SignedDuration::from_secs(1);
    let begin = first.map_or(span.start, |at| at.checked_sub(second).unwrap_or(at));
    for change in zone.following(begin).take_while(|change| change.timestamp() < span.end) {
        let at = change.timestamp();
        let from = zone.to_offset(at.checked_sub(second).unwrap_or(at));
        let (to, dst, name) = (change.offset(), change.dst(), change.abbreviation());
        let start = local(from.to_datetime(at));
        observance(lines, &start, &Observance { from, to, dst, name });
    }
    lines.put("END", "VTIMEZONE");
}

fn observance(lines: &mut Lines, start: &str, shown: &Observance) {
    let kind = if shown.dst.is_dst() { "DAYLIGHT" } else { "STANDARD" };
    lines.put("BEGIN", kind);
    lines.put("DTSTART", start);
    lines.put("TZOFFSETFROM", offset(shown.from));
    lines.put("TZOFFSETTO", offset(shown.to));
    lines.text("TZNAME", shown.name);
    lines.put("END", kind);
}

/// `+hhmm`, with seconds where there are some.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, all) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let (hours, minutes, rest) = (all / 3_600, all / 60 % 60, all % 60);
    let rest = if rest == 0 { String::new() } else { format!("{rest:02}") };
    format!("{sign}{hours:02}{minutes:02}{rest}")
}

#[cfg(test)]
mod tests {
    use rishi_domain::time::zone;

    use super::*;

    fn shown(name: &str, start: &str, end: &str) -> String {
        let instant = |text: &str| text.parse().unwrap();
        let span = TimeRange { start: instant(start), end: instant(end) };
        let mut lines = Lines::default();
        put(&mut lines, name, &zone(name).unwrap(), &span);
        lines.into_string().replace("\r\n", "\n")
    }

    #[test]
    fn every_change_in_the_span_and_the_one_before_are_told() {
        let text = shown("America/Denver", "2027-01-01T00:00:00Z", "2027-12-31T00:00:00Z");
        let starts: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("DTSTART:")).collect();
        assert_eq!(starts, ["20261101T020000", "20270314T020000", "20271107T020000"]);
        assert!(
            text.contains(
                "BEGIN:DAYLIGHT\nDTSTART:20270314T020000\nTZOFFSETFROM:-0700\nTZOFFSETTO:-0600\nTZNAME:MDT\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn a_change_at_the_edge_of_the_span_is_told_once() {
        let text = shown("America/Denver", "2027-03-14T09:00:00Z", "2027-04-01T00:00:00Z");
        assert_eq!(text.matches("DTSTART:20270314T020000").count(), 1, "{text}");
    }

    #[test]
    fn a_zone_that_never_changes_has_one_observance() {
        let text = shown("Etc/GMT+7", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        assert_eq!(text.matches("BEGIN:STANDARD").count(), 1, "{text}");
        assert!(text.contains("TZOFFSETFROM:-0700\nTZOFFSETTO:-0700\n"), "{text}");
    }

    #[test]
    fn an_offset_has_seconds_only_where_there_are_some() {
        assert_eq!(offset(Offset::from_seconds(-(7 * 3_600 + 30 * 60)).unwrap()), "-0730");
        assert_eq!(offset(Offset::from_seconds(19_408).unwrap()), "+052328");
        assert_eq!(offset(Offset::UTC), "+0000");
    }
}
