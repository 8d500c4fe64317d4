//! Histograms in the text format, which the recorder of a scrape cannot take as a whole: it wants each value.
//!
//! Label values here are routes and methods as they are declared, which need no escaping.

use std::fmt::Write;

use rishi_app::operations::storage::Distribution;

/// What is measured in: each value times this is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    /// Told as it is.
    Count,
    /// Counted in microseconds, told in seconds.
    Seconds,
}

impl Unit {
    fn text(self, value: u64) -> String {
        match self {
            Self::Count => value.to_string(),
            Self::Seconds => {
                let text = format!("{}.{:06}", value / 1_000_000, value % 1_000_000);
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
        }
    }
}

/// Writes one histogram with a series for each set of labels, e.g. `route="/livez"`.
pub(super) fn write(
    text: &mut String,
    name: &str,
    help: &str,
    unit: Unit,
    series: &[(String, Distribution)],
) {
    if series.is_empty() {
        return;
    }
    // Writing to a text cannot fail.
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} histogram\n");
    for (labels, distribution) in series {
        let comma = if labels.is_empty() { "" } else { "," };
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        for (bound, count) in &distribution.up_to {
            let bound = unit.text(*bound);
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {count}");
        }
        let (count, sum) = (distribution.count, unit.text(distribution.sum));
        let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum{braces} {sum}");
        let _ = writeln!(text, "{name}_count{braces} {count}");
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_told_in_seconds_with_a_last_one_for_all() {
        let distribution =
            Distribution { up_to: vec![(500, 1), (2_500_000, 3)], count: 4, sum: 12_000_001 };
        let mut text = String::new();
        let route = "route=\"/livez\"".to_owned();
        write(&mut text, "t", "Time.", Unit::Seconds, &[(route, distribution.clone())]);
        write(&mut text, "n", "Size.", Unit::Count, &[(String::new(), distribution)]);
        write(&mut text, "x", "Nothing.", Unit::Count, &[]);
        let expected = "# HELP t Time.
# TYPE t histogram
t_bucket{route=\"/livez\",le=\"0.0005\"} 1
t_bucket{route=\"/livez\",le=\"2.5\"} 3
t_bucket{route=\"/livez\",le=\"+Inf\"} 4
t_sum{route=\"/livez\"} 12.000001
t_count{route=\"/livez\"} 4

# HELP n Size.
# TYPE n histogram
n_bucket{le=\"500\"} 1
n_bucket{le=\"2500000\"} 3
n_bucket{le=\"+Inf\"} 4
n_sum 12000001
n_count 4

";
        assert_eq!(text, expected);
    }
}
