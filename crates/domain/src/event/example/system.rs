//! Examples of what an operator said, on the evening of that day.

use crate::event::{
    DeadLettersDiscarded, DeadLettersRedriven, EventsRetained, Example, SubscriptionForgotten,
    SubscriptionPaused, SubscriptionReplayed, SubscriptionResumed, SubscriptionsSwapped,
};

fn subscription() -> String {
    "booking-created".to_owned()
}

impl Example for SubscriptionPaused {
    fn example() -> Self {
        Self { subscription: subscription() }
    }
}

impl Example for SubscriptionResumed {
    fn example() -> Self {
        Self { subscription: subscription() }
    }
}

impl Example for SubscriptionReplayed {
    fn example() -> Self {
        Self { subscription: subscription(), after: 1200 }
    }
}

impl Example for SubscriptionsSwapped {
    fn example() -> Self {
        Self { subscription: subscription(), with: "booking-created@v2".to_owned() }
    }
}

impl Example for SubscriptionForgotten {
    fn example() -> Self {
        Self { subscription: "booking-created@v2".to_owned() }
    }
}

impl Example for DeadLettersRedriven {
    fn example() -> Self {
        let error = Some("version 2 is unknown here".to_owned());
        Self { subscription: Some(subscription()), position: Some(1234), error }
    }
}

impl Example for DeadLettersDiscarded {
    fn example() -> Self {
        Self {
            subscription: Some(subscription()),
            position: Some(1234),
            error: Some("version 2 is unknown here".to_owned()),
            reason: "the booking was made for a trial".to_owned(),
        }
    }
}

impl Example for EventsRetained {
    fn example() -> Self {
        Self { through: 1000 }
    }
}
