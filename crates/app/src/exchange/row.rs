//! A row as the command that makes a booking.

use jiff::Timestamp;
use rishi_domain::booking::create::CreateBooking;
use rishi_domain::booking::{ActivityType, OperationType, Priority};
use rishi_domain::error::FieldError;
use rishi_domain::id::OrganizationId;
use rishi_domain::money::Money;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::table::Cells;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowError {
    /// Which row, as a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// Which column; empty when it is about the row as a whole.
    pub column: String,
    /// A stable word for programs.
    pub code: &'static str,
    /// One sentence for people.
    pub message: String,
}

impl RowError {
    pub(super) fn new(
        row: u64,
        column: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { row, column: column.into(), code, message: message.into() }
    }

    pub(super) fn of(row: u64, field: FieldError) -> Self {
        Self { row, column: field.field, code: field.code, message: field.message }
    }
}

/// A row that says what a booking needs to be made.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which row.
    pub row: u64,
    /// What it asks for.
    pub command: CreateBooking,
}

macro_rules! fields {
    ($($name:ident $column:literal),* $(,)?) => {
        /// A column that a booking is made of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Field { $($name),* }

        impl Field {
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$name => $column),* }
            }
        }
    };
}

fields! {
    OrganizationId "organizationId",
    Title "title",
    Description "description",
    OperationType "operationType",
    ActivityType "activityType",
    Priority "priority",
    LocationId "locationId",
    ScheduledStart "scheduledStart",
    ScheduledEnd "scheduledEnd",
    Timezone "timezone",
    Budget "budget",
    Requirements "requirements",
    StaffRequirements "staffRequirements",
    EquipmentRequirements "equipmentRequirements",
    Notes "notes",
}

impl Field {
    /// Without which there is no booking.
    pub(super) const REQUIRED: [Self; 3] = [Self::Title, Self::ScheduledStart, Self::ScheduledEnd];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

/// Reads cells, and remembers which cannot be read.
struct Reader<'c> {
    cells: &'c Cells,
    errors: Vec<RowError>,
}

impl Reader<'_> {
    fn text(&self, field: Field) -> Option<String> {
        self.cells.filled.iter().find(|(one, _)| *one == field).map(|(_, text)| text.clone())
    }

    /// What a cell stands for; nothing when it is empty, or unreadable.
    fn value<T>(
        &mut self,
        field: Field,
        code: &'static str,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(field)?;
        let value = read(text.trim());
        if value.is_none() {
            self.refuse(field, code, format!("this must be {what}"));
        }
        value
    }

    fn json<T: DeserializeOwned>(&mut self, field: Field) -> Option<T> {
        let text = self.text(field)?;
        let read = serde_json::from_str(&text).ok();
        if read.is_none() {
            let message = if serde_json::from_str::<IgnoredAny>(&text).is_ok() {
                "this is JSON, but not of the shape that the field has when a booking is created"
            } else {
                "this must be JSON, as in {\"count\": 2}"
            };
            self.refuse(field, "invalid", message.to_owned());
        }
        read
    }

    fn required<T>(&mut self, field: Field, value: Option<T>) -> Option<T> {
        if value.is_none() && self.text(field).is_none() {
            self.refuse(field, "required", format!("{} is required", field.name()));
        }
        value
    }

    fn refuse(&mut self, field: Field, code: &'static str, message: String) {
        self.errors.push(RowError::new(self.cells.row, field.name(), code, message));
    }
}

fn one_of<T: Copy>(words: &[T], word: impl Fn(T) -> &'static str) -> String {
    let words: Vec<&str> = words.iter().map(|one| word(*one)).collect();
    format!("one of {}", words.join(", "))
}

/// The command of a row, for `organization` unless the row names another.
pub(super) fn command(
    cells: &Cells,
    organization: OrganizationId,
) -> Result<Candidate, Vec<RowError>> {
    const INSTANT: &str = "an instant with its offset, such as 2027-05-03T15:00:00Z";
    const UUID: &str = "a UUID";
    let mut read = Reader { cells, errors: Vec::new() };
    let instant = |text: &str| text.parse::<Timestamp>().ok();
    let title = read.text(Field::Title);
    let title = read.required(Field::Title, title);
    let start = read.value(Field::ScheduledStart, "invalid", INSTANT, instant);
    let start = read.required(Field::ScheduledStart, start);
    let end = read.value(Field::ScheduledEnd, "invalid", INSTANT, instant);
    let end = read.required(Field::ScheduledEnd, end);
    let own = read.value(Field::OrganizationId, "invalid", UUID, |text| text.parse().ok());
    let operations = one_of(&OperationType::ALL, OperationType::as_str);
    let activities = one_of(&ActivityType::ALL, ActivityType::as_str);
    let priorities = one_of(&Priority::ALL, Priority::as_str);
    let amount = "an amount such as 1250.5, with at most two decimals and a point before them";
    let (operation_type, activity_type, priority, location_id, budget) = (
        read.value(Field::OperationType, "unknown_value", &operations, OperationType::parse),
        read.value(Field::ActivityType, "unknown_value", &activities, ActivityType::parse),
        read.value(Field::Priority, "unknown_value", &priorities, Priority::parse),
        read.value(Field::LocationId, "invalid", UUID, |text| text.parse().ok()),
        read.value(Field::Budget, "invalid", amount, |text| Money::parse(text).ok()),
    );
    let (requirements, staff_requirements, equipment_requirements) = (
        read.json(Field::Requirements),
        read.json(Field::StaffRequirements),
        read.json(Field::EquipmentRequirements),
    );
    let (description, timezone, notes) =
        (read.text(Field::Description), read.text(Field::Timezone), read.text(Field::Notes));
    let (Some(title), Some(scheduled_start), Some(scheduled_end), true) =
        (title, start, end, read.errors.is_empty())
    else {
        return Err(read.errors);
    };
    let command = CreateBooking {
        organization_id: own.unwrap_or(organization),
        title,
        description,
        operation_type,
        activity_type,
        priority,
        location_id,
        scheduled_start,
        scheduled_end,
        timezone,
        budget,
        requirements,
        staff_requirements,
        equipment_requirements,
        notes,
    };
    Ok(Candidate { row: cells.row, command })
}
