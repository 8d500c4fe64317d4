//! The branch of work that a booking belongs to, and a guess at it.

words! {
    /// The branch of work.
    pub enum OperationType {
        /// Growing plants.
        Cultivation = "cultivation",
        /// Making products.
        Manufacturing = "manufacturing",
        /// Selling in a shop.
        Retail = "retail",
        /// Bringing goods to customers.
        Delivery = "delivery",
        /// Laboratory work.
        Testing = "testing",
        /// Moving goods between businesses.
        Distribution = "distribution",
        /// Anything else.
        General = "general",
    }
}

/// Words that speak for a branch; the first row with a word in the title wins.
const HINTS: &[(&[&str], OperationType)] = &[
    (&["cultivation", "grow"], OperationType::Cultivation),
    (&["manufacturing", "processing"], OperationType::Manufacturing),
    (&["dispensary", "retail"], OperationType::Retail),
    (&["delivery"], OperationType::Delivery),
    (&["testing", "lab"], OperationType::Testing),
    (&["distribution"], OperationType::Distribution),
];

/// The branch that a title speaks of, for bookings whose author did not state one.
///
/// Only whole words count, in any case: "Lab day" is testing, "Label launch" is general. A word is
/// a run of letters and digits of any script.
pub fn suggest(title: &str) -> OperationType {
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    HINTS
        .iter()
        .find(|(hints, _)| hints.iter().any(|hint| words.contains(hint)))
        .map_or(OperationType::General, |(_, branch)| *branch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_speak_for_their_branch() {
        let expected = [
            ("Cultivation audit", OperationType::Cultivation),
            ("GROW room visit", OperationType::Cultivation),
            ("Manufacturing review", OperationType::Manufacturing),
            ("processing line", OperationType::Manufacturing),
            ("Dispensary opening", OperationType::Retail),
            ("pop-up (retail)", OperationType::Retail),
            ("Same-day delivery", OperationType::Delivery),
            ("Batch testing", OperationType::Testing),
            ("Lab day", OperationType::Testing),
            ("distribution kick-off", OperationType::Distribution),
        ];
        for (title, branch) in expected {
            assert_eq!(suggest(title), branch, "{title}");
        }
    }

    #[test]
    fn parts_of_words_say_nothing() {
        for title in ["Label launch", "Collaboration", "Growth summit", "étélab", "Deliveryman", ""]
        {
            assert_eq!(suggest(title), OperationType::General, "{title}");
        }
    }

    #[test]
    fn the_first_branch_of_the_list_wins() {
        assert_eq!(suggest("Lab tour of the grow"), OperationType::Cultivation);
    }
}
