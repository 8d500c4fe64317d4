//! Examples of a mail server that was down for a while.

use crate::event::{
    CircuitClosed, CircuitForced, CircuitHalfOpened, CircuitMode, CircuitOpened, Example,
};

fn circuit() -> String {
    "smtp".to_owned()
}

impl Example for CircuitOpened {
    fn example() -> Self {
        let failure = Some("connection refused".to_owned());
        Self { circuit: circuit(), cause: "5 calls failed in a row".to_owned(), failure }
    }
}

impl Example for CircuitHalfOpened {
    fn example() -> Self {
        Self { circuit: circuit() }
    }
}

impl Example for CircuitClosed {
    fn example() -> Self {
        Self { circuit: circuit(), cause: "every trial call succeeded".to_owned() }
    }
}

impl Example for CircuitForced {
    fn example() -> Self {
        Self { circuit: circuit(), mode: CircuitMode::Open }
    }
}
