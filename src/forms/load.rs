//! Loading a form: both documents checked against the dialect and compiled.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::compile;
use super::dialect::{Check, Reader, Shape};
use super::layout;
use super::relevance::{self, Calculation, ENTRY};
use super::schema::{self, Schema};
use super::unsaid::Unsaid;
use super::{
    CodeLists, Codes, Control, ControlId, ControlKind, Document, Form, LoadError, formats, order, pointer, vocabulary,
};
use crate::locale::Phrase;

/// How many entries a new draft starts with at most, whatever `minItems` says.
const MAX_INITIAL_ENTRIES: usize = 20;

/// A condition with the object that it is about.
pub(super) struct PlacedCheck {
    pub path: Vec<String>,
    pub check: Check,
}

impl Form {
    /// Checks and compiles a form. Without a UI schema one is generated.
    ///
    /// # Errors
    /// [`LoadError`] for whatever the dialect does not allow.
    pub fn load(schema: &Value, uischema: Option<&Value>, lists: &dyn CodeLists) -> Result<Self, LoadError> {
        let refuse = |document, reason| LoadError::of(document, "", reason);
        for (document, value) in [(Document::Schema, Some(schema)), (Document::UiSchema, uischema)] {
            if let Some(reason) = value.and_then(schema::out_of_bounds) {
                return Err(refuse(document, reason));
            }
        }
        let referred = vocabulary::with_data_elements(schema)?;
        let schema = referred.as_ref().unwrap_or(schema);
        let mut reader = Reader::new(schema, Document::Schema, "", lists);
        let mut shape = reader.read(schema)?;
        let mut warnings = reader.warnings;
        let validator = formats::validator(schema, Document::Schema, "")?;
        let facets = Schema::new(schema).facets(schema);
        if facets.kind() != Some("object") {
            return Err(refuse(Document::Schema, Phrase::of("forms-reason-root")));
        }
        let (layout, faults) = compile::layout(schema, uischema, &shape);
        if let Some(first) = faults.into_iter().next() {
            return Err(first);
        }
        let mut found = Found::default();
        found.take(&mut shape, &mut Vec::new());
        let Found { mut calculations, checks, lists, formats } = found;
        let is_entry = |calculation: &&Calculation| calculation.path.last().is_none_or(|step| step == ENTRY);
        if let Some(calculation) = calculations.iter().find(is_entry) {
            let place = format!("/{}", calculation.path.join("/"));
            return Err(refuse(Document::Schema, Phrase::of("forms-reason-calc-place").with("place", place)));
        }
        mark_money(&layout, &mut calculations);
        let plan = order::plan(&layout, calculations)?;
        let initial = initial(Schema::new(schema), schema).unwrap_or_else(|| Value::Object(Map::new()));
        let entries = new_entries(Schema::new(schema), schema);
        warnings.extend(layout.warnings);
        Ok(Self {
            title: facets.text("title").unwrap_or_default().to_owned(),
            pages: layout.pages,
            warnings,
            controls: layout.controls,
            asks_twice: relevance::asks_twice(&layout.nodes),
            layout: layout.nodes,
            shape,
            validator,
            unsaid: Unsaid::load(schema)?,
            plan,
            checks,
            lists,
            formats,
            initial,
            entries,
        })
    }

    /// The data that a new draft starts with: the schema's defaults, and the objects and entries that must be there.
    pub fn initial(&self) -> Value {
        self.initial.clone()
    }

    /// What a new entry of a repeat group starts with; `pointer` is the array's, as in [`super::Row::Add`].
    pub fn new_entry(&self, pointer: &str) -> Value {
        let path: Vec<String> = pointer::segments(pointer)
            .map(|segment| if segment.parse::<usize>().is_ok() { ENTRY.to_owned() } else { segment.into_owned() })
            .collect();
        self.entries.get(&path).cloned().unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// Empties a field: takes its value out, and with it what was round it only to hold it. An object that may be missing goes, for as long
    /// as it is there the form asks for the rest of it; an entry stays, and is empty.
    pub fn clear(&self, data: &mut Value, at: &str) {
        let holder = at.rsplit_once('/').and_then(|(holder, _)| data.pointer(holder));
        if holder.is_some_and(Value::is_array) {
            pointer::set(data, at, Value::Null);
            return;
        }
        pointer::remove(data, at);
        let mut bare = None;
        let mut inner = at;
        while let Some((object, _)) = inner.rsplit_once('/')
            && let Some((round, name)) = object.rsplit_once('/')
            && data.pointer(object).is_some_and(is_bare)
            && data.pointer(round).is_some_and(Value::is_object)
        {
            let is_required =
                self.shape.at(round).is_some_and(|round| round.required.contains(pointer::unescape(name).as_ref()));
            bare = if is_required { bare } else { Some(object) };
            inner = object;
        }
        if let Some(object) = bare {
            pointer::remove(data, object);
        }
    }

    /// The control that asks for what is at a pointer into the data, whether it is visible or not.
    pub fn control_at(&self, pointer: &str) -> Option<&Control> {
        let steps: Vec<_> = pointer::segments(pointer).collect();
        let stands_for = |(step, segment): (&String, &Cow<'_, str>)| {
            step == segment || (step == ENTRY && segment.parse::<usize>().is_ok())
        };
        let is_it = |path: &[String]| path.len() == steps.len() && path.iter().zip(&steps).all(stands_for);
        let (_, id) = layout::fields(&self.layout).into_iter().find(|(path, _)| is_it(path))?;
        self.control(id)
    }
}

/// Whether an object holds nothing, or only such objects.
fn is_bare(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.values().all(is_bare))
}

/// What is said about places in the data, [`ENTRY`] standing for every entry of an array.
#[derive(Default)]
struct Found {
    calculations: Vec<Calculation>,
    checks: Vec<PlacedCheck>,
    lists: Vec<(Vec<String>, Arc<Codes>)>,
    formats: Vec<(Vec<String>, String)>,
}

impl Found {
    /// Moves calculations and checks out of the tree and notes the code lists and formats in it, with their places.
    fn take(&mut self, shape: &mut Shape, path: &mut Vec<String>) {
        if let Some(expression) = shape.calc.take() {
            self.calculations.push(Calculation { path: path.clone(), expression, decimals: shape.decimals });
        }
        self.checks.extend(shape.checks.drain(..).map(|check| PlacedCheck { path: path.clone(), check }));
        self.lists.extend(shape.list.iter().map(|list| (path.clone(), Arc::clone(list))));
        self.formats.extend(shape.limits.format.iter().map(|format| (path.clone(), format.clone())));
        let entries = shape.entries.as_deref_mut().map(|entries| (ENTRY, entries));
        let properties = shape.properties.iter_mut().map(|(name, property)| (name.as_str(), property));
        for (step, inner) in properties.chain(entries) {
            path.push(step.to_owned());
            self.take(inner, path);
            path.pop();
        }
    }
}

/// Amounts are rounded to cents where the layout says that they are money.
fn mark_money(layout: &layout::Layout, calculations: &mut [Calculation]) {
    if calculations.is_empty() {
        return;
    }
    let is_money = |ControlId(id): ControlId| {
        let control = usize::try_from(id).ok().and_then(|index| layout.controls.get(index));
        control.is_some_and(|control| matches!(control.kind, ControlKind::Money))
    };
    let fields = layout::fields(&layout.nodes);
    let amounts: BTreeSet<_> =
        fields.into_iter().filter(|(_, control)| is_money(*control)).map(|(path, _)| path).collect();
    for calculation in calculations {
        if amounts.contains(&calculation.path) {
            calculation.decimals = Some(calculation.decimals.map_or(2, |decimals| decimals.min(2)));
        }
    }
}

/// The value that a node starts with: its default, else what its properties and required entries start with.
fn initial(schema: Schema<'_>, node: &Value) -> Option<Value> {
    let facets = schema.facets(node);
    if let Some(default) = facets.get("default") {
        return Some(default.clone());
    }
    match facets.kind()? {
        "object" => {
            let properties = facets.properties().filter_map(|(name, property)| {
                let value = initial(schema, property)?;
                let is_bare = value.as_object().is_some_and(Map::is_empty) && !facets.requires(name);
                (!is_bare).then(|| (name.clone(), value))
            });
            Some(Value::Object(properties.collect()))
        }
        "array" if !facets.flag("x-soft") => {
            let count = facets.count("minItems").filter(|count| *count > 0)?.min(MAX_INITIAL_ENTRIES);
            let items = facets.get("items")?;
            schema.facets(items).get("properties")?;
            let entry = initial(schema, items)?;
            Some(Value::Array(vec![entry; count]))
        }
        _ => None,
    }
}

/// What new entries start with, by the path of their array.
fn new_entries(schema: Schema<'_>, root: &Value) -> BTreeMap<Vec<String>, Value> {
    let mut found = BTreeMap::new();
    collect_entries(schema, root, &mut Vec::new(), &mut found);
    found
}

fn collect_entries(schema: Schema<'_>, node: &Value, path: &mut Vec<String>, found: &mut BTreeMap<Vec<String>, Value>) {
    let facets = schema.facets(node);
    for (name, property) in facets.properties() {
        path.push(name.clone());
        collect_entries(schema, property, path, found);
        path.pop();
    }
    if let Some(items) = facets.get("items").filter(|items| items.is_object()) {
        let bare = if schema.facets(items).kind() == Some("object") { Value::Object(Map::new()) } else { Value::Null };
        found.insert(path.clone(), initial(schema, items).unwrap_or(bare));
        path.push(ENTRY.to_owned());
        collect_entries(schema, items, path, found);
        path.pop();
    }
}
