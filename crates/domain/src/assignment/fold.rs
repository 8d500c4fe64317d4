//! Assignments from their booking's events.

use serde_json::value::RawValue;

use super::Assignment;
use crate::event::{
    AssignedStaff, AssignmentStatusChanged, BookingSettled, Payload, ReadError,
    StaffAssignedToBooking, StaffCheckedIn, StaffCheckedOut, StaffReleasedFromBooking, read,
};

/// The assignments that one event tells of, as they were after it; none when it tells of none.
pub fn told(
    event_type: &str,
    schema_version: u16,
    data: &RawValue,
) -> Result<Vec<Assignment>, ReadError> {
    let one = |assigned: AssignedStaff| vec![assigned.assignment];
    let all = |assigned: Vec<AssignedStaff>| {
        assigned.into_iter().map(|one| one.assignment).collect::<Vec<_>>()
    };
    Ok(match event_type {
        StaffAssignedToBooking::TYPE => {
            all(read::<StaffAssignedToBooking>(schema_version, data)?.assignments)
        }
        StaffReleasedFromBooking::TYPE => {
            all(read::<StaffReleasedFromBooking>(schema_version, data)?.assignments)
        }
        BookingSettled::TYPE => all(read::<BookingSettled>(schema_version, data)?.assignments),
        AssignmentStatusChanged::TYPE => {
            one(read::<AssignmentStatusChanged>(schema_version, data)?.assignment)
        }
        StaffCheckedIn::TYPE => one(read::<StaffCheckedIn>(schema_version, data)?.assignment),
        StaffCheckedOut::TYPE => one(read::<StaffCheckedOut>(schema_version, data)?.assignment),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{CATALOGUE, Example, Fact};

    #[test]
    fn every_event_that_tells_of_an_assignment_is_read() {
        let example = |event: &crate::event::EventDescription| -> serde_json::Value {
            let text = event.example_of(event.version).unwrap().unwrap();
            serde_json::from_str(text.get()).unwrap()
        };
        for event in CATALOGUE.iter().filter(|event| event.subject == "booking") {
            let data = &example(event)["data"];
            // Events that ask for something carry no booking, or no assignment beside it.
            let tells = data["booking"]["version"].is_u64()
                && (data["assignment"]["version"].is_u64() || data["assignments"].is_array());
            let raw = serde_json::value::to_raw_value(data).unwrap();
            let told = told(event.event_type, event.version, &raw).unwrap();
            assert_eq!(!told.is_empty(), tells, "{}", event.event_type);
        }
    }

    #[test]
    fn an_assignment_is_read_as_it_was_written() {
        let payload = StaffCheckedIn::example();
        let fact = Fact::new(&payload).unwrap();
        let told = told(fact.event_type, fact.schema_version, &fact.data).unwrap();
        assert_eq!(told, [payload.assignment.assignment]);
    }
}
