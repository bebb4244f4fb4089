//! Ways in which letters leave the house.
