//! The edge: how often, from where, and by what right a request comes.

mod limits;
