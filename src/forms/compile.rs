//! Compiling a UI schema: elements to a tree of nodes, controls to what they ask for.

use std::sync::Arc;

use serde_json::Value;

use super::control;
use super::dialect::{MAX_FAULTS, Shape};
use super::generate;
use super::layout::{Body, Category, EntryLabel, Judged, Layout, Node, PageNode, Repeat};
use super::rules::{Rule, Scopes};
use super::schema::{Facets, Object, Schema};
use super::{Capture, Control, ControlId, ControlKind, Document, LoadError, Page, Warning, pointer};
use crate::locale::Phrase;

/// The most elements that a layout may have with its details generated.
const MAX_ELEMENTS: usize = 10_000;

/// What scopes are relative to, and where in the data.
#[derive(Clone, Copy)]
struct Context<'c> {
    node: &'c Value,
    shape: Option<&'c Shape>,
    /// Where that stands in the schema, as its properties are nested.
    place: &'c str,
    /// Whether controls are those of the UI schema itself, and not of an entry.
    outer: bool,
    generated: bool,
}

struct Compiler<'c> {
    schema: Schema<'c>,
    controls: Vec<Control>,
    page_controls: Vec<ControlId>,
    warnings: Vec<Warning>,
    /// What the dialect does not allow, in the order of the layout.
    faults: Vec<LoadError>,
    elements: usize,
}

/// Compiles a UI schema, or the one that is generated in place of a missing one: the layout without what is faulty, and the faults.
pub(super) fn layout(root: &Value, uischema: Option<&Value>, shape: &Shape) -> (Layout, Vec<LoadError>) {
    let schema = Schema::new(root);
    let generated;
    let (uischema, is_generated) = match uischema {
        Some(uischema) => (uischema, false),
        None => {
            generated = generate::root(schema, root);
            (&generated, true)
        }
    };
    let context = Context { node: root, shape: Some(shape), place: "", outer: true, generated: is_generated };
    let mut compiler = Compiler {
        schema,
        controls: Vec::new(),
        page_controls: Vec::new(),
        warnings: Vec::new(),
        faults: Vec::new(),
        elements: 0,
    };
    let (mut nodes, mut pages) = (Vec::new(), Vec::new());
    if kind(uischema) == Some("Categorization") {
        compiler.categories(uischema, "", context, &[], &mut nodes, &mut pages);
        if pages.is_empty() {
            compiler.note::<()>(Err(error("", Phrase::of("forms-reason-no-category"))));
        }
    } else {
        let children = compiler.element(uischema, "", context).into_iter().collect();
        nodes.push(PageNode { round: Vec::new(), children });
        pages.push(Page { label: String::new(), controls: std::mem::take(&mut compiler.page_controls) });
    }
    let Compiler { controls, warnings, faults, .. } = compiler;
    (Layout { nodes, pages, controls, warnings }, faults)
}

impl Compiler<'_> {
    /// Notes what is wrong; what stands beside it is looked at all the same.
    fn note<T>(&mut self, result: Result<T, LoadError>) -> Option<T> {
        result.map_err(|fault| self.faults.push(fault)).ok()
    }

    fn elements<'e>(&mut self, element: &'e Value, at: &str) -> &'e [Value] {
        match element.get("elements") {
            Some(Value::Array(elements)) => elements,
            _ => {
                self.note::<()>(Err(error(&pointer::join(at, "elements"), Phrase::of("forms-reason-no-elements"))));
                &[]
            }
        }
    }

    fn categories(
        &mut self,
        element: &Value,
        at: &str,
        context: Context<'_>,
        round: &[Arc<Category>],
        nodes: &mut Vec<PageNode>,
        pages: &mut Vec<Page>,
    ) {
        let mut round = round.to_vec();
        round.push(Arc::new(self.category(element, at, context)));
        for (index, child) in self.elements(element, at).iter().enumerate() {
            let here = format!("{at}/elements/{index}");
            match kind(child) {
                Some("Categorization") => self.categories(child, &here, context, &round, nodes, pages),
                Some("Category") => {
                    let mut round = round.clone();
                    round.push(Arc::new(self.category(child, &here, context)));
                    let children = self.children(child, &here, context);
                    nodes.push(PageNode { round, children });
                    let label = text(child.get("label")).unwrap_or_default();
                    pages.push(Page { label, controls: std::mem::take(&mut self.page_controls) });
                }
                _ => {
                    self.note::<()>(Err(error(&here, Phrase::of("forms-reason-categories"))));
                }
            }
        }
    }

    fn children(&mut self, element: &Value, at: &str, context: Context<'_>) -> Vec<Node> {
        let elements = self.elements(element, at).iter().enumerate();
        elements.filter_map(|(index, child)| self.element(child, &format!("{at}/elements/{index}"), context)).collect()
    }

    fn category(&mut self, element: &Value, at: &str, context: Context<'_>) -> Category {
        Category { rule: self.rule(element, at, context), read_only: read_only(element) }
    }

    fn rule(&mut self, element: &Value, at: &str, context: Context<'_>) -> Option<Arc<Rule>> {
        let rule = element.get("rule")?;
        let scopes =
            Scopes { schema: self.schema, node: context.node, warnings: &mut self.warnings, faults: &mut self.faults };
        Rule::load(rule, &pointer::join(at, "rule"), scopes).map(Arc::new)
    }

    /// An element; none where it has a fault of its own.
    fn element(&mut self, element: &Value, at: &str, context: Context<'_>) -> Option<Node> {
        // Who has more of them has another mistake, and one of them is that there are too many elements.
        if self.faults.len() >= MAX_FAULTS {
            return None;
        }
        let node = self.node(element, at, context);
        self.note(node)
    }

    fn node(&mut self, element: &Value, at: &str, context: Context<'_>) -> Result<Node, LoadError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(error(at, Phrase::of("forms-reason-elements").with("most", MAX_ELEMENTS)));
        }
        if !element.is_object() {
            return Err(error(at, Phrase::of("forms-reason-element")));
        }
        let rule = self.rule(element, at, context);
        let options = element.get("options").and_then(Value::as_object);
        let mut judged = None;
        let body = match kind(element) {
            Some("VerticalLayout") => Body::Stack(self.children(element, at, context)),
            Some("HorizontalLayout") => Body::Columns(self.children(element, at, context)),
            Some("Group") => Body::Group {
                label: text(element.get("label")).unwrap_or_default(),
                children: self.children(element, at, context),
            },
            Some("Label") => Body::Label(text(element.get("text")).unwrap_or_default()),
            Some(kind @ ("Control" | "ListWithDetail")) => {
                let Some(path) = element.get("scope").and_then(Value::as_str) else {
                    return Err(error(
                        &pointer::join(at, "scope"),
                        Phrase::of("forms-reason-scope").with("type", kind),
                    ));
                };
                if context.outer && kind == "Control" {
                    let read_only = generate::is_read_only(self.schema, context.node, path);
                    judged = Some(Judged { scope: path.to_owned(), read_only });
                }
                self.control(element, path, options, at, context)?
            }
            Some("Categorization") => {
                // Pages within a page are drawn one below the other.
                self.warn(at, context, Phrase::of("forms-reason-inner-pages"));
                Body::Stack(self.inner_categories(element, at, context))
            }
            Some("Category") => return Err(error(at, Phrase::of("forms-reason-category"))),
            Some(other) => {
                return Err(error(
                    &pointer::join(at, "type"),
                    Phrase::of("forms-reason-unknown-element").with("type", other),
                ));
            }
            None => return Err(error(&pointer::join(at, "type"), Phrase::of("forms-reason-no-type"))),
        };
        Ok(Node { rule, read_only: read_only(element), judged, body })
    }

    fn inner_categories(&mut self, element: &Value, at: &str, context: Context<'_>) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (index, child) in self.elements(element, at).iter().enumerate() {
            let here = format!("{at}/elements/{index}");
            let children = match kind(child) {
                Some("Category") => self.children(child, &here, context),
                Some("Categorization") => self.inner_categories(child, &here, context),
                _ => {
                    self.note::<()>(Err(error(&here, Phrase::of("forms-reason-categories"))));
                    continue;
                }
            };
            let label = text(child.get("label")).unwrap_or_default();
            let rule = self.rule(child, &here, context);
            let body = Body::Group { label, children };
            nodes.push(Node { rule, read_only: read_only(child), judged: None, body });
        }
        nodes
    }

    fn control(
        &mut self,
        element: &Value,
        scope: &str,
        options: Option<&Object>,
        at: &str,
        context: Context<'_>,
    ) -> Result<Body, LoadError> {
        let place = format!("{}{}", context.place, scope.trim_start_matches('#'));
        // What is generated has its place in the schema only.
        let at = if context.generated { place.as_str() } else { at };
        let unresolved =
            || error(&pointer::join(at, "scope"), Phrase::of("forms-reason-nowhere").with("target", scope));
        let scoped = self.schema.follow(context.node, scope).ok_or_else(unresolved)?;
        let at_path = |path: &[String]| path.iter().try_fold(context.shape?, |shape, step| shape.step(step));
        let shape = at_path(&scoped.path);
        let name = scoped.path.last().map(String::as_str);
        let facets = self.schema.facets(scoped.node);
        let label = label(element, &facets, name);
        self.check_options(options, at, context);
        let read_only = facets.flag("readOnly");
        let detail = Detail { element: options.and_then(|options| options.get("detail")), at, place: &place, context };
        match facets.kind() {
            Some("object") if facets.get("properties").is_some() => {
                let children = self.detail(scoped.node, shape, &detail);
                let required = is_required(context.shape, &scoped.path);
                return Ok(Body::Object { path: scoped.path, label, children, required, read_only });
            }
            Some("array")
                if facets.get("items").is_some_and(Value::is_object)
                    && control::choices_of_items(self.schema, &facets, shape).is_none() =>
            {
                let listed = kind(element) == Some("ListWithDetail");
                let repeat = self.repeat(scoped.path, &facets, shape, label, options, &detail);
                return Ok(Body::Repeat(Repeat { listed, ..repeat }));
            }
            _ => {}
        }
        let (name, holder) = scoped.path.split_last().map_or((None, &[][..]), |(name, holder)| (Some(name), holder));
        let required = name.is_some_and(|name| at_path(holder).is_some_and(|shape| shape.required.contains(name)));
        let due = is_required(context.shape, holder);
        let control = self.field(&facets, shape, label, options, at, context);
        Ok(Body::Field { path: scoped.path, control, required, due, read_only })
    }

    fn repeat(
        &mut self,
        path: Vec<String>,
        facets: &Facets<'_>,
        shape: Option<&Shape>,
        label: String,
        options: Option<&Object>,
        detail: &Detail<'_>,
    ) -> Repeat {
        let items = facets.get("items").unwrap_or(&Value::Null);
        let entry = shape.and_then(|shape| shape.entries.as_deref());
        let entry_facets = self.schema.facets(items);
        let children = if entry_facets.get("properties").is_some() {
            let place = format!("{}/items", detail.place);
            self.detail(items, entry, &Detail { place: &place, ..*detail })
        } else {
            let control = self.field(&entry_facets, entry, label.clone(), options, detail.at, detail.context);
            let body = Body::Field { path: Vec::new(), control, required: true, due: true, read_only: false };
            vec![Node { rule: None, read_only: None, judged: None, body }]
        };
        let entry_label = options.and_then(|options| options.get("elementLabelProp")).and_then(|name| match name {
            Value::String(name) => Some(name.split('.').map(str::to_owned).collect::<Vec<_>>()),
            _ => None,
        });
        let entry_label = entry_label.and_then(|path| {
            let found = path.iter().try_fold(items, |node, step| self.schema.property(node, step));
            let found = found.ok_or_else(|| {
                let at = format!("{}/options/elementLabelProp", detail.at);
                error(&at, Phrase::of("forms-reason-entry-label").with("property", path.join(".")))
            });
            let facets = self.schema.facets(self.note(found)?);
            let shape = path.iter().try_fold(entry?, |shape, step| shape.step(step));
            let kind = control::kind(self.schema, &facets, shape, None).unwrap_or(ControlKind::Text);
            Some(EntryLabel { sensitive: facets.flag("x-sensitive"), kind, path })
        });
        let soft = shape.is_some_and(|shape| shape.soft);
        Repeat {
            path,
            label,
            entry_label,
            listed: false,
            // What may be owed may be empty.
            min: if soft { 0 } else { facets.count("minItems").unwrap_or(0) },
            max: facets.count("maxItems"),
            read_only: facets.flag("readOnly"),
            soft,
            children,
        }
    }

    /// The layout of an object or of an entry: the given detail, else a generated one.
    fn detail(&mut self, node: &Value, shape: Option<&Shape>, detail: &Detail<'_>) -> Vec<Node> {
        let at = format!("{}/options/detail", detail.at);
        match detail.element {
            Some(element @ Value::Object(_)) => {
                let context = Context { node, shape, place: detail.place, outer: false, generated: false };
                return self.element(element, &at, context).into_iter().collect();
            }
            None => {}
            Some(Value::String(how)) if how == "GENERATED" || how == "DEFAULT" => {}
            Some(_) => self.warn(&at, detail.context, Phrase::of("forms-reason-detail")),
        }
        let generated = generate::detail(self.schema, node);
        let context = Context { node, shape, place: detail.place, outer: false, generated: true };
        self.element(&generated, detail.at, context).into_iter().collect()
    }

    fn field(
        &mut self,
        facets: &Facets<'_>,
        shape: Option<&Shape>,
        label: String,
        options: Option<&Object>,
        at: &str,
        context: Context<'_>,
    ) -> ControlId {
        let kind = control::kind(self.schema, facets, shape, options).unwrap_or_else(|reason| {
            self.warn(at, context, reason);
            ControlKind::Text
        });
        let id = ControlId(u32::try_from(self.controls.len()).unwrap_or(u32::MAX));
        let calculated = shape.is_some_and(|shape| shape.calculated);
        self.controls.push(Control {
            id,
            label,
            hint: facets.text("description").unwrap_or_default().to_owned(),
            kind,
            read_only: calculated || facets.flag("readOnly"),
            calculated,
            sensitive: facets.flag("x-sensitive"),
            soft: shape.is_some_and(|shape| shape.soft),
            term: facets.text("x-term").map(str::to_owned),
            capture: facets.text("x-capture").and_then(|device| match device {
                "id-card" => Some(Capture::IdCard),
                "code" => Some(Capture::Code),
                "scan" => Some(Capture::Scan),
                _ => None,
            }),
            max_length: facets.count("maxLength"),
        });
        self.page_controls.push(id);
        id
    }

    fn check_options(&mut self, options: Option<&Object>, at: &str, context: Context<'_>) {
        const KNOWN: [&str; 7] = ["multi", "money", "format", "detail", "elementLabelProp", "readonly", "readOnly"];
        for (name, value) in options.into_iter().flatten() {
            let here = format!("{at}/options");
            if !KNOWN.contains(&name.as_str()) {
                self.warn(&pointer::join(&here, name), context, Phrase::of("forms-reason-option").with("option", name));
            } else if name == "format" && !matches!(value.as_str(), Some("date" | "date-time" | "time")) {
                self.warn(&pointer::join(&here, name), context, Phrase::of("forms-reason-option-format"));
            }
        }
    }

    fn warn(&mut self, at: &str, context: Context<'_>, reason: Phrase) {
        // A generated element has no place in the UI schema.
        let document = if context.generated { Document::Schema } else { Document::UiSchema };
        self.warnings.push(Warning { document, pointer: at.to_owned(), reason });
    }
}

/// Whether every step of a path must be there where the one before it is.
fn is_required(from: Option<&Shape>, path: &[String]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    from.is_some_and(|shape| shape.required.contains(step) && is_required(shape.step(step), rest))
}

/// A detail as it stands in the options of a control.
struct Detail<'d> {
    element: Option<&'d Value>,
    at: &'d str,
    place: &'d str,
    context: Context<'d>,
}

fn kind(element: &Value) -> Option<&str> {
    element.get("type")?.as_str()
}

/// `options.readonly`, else `options.readOnly`: either is known.
fn read_only(element: &Value) -> Option<bool> {
    let options = element.get("options")?;
    ["readonly", "readOnly"].into_iter().find_map(|name| options.get(name)?.as_bool())
}

fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}

/// The label that the UI schema gives, else the schema's title, else the property's name.
fn label(element: &Value, facets: &Facets<'_>, name: Option<&str>) -> String {
    let given = element.get("label").and_then(|label| match label {
        Value::String(label) => Some(label.clone()),
        label => text(label.get("text")),
    });
    given
        .or_else(|| facets.text("title").map(str::to_owned))
        .unwrap_or_else(|| name.map(generate::start_case).unwrap_or_default())
}

fn error(at: &str, reason: Phrase) -> LoadError {
    LoadError::of(Document::UiSchema, at, reason)
}
