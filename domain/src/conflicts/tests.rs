//! Upkeep and full recomputation agree, whatever happens in whatever order; and each rule by example.

mod calendars;
mod examples;
mod promises;
