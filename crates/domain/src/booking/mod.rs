//! Bookings: what is to be done, where, when and by whom.
//!
//! [`due`] tells when something about one falls due. The decisions live beside this file, one each: [`mod@create`], [`mod@edit`],
//! [`mod@transition`]. Each takes the present state and a command and answers a new state with the
//! events that tell of it, or a refusal. None reads a clock or a database.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{BookingId, LocationId, OrganizationId, UserId};
use crate::money::Money;
use crate::series::SeriesReference;
use crate::time::TimeRange;

pub mod create;
pub mod due;
pub mod edit;
mod fold;
mod metadata;
mod operation_type;
mod place;
mod requirements;
mod status;
pub mod transition;
pub mod validate;

pub use create::{CreateBooking, CreateError, Given, create};
pub use edit::{EditBooking, EditError, edit};
pub use fold::{FoldError, fold, snapshot};
pub use metadata::{CreationFigures, StatusChangeFigures, complexity_score};
pub use operation_type::{OperationType, suggest};
pub use requirements::{RoleRequirement, SkillLevel, StaffRequirements};
pub use status::BookingStatus;
pub use transition::{
    ChangeStatus, ImpactLevel, TransitionError, TransitionGiven, TransitionType, transition,
};

words! {
    /// What is celebrated, taught or sold.
    #[expect(missing_docs, reason = "the field's own words say it")]
    pub enum ActivityType {
        ProductDemo = "product_demo",
        ProductPromotion = "product_promotion",
        PrivateParty = "private_party",
        StaffTraining = "staff_training",
        BrandActivation = "brand_activation",
        EducationalSession = "educational_session",
        DispensaryOpening = "dispensary_opening",
        TradeShow = "trade_show",
        CustomerExperience = "customer_experience",
    }
}

words! {
    /// How urgent a booking is.
    #[derive(Default)]
    #[expect(missing_docs, reason = "the words say it")]
    pub enum Priority {
        Low = "low",
        #[default]
        Medium = "medium",
        High = "high",
        Urgent = "urgent",
    }
}

/// A booking as stored and as shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// One line, 1–200 characters.
    pub title: String,
    /// As long as it takes, up to 10,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The branch of work.
    pub operation_type: OperationType,
    /// The kind of occasion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityType>,
    /// How urgent it is.
    pub priority: Priority,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<LocationId>,
    /// First instant.
    pub scheduled_start: Timestamp,
    /// First instant after.
    pub scheduled_end: Timestamp,
    /// IANA zone of the clock that people there read.
    pub timezone: String,
    /// What it may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// What it did cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_cost: Option<Money>,
    /// What else must be so: any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirements: Option<Value>,
    /// Who is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_requirements: Option<StaffRequirements>,
    /// What equipment is needed: any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equipment_requirements: Option<Value>,
    /// Where in its life it stands.
    pub status: BookingStatus,
    /// The newest remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The series that it is an occurrence of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesReference>,
    /// Who made it.
    pub created_by: UserId,
    /// Who handed it in for approval, once someone has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

impl Booking {
    /// When it happens.
    pub fn range(&self) -> TimeRange {
        TimeRange { start: self.scheduled_start, end: self.scheduled_end }
    }

    /// The booking at its next version, after something that belongs to it has changed.
    #[must_use]
    pub fn touched(&self, now: Timestamp) -> Self {
        Self { updated_at: now, version: self.version + 1, ..self.clone() }
    }
}
