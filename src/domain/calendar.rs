//! Working days (工作日) and due dates.
