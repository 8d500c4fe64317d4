//! The store port on SQLite: one writer with group commit, readers beside it.
