//! Loading a form and evaluating data with it.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::dialect::{Check, Reader, Shape};
use super::failures::{self, Excuses, Failure};
use super::layout::{self, Repeat};
use super::relevance::{self, Calculation, ENTRY, Settled};
use super::schema::{self, Schema};
use super::walk::{Met, Place, Visit, walk};
use super::{
    CodeLists, Control, ControlKind, Document, ErrorDetail, Evaluation, FieldError, FieldView, Form, LoadError,
    PageView, Row, formats, pointer,
};

/// How many entries a new draft starts with at most, whatever `minItems` says.
const MAX_INITIAL_ENTRIES: usize = 20;

/// A condition with the object that it is about.
pub(super) struct PlacedCheck {
    path: Vec<String>,
    check: Check,
}

impl Form {
    /// Checks and compiles a form. Without a UI schema one is generated.
    ///
    /// # Errors
    /// [`LoadError`] for whatever the dialect does not allow.
    pub fn load(schema: &Value, uischema: Option<&Value>, lists: &dyn CodeLists) -> Result<Self, LoadError> {
        let refuse = |document, reason: &str| LoadError { document, pointer: String::new(), reason: reason.to_owned() };
        for (document, value) in [(Document::Schema, Some(schema)), (Document::UiSchema, uischema)] {
            if let Some(reason) = value.and_then(schema::out_of_bounds) {
                return Err(refuse(document, &reason));
            }
        }
        let mut reader = Reader::new(schema, Document::Schema, "", lists);
        let mut shape = reader.read(schema)?;
        let mut warnings = reader.warnings;
        let validator = formats::validator(schema).map_err(|failure| LoadError {
            document: Document::Schema,
            pointer: failure.pointer,
            reason: failure.reason,
        })?;
        let facets = Schema::new(schema).facets(schema);
        if facets.kind() != Some("object") {
            return Err(refuse(Document::Schema, "the data of a form is an object"));
        }
        let layout = layout::compile(schema, uischema, &shape)?;
        let (mut calculations, mut checks) = (Vec::new(), Vec::new());
        take_logic(&mut shape, &mut Vec::new(), &mut calculations, &mut checks);
        mark_money(&layout, &mut calculations);
        let (calculations, rounds) = relevance::order(&layout, calculations)?;
        let initial = initial(Schema::new(schema), schema).unwrap_or_else(|| Value::Object(Map::new()));
        let entries = new_entries(Schema::new(schema), schema);
        warnings.extend(layout.warnings);
        Ok(Self {
            title: facets.text("title").unwrap_or_default().to_owned(),
            pages: layout.pages,
            warnings,
            controls: layout.controls,
            layout: layout.nodes,
            shape,
            validator,
            calculations,
            checks,
            rounds,
            initial,
            entries,
        })
    }

    /// What the form makes of some data on a day.
    pub fn evaluate(&self, data: &Value, today: Date) -> Evaluation {
        if schema::too_deep(data) {
            return self.refuse_depth();
        }
        let settled = relevance::settle(&self.layout, &self.calculations, data, today, self.rounds);
        let mut drawing =
            Drawing { form: self, pages: Vec::new(), opened: Vec::new(), owed: Vec::new(), failures: Vec::new() };
        walk(&self.layout, &settled.relevant, &mut drawing);
        let Drawing { mut pages, owed, mut failures, .. } = drawing;
        self.validate(&settled, &mut failures);
        let errors = self.place(failures, &settled, today, &pages);
        mark_required(&mut pages, &errors);
        let mut data = data.clone();
        for (pointer, value) in settled.calculated {
            match value {
                Some(value) => {
                    pointer::set(&mut data, &pointer, value);
                }
                None => {
                    pointer::remove(&mut data, &pointer);
                }
            }
        }
        Evaluation { data, relevant: settled.relevant, pages, errors, owed }
    }

    /// The data that a new draft starts with: the schema's defaults, and the objects and entries that must be there.
    pub fn initial(&self) -> Value {
        self.initial.clone()
    }

    /// What a new entry of a repeat group starts with; `pointer` is the array's, as in [`Row::Add`].
    pub fn new_entry(&self, pointer: &str) -> Value {
        let path: Vec<String> = pointer::segments(pointer)
            .map(|segment| if segment.parse::<usize>().is_ok() { ENTRY.to_owned() } else { segment })
            .collect();
        self.entries.get(&path).cloned().unwrap_or_else(|| Value::Object(Map::new()))
    }

    fn validate(&self, settled: &Settled, failures: &mut Vec<Failure>) {
        if self.validator.is_valid(&settled.relevant) {
            return;
        }
        let excuses = Excuses { dropped: &settled.dropped, shape: &self.shape };
        for error in self.validator.iter_errors(&settled.relevant) {
            failures.extend(failures::read(&error, &excuses));
        }
    }

    /// Gives every failure its page, adds the failed checks, and sorts by place.
    fn place(&self, failures: Vec<Failure>, settled: &Settled, today: Date, pages: &[PageView]) -> Vec<FieldError> {
        let failed = self.failed_checks(settled, today);
        if failures.is_empty() && failed.is_empty() {
            return Vec::new();
        }
        let places = Places::new(pages);
        let errors = failures.into_iter().map(|mut failure| {
            let (place, field) = places.find(&failure.pointer);
            // A missing object is mended by filling its first field.
            if let Some(field) = field.filter(|_| failure.keyword == "required") {
                failure.pointer = field.to_owned();
            }
            (place, failure.into_error(&self.shape, place.page))
        });
        let mut errors: Vec<_> = errors.collect();
        errors.extend(failed.into_iter().map(|mut error| {
            let (place, _) = places.find(&error.pointer);
            error.page = place.page;
            (place, error)
        }));
        errors.sort_by_key(|(place, _)| *place);
        errors.dedup_by(|(_, a), (_, b)| a == b);
        errors.into_iter().map(|(_, error)| error).collect()
    }

    fn failed_checks(&self, settled: &Settled, today: Date) -> Vec<FieldError> {
        let mut failed = Vec::new();
        for PlacedCheck { path, check } in &self.checks {
            for base in relevance::instances(&settled.relevant, path) {
                let object = settled.relevant.pointer(&base).filter(|value| value.is_object());
                if object.is_none_or(|object| check.rule.holds(object, today)) {
                    continue;
                }
                let at = format!("{base}{}", check.at);
                let pointer = if settled.dropped.contains(&at) { base } else { at };
                let detail = ErrorDetail {
                    key: "forms-error-invalid",
                    args: Vec::new(),
                    custom: Some(std::sync::Arc::clone(&check.message)),
                };
                failed.push(FieldError { pointer, keyword: "x-check".to_owned(), page: 0, detail });
            }
        }
        failed
    }

    /// Data nested deeper than any form asks is not looked at: every walk over it could end the program.
    fn refuse_depth(&self) -> Evaluation {
        let detail = ErrorDetail { key: "forms-error-too-deep", args: Vec::new(), custom: None };
        let error = FieldError { pointer: String::new(), keyword: "type".to_owned(), page: 0, detail };
        let pages = self.pages.iter().map(|_| PageView { visible: true, rows: Vec::new() }).collect();
        let empty = || Value::Object(Map::new());
        Evaluation { data: empty(), relevant: empty(), pages, errors: vec![error], owed: Vec::new() }
    }
}

/// Moves calculations and checks out of the tree, with their places.
fn take_logic(
    shape: &mut Shape,
    path: &mut Vec<String>,
    calculations: &mut Vec<Calculation>,
    checks: &mut Vec<PlacedCheck>,
) {
    if let Some(expression) = shape.calc.take() {
        calculations.push(Calculation { path: path.clone(), expression, money: false });
    }
    checks.extend(shape.checks.drain(..).map(|check| PlacedCheck { path: path.clone(), check }));
    let entries = shape.entries.as_deref_mut().map(|entries| (ENTRY, entries));
    let properties = shape.properties.iter_mut().map(|(name, property)| (name.as_str(), property));
    for (step, inner) in properties.chain(entries) {
        path.push(step.to_owned());
        take_logic(inner, path, calculations, checks);
        path.pop();
    }
}

/// Amounts are rounded to cents where the layout says that they are money.
fn mark_money(layout: &layout::Layout, calculations: &mut [Calculation]) {
    let mut paths = Vec::new();
    for page in &layout.nodes {
        page.children.iter().for_each(|node| collect_money(node, &[], &layout.controls, &mut paths));
    }
    for calculation in calculations {
        calculation.money = paths.contains(&calculation.path);
    }
}

fn collect_money(node: &layout::Node, base: &[String], controls: &[Control], paths: &mut Vec<Vec<String>>) {
    use layout::Body;
    let extend = |path: &[String]| base.iter().chain(path).cloned().collect::<Vec<_>>();
    match &node.body {
        Body::Stack(children) | Body::Columns(children) | Body::Group { children, .. } => {
            children.iter().for_each(|child| collect_money(child, base, controls, paths));
        }
        Body::Label(_) => {}
        Body::Field { path, control, .. } => {
            let is_money = |control: &&Control| matches!(control.kind, ControlKind::Money);
            if controls.iter().find(|known| known.id == *control).filter(is_money).is_some() {
                paths.push(extend(path));
            }
        }
        Body::Object { path, children, .. } => {
            let base = extend(path);
            children.iter().for_each(|child| collect_money(child, &base, controls, paths));
        }
        Body::Repeat(Repeat { path, children, .. }) => {
            let mut base = extend(path);
            base.push(ENTRY.to_owned());
            children.iter().for_each(|child| collect_money(child, &base, controls, paths));
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
        "array" => {
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

/// Draws the visible rows.
struct Drawing<'f> {
    form: &'f Form,
    pages: Vec<PageView>,
    /// For each open group, how many rows its page had with the heading; `None` for one without a heading.
    opened: Vec<Option<usize>>,
    owed: Vec<String>,
    /// What is wrong that no schema can say: codes that are on no list.
    failures: Vec<Failure>,
}

impl Drawing<'_> {
    fn push(&mut self, row: Row) {
        if let Some(page) = self.pages.last_mut() {
            page.rows.push(row);
        }
    }

    fn rows(&self) -> usize {
        self.pages.last().map_or(0, |page| page.rows.len())
    }

    fn check_code(&mut self, met: &Met<'_>, control: &Control) {
        let is_listed =
            matches!(control.kind, ControlKind::CodeList(_) | ControlKind::Area(_) | ControlKind::MultiChoice(_));
        let Some(shape) = self.form.shape.at(met.pointer).filter(|_| is_listed) else { return };
        let off = |shape: &Shape, value: &Value| {
            let codes = shape.list.as_ref();
            codes.zip(value.as_str()).is_some_and(|(codes, code)| !codes.contains(code))
        };
        let is_off = match (met.value, shape.entries.as_deref()) {
            (Some(Value::Array(values)), Some(entries)) => values.iter().any(|value| off(entries, value)),
            (Some(value), _) => off(shape, value),
            (None, _) => false,
        };
        if is_off {
            self.failures.push(Failure {
                pointer: met.pointer.to_owned(),
                keyword: "x-options".to_owned(),
                key: "forms-error-choice",
                args: Vec::new(),
            });
        }
    }
}

impl Visit for Drawing<'_> {
    fn page(&mut self, visible: bool) {
        self.pages.push(PageView { visible, rows: Vec::new() });
    }

    fn label(&mut self, text: &str, place: Place) {
        if place.visible {
            self.push(Row::Heading { text: text.to_owned(), depth: place.depth });
        }
    }

    fn open(&mut self, text: &str, place: Place) {
        let has_heading = place.visible && !text.is_empty();
        if has_heading {
            self.push(Row::Heading { text: text.to_owned(), depth: place.depth });
        }
        self.opened.push(has_heading.then(|| self.rows()));
    }

    fn close(&mut self, _: &str, _: Place) {
        // A heading over nothing goes.
        if let Some(Some(rows)) = self.opened.pop()
            && rows == self.rows()
            && let Some(page) = self.pages.last_mut()
        {
            page.rows.pop();
        }
    }

    fn field(&mut self, met: &Met<'_>, place: Place) {
        if !place.visible {
            return;
        }
        let form = self.form;
        let Some(control) = form.control(met.control) else { return };
        if control.soft && is_empty(met.value) {
            self.owed.push(met.pointer.to_owned());
        }
        self.check_code(met, control);
        self.push(Row::Field(FieldView {
            pointer: met.pointer.to_owned(),
            control: met.control,
            enabled: place.enabled && !control.calculated,
            required: met.required,
            depth: place.depth,
            column: place.column,
        }));
    }

    fn entry(&mut self, pointer: &str, repeat: &Repeat, entry: &Value, index: usize, of: usize, place: Place) {
        if !place.visible {
            return;
        }
        let mut label = format!("{} {}", repeat.label, index + 1);
        let name = repeat.entry_label.as_ref().and_then(|path| super::rules::find(Some(entry), path)?.as_str());
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            label.push(' ');
            label.push_str(name);
        }
        let removable = place.enabled && of > repeat.min;
        self.push(Row::Entry { pointer: pointer.to_owned(), label, index, of, removable, depth: place.depth });
    }

    fn end(&mut self, pointer: &str, repeat: &Repeat, count: usize, place: Place) {
        if place.visible {
            if repeat.soft && count == 0 {
                self.owed.push(pointer.to_owned());
            }
            self.push(Row::Add {
                pointer: pointer.to_owned(),
                label: repeat.label.clone(),
                count,
                max: repeat.max,
                enabled: place.enabled && repeat.max.is_none_or(|max| count < max),
                depth: place.depth,
            });
        }
    }
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(entries)) => entries.is_empty(),
        Some(_) => false,
    }
}

/// A field that a condition requires is marked as long as it is missing.
fn mark_required(pages: &mut [PageView], errors: &[FieldError]) {
    let missing: Vec<&str> =
        errors.iter().filter(|error| error.keyword == "required").map(|error| error.pointer.as_str()).collect();
    if missing.is_empty() {
        return;
    }
    for row in pages.iter_mut().flat_map(|page| &mut page.rows) {
        if let Row::Field(field) = row {
            field.required |= missing.contains(&field.pointer.as_str());
        }
    }
}

/// Where an error is shown: page, then row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    page: usize,
    row: usize,
}

/// The rows by pointer.
struct Places<'p>(BTreeMap<&'p str, (Spot, bool)>);

impl<'p> Places<'p> {
    fn new(pages: &'p [PageView]) -> Self {
        let mut places = BTreeMap::new();
        for (page, view) in pages.iter().enumerate() {
            for (row, content) in view.rows.iter().enumerate() {
                let (pointer, is_field) = match content {
                    Row::Heading { .. } => continue,
                    Row::Field(field) => (field.pointer.as_str(), true),
                    Row::Entry { pointer, .. } | Row::Add { pointer, .. } => (pointer.as_str(), false),
                };
                places.entry(pointer).or_insert((Spot { page, row }, is_field));
            }
        }
        Self(places)
    }

    /// The row of a pointer; of what is below it, with its pointer when it is a field; of what is round it; else the first.
    fn find(&self, pointer: &str) -> (Spot, Option<&'p str>) {
        let Self(places) = self;
        if let Some((spot, _)) = places.get(pointer) {
            return (*spot, None);
        }
        let below = format!("{pointer}/");
        let inside = places
            .range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded))
            .take_while(|(at, _)| at.starts_with(&below));
        if let Some((at, (spot, is_field))) = inside.min_by_key(|(_, (spot, _))| *spot) {
            return (*spot, is_field.then_some(*at));
        }
        let mut round = pointer;
        while let Some((above, _)) = round.rsplit_once('/') {
            if let Some((spot, _)) = places.get(above) {
                return (*spot, None);
            }
            round = above;
        }
        (Spot { page: 0, row: 0 }, None)
    }
}
