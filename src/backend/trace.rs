//! The id that one request has everywhere, by W3C Trace Context: taken from `traceparent` when it comes along, given back in the answer,
//! and on every line of log of the request.

use std::fmt;

use uuid::Uuid;

/// Name of the field.
pub(super) const FIELD: &str = "traceparent";

/// A request's place in a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// 32 hex digits: the same for everything that one act of a clerk brings about.
    pub id: String,
    /// 16 hex digits: this request.
    span: String,
    flags: String,
}

impl Trace {
    /// Goes on with the caller's trace, or begins one.
    pub(super) fn of(field: Option<&str>) -> Self {
        let span = format!("{:016x}", fastrand::u64(1..));
        let (id, flags) = field
            .and_then(parse)
            .map_or_else(|| (Uuid::now_v7().simple().to_string(), "00"), |(id, flags)| (id.to_owned(), flags));
        Self { id, span, flags: flags.to_owned() }
    }
}

impl fmt::Display for Trace {
    /// As the field has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{}", self.id, self.span, self.flags)
    }
}

/// Trace id and flags of a field that is in order.
fn parse(field: &str) -> Option<(&str, &str)> {
    let mut parts = field.trim().split('-');
    let (version, id, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, digits: usize| {
        text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let some = |text: &str| text.bytes().any(|byte| byte != b'0');
    // A later version may add parts; version 00 has four.
    let whole = hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
    let known = hex(id, 32) && some(id) && hex(parent, 16) && some(parent) && hex(flags, 2);
    (whole && known).then_some((id, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_and_one_that_is_none_is_begun_anew() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let going_on = Trace::of(Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assert_eq!(going_on.id, id);
        let text = going_on.to_string();
        assert!(text.starts_with(&format!("00-{id}-")) && text.ends_with("-01"), "{text}");
        assert!(!text.contains("00f067aa0ba902b7"), "this request is another span");
        assert!(parse(&text).is_some());
        assert_eq!(Trace::of(Some("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more")).id, id);
        for none in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-张三-00f067aa0ba902b7-01",
        ] {
            let begun = Trace::of(Some(none));
            assert!(begun.id != id && parse(&begun.to_string()).is_some(), "{none}");
        }
        assert_ne!(Trace::of(None), Trace::of(None));
    }
}
