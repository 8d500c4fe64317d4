//! The edge: how often, from where, and by what right a request comes.

mod audit;
mod brute;
mod headers;
mod limits;
mod refusals;
mod sites;
mod storm;
mod streams;
