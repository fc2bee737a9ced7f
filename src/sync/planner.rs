//! What to do next, decided without clock, disk or network.
