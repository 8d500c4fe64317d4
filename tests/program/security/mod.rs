//! The edge: how often, from where, and by what right a request comes.

mod audit;
mod brute;
mod headers;
mod limits;
mod nested;
mod refusals;
mod shared_limits;
mod sites;
mod storm;
mod streams;
