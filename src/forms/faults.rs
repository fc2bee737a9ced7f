//! Everything that is wrong with the two documents of a form, for its author.

use serde_json::Value;

use super::dialect::{MAX_FAULTS, Reader, Shape};
use super::{CodeLists, Document, Form, LoadError, compile, pointer, schema, vocabulary};

/// How often a schema is read without what was faulty the time before.
const READINGS: usize = 8;
/// The reason of what leads nowhere.
const NOWHERE: &str = "forms-reason-nowhere";

impl Form {
    /// Why a form is refused, in as many places of both documents as are seen at once; among them is the error of [`load`](Self::load).
    pub fn faults(schema: &Value, uischema: Option<&Value>, lists: &dyn CodeLists) -> Vec<LoadError> {
        let Err(first) = Self::load(schema, uischema, lists) else { return Vec::new() };
        if [Some(schema), uischema].into_iter().flatten().any(|document| schema::out_of_bounds(document).is_some()) {
            return vec![first];
        }
        let (mut faults, rest) = faults_of_schema(schema, lists);
        if let Some((schema, shape)) = rest
            && uischema.is_some()
        {
            let (_, of_layout) = compile::layout(&schema, uischema, &shape);
            // What was taken out of the schema may be what a scope leads to.
            let is_whole = faults.iter().all(is_in_own_keyword);
            let depends =
                |fault: &LoadError| matches!(fault.reason.key, "forms-reason-nowhere" | "forms-reason-entry-label");
            faults.extend(of_layout.into_iter().filter(|fault| is_whole || !depends(fault)));
        }
        if !faults.contains(&first) {
            faults.insert(0, first);
        }
        faults
    }
}

/// The faults of a schema, and what is left of it, with what it says, once they are taken out.
fn faults_of_schema(schema: &Value, lists: &dyn CodeLists) -> (Vec<LoadError>, Option<(Value, Shape)>) {
    let mut faults: Vec<LoadError> = Vec::new();
    let mut rest = schema.clone();
    let referred = loop {
        match vocabulary::with_data_elements(&rest) {
            Ok(referred) => break referred,
            Err(fault) => {
                take_out(&mut rest, &fault.pointer);
                faults.push(fault);
            }
        }
        if faults.len() >= MAX_FAULTS {
            return (faults, None);
        }
    };
    let mut rest = referred.unwrap_or(rest);
    for reading in 0..READINGS {
        let mut reader = Reader::new(&rest, Document::Schema, "", lists);
        let found = match reader.read(&rest) {
            Ok(shape) => return (faults, Some((rest, shape))),
            Err(_) => reader.faults,
        };
        for fault in found {
            take_out(&mut rest, &fault.pointer);
            let is_told = faults.iter().any(|told| {
                pointer::is_within(&told.pointer, &fault.pointer) || pointer::is_within(&fault.pointer, &told.pointer)
            });
            // What leads nowhere only now led to what was taken out.
            let is_consequence = reading > 0 && fault.reason.key == NOWHERE;
            if faults.len() < MAX_FAULTS && !is_told && !is_consequence {
                faults.push(fault);
            }
        }
    }
    (faults, None)
}

/// Whether a fault is in a keyword of ours, which leads nowhere else.
fn is_in_own_keyword(fault: &LoadError) -> bool {
    fault.document == Document::UiSchema || pointer::segments(&fault.pointer).any(|step| step.starts_with("x-"))
}

/// Takes out what is at a pointer; an entry of a list stays, and allows everything, so that the others keep their places.
fn take_out(schema: &mut Value, at: &str) {
    let holder = at.rsplit_once('/').and_then(|(holder, _)| schema.pointer(holder));
    if holder.is_some_and(Value::is_array) {
        pointer::set(schema, at, Value::Bool(true));
    } else {
        pointer::remove(schema, at);
    }
}
