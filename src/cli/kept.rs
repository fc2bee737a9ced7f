//! The items and forms in the desk's copy of the catalogue, for commands that need no backend.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::context::Context;
use crate::domain::item::{FormRef, Item};
use crate::forms::{CodeList, Form};
use crate::runtime::ListsAtHand;
use crate::sync::catalogue::{CODE_LIST, FORM, lists_named};
use crate::vault::library::Library;

/// What the desk has of the catalogue; nothing before it was synchronised. What cannot be read is as good as not there.
pub(super) struct Kept {
    library: Option<Library>,
    forms: HashMap<FormRef, Option<Arc<Form>>>,
}

impl Kept {
    /// The copy that was synchronised last.
    pub(super) async fn of(context: &Context) -> Self {
        let library = Library::last(&context.settings.data_dir, context.settings.site.as_deref()).await;
        Self { library: library.ok().flatten(), forms: HashMap::new() }
    }

    /// An item, by its implementation code.
    pub(super) async fn item(&self, code: &str) -> Option<Arc<Item>> {
        Some(self.library.as_ref()?.entry(code).await.ok()??.item)
    }

    /// The name of an item.
    pub(super) async fn name(&self, code: &str) -> Option<String> {
        Some(self.library.as_ref()?.brief(code).await.ok()??.name)
    }

    /// Reads a form, so that [`Self::form`] has it.
    pub(super) async fn load(&mut self, form: &FormRef) {
        if !self.forms.contains_key(form) {
            let loaded = self.compiled(form).await;
            self.forms.insert(form.clone(), loaded);
        }
    }

    /// A form that was loaded, when it is there and usable.
    pub(super) fn form(&self, form: &FormRef) -> Option<Arc<Form>> {
        self.forms.get(form)?.clone()
    }

    async fn compiled(&self, form: &FormRef) -> Option<Arc<Form>> {
        #[derive(Deserialize)]
        struct Source {
            schema: Value,
            #[serde(default)]
            uischema: Option<Value>,
        }
        let library = self.library.as_ref()?;
        let source: Source = library.document(FORM, &form.to_string()).await.ok()??;
        let mut lists = ListsAtHand::default();
        for (id, version) in lists_named(&source.schema) {
            let list: CodeList = library.document(CODE_LIST, &format!("{id}@{version}")).await.ok()??;
            lists.0.insert((id, version), Arc::new(list));
        }
        Form::load(&source.schema, source.uischema.as_ref(), &lists).ok().map(Arc::new)
    }
}
