//! The languages that are built in: how instants are written, and what the platform's own words are
//! called.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

/// A language that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English; for everybody whose language is not built in.
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Spanish];

    /// ISO 639-1.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
        }
    }

    /// The built-in language of a tag such as `de-AT`; English for others.
    pub fn of(tag: &str) -> Self {
        let primary = primary(tag);
        Self::ALL.into_iter().find(|one| one.tag() == primary).unwrap_or(Self::English)
    }

    /// `Fri 3 Jul 2026, 06:00 MDT` on a clock of that zone. The zone is named, because bookings happen
    /// elsewhere and people travel.
    pub fn instant(self, at: Timestamp, zone: &str) -> Option<String> {
        let at = at.in_tz(zone).ok()?;
        Some(format!("{}, {}", self.date(at.date()), clock(&at)))
    }

    /// `Fri 3 Jul 2026`
    pub fn date(self, date: Date) -> String {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        let month = usize::try_from(date.month() - 1).unwrap_or_default();
        let (weekday, month) = (self.weekdays()[weekday], self.months()[month]);
        let (day, year) = (date.day(), date.year());
        match self {
            Self::German => format!("{weekday} {day}. {month} {year}"),
            Self::English | Self::Spanish => format!("{weekday} {day} {month} {year}"),
        }
    }

    const fn weekdays(self) -> [&'static str; 7] {
        match self {
            Self::English => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            Self::German => ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
            Self::Spanish => ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
        }
    }

    #[rustfmt::skip]
    const fn months(self) -> [&'static str; 12] {
        match self {
            Self::English => ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
                "Nov", "Dec"],
            Self::German => ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                "September", "Oktober", "November", "Dezember"],
            Self::Spanish => ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct",
                "nov", "dic"],
        }
    }

    /// What one of the platform's own words is called; a word that has no name here with spaces for
    /// its underscores.
    pub fn word(self, word: &str) -> String {
        let named = match self {
            Self::English => None,
            Self::German => find(&GERMAN, word),
            Self::Spanish => find(&SPANISH, word),
        };
        named.map_or_else(|| word.replace('_', " "), str::to_owned)
    }
}

/// The language of a tag, without region and script.
pub fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

fn clock(at: &Zoned) -> String {
    at.strftime("%H:%M %Z").to_string()
}

fn find(words: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    words.iter().find(|(own, _)| *own == word).map(|(_, named)| *named)
}

const GERMAN: [(&str, &str); 26] = [
    ("draft", "Entwurf"),
    ("pending_approval", "wartet auf Freigabe"),
    ("approved", "freigegeben"),
    ("confirmed", "bestätigt"),
    ("in_progress", "läuft"),
    ("completed", "abgeschlossen"),
    ("cancelled", "abgesagt"),
    ("on_hold", "zurückgestellt"),
    ("rejected", "abgelehnt"),
    ("cultivation", "Anbau"),
    ("manufacturing", "Herstellung"),
    ("retail", "Einzelhandel"),
    ("delivery", "Lieferung"),
    ("testing", "Prüfung"),
    ("distribution", "Vertrieb"),
    ("general", "Allgemeines"),
    ("low", "gering"),
    ("medium", "mittel"),
    ("high", "hoch"),
    ("urgent", "dringend"),
    ("assigned", "eingeteilt"),
    ("declined", "abgelehnt"),
    ("released", "freigestellt"),
    ("checked_in", "angekommen"),
    ("no_show", "nicht erschienen"),
    ("pending", "offen"),
];

const SPANISH: [(&str, &str); 26] = [
    ("draft", "borrador"),
    ("pending_approval", "pendiente de aprobación"),
    ("approved", "aprobada"),
    ("confirmed", "confirmada"),
    ("in_progress", "en curso"),
    ("completed", "completada"),
    ("cancelled", "cancelada"),
    ("on_hold", "en espera"),
    ("rejected", "rechazada"),
    ("cultivation", "cultivo"),
    ("manufacturing", "fabricación"),
    ("retail", "venta al público"),
    ("delivery", "entrega"),
    ("testing", "análisis"),
    ("distribution", "distribución"),
    ("general", "general"),
    ("low", "bajo"),
    ("medium", "medio"),
    ("high", "alto"),
    ("urgent", "urgente"),
    ("assigned", "asignado"),
    ("declined", "rechazado"),
    ("released", "liberado"),
    ("checked_in", "presente"),
    ("no_show", "no presentado"),
    ("pending", "pendiente"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_on_the_readers_clock_in_the_readers_language() {
        let at: Timestamp = "2026-07-03T12:00:00Z".parse().unwrap();
        let written = |language: Language, zone| language.instant(at, zone).unwrap();
        assert_eq!(written(Language::English, "America/Denver"), "Fri 3 Jul 2026, 06:00 MDT");
        assert_eq!(written(Language::German, "Europe/Berlin"), "Fr 3. Juli 2026, 14:00 CEST");
        assert_eq!(written(Language::Spanish, "Pacific/Auckland"), "sáb 4 jul 2026, 00:00 NZST");
        assert_eq!(Language::English.instant(at, "Nowhere/Land"), None);
    }

    #[test]
    fn a_tag_finds_its_language_and_english_is_for_all_others() {
        for (tag, language) in [
            ("de-AT", Language::German),
            ("ES", Language::Spanish),
            ("es_MX", Language::Spanish),
            ("en", Language::English),
            ("fr", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(tag), language, "{tag}");
        }
    }

    #[test]
    fn every_status_of_a_booking_has_a_name_in_every_language() {
        for status in rishi_domain::booking::BookingStatus::ALL {
            for words in [&GERMAN, &SPANISH] {
                assert!(find(words, status.as_str()).is_some(), "{status}");
            }
            assert!(!Language::English.word(status.as_str()).contains('_'));
        }
    }
}
