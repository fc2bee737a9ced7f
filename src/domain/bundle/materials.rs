//! The materials of a linked matter: one original shown once serves every item, copies add up.

use super::super::item::{Material, MaterialForm, Necessity};

/// A material that the items of a bundle need, merged by its code.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedMaterial<'a> {
    /// As the first item that needs it describes it.
    pub material: &'a Material,
    /// Required as soon as one item requires it.
    pub necessity: Necessity,
    /// The form that suits every item; none when they do not agree.
    pub form: Option<MaterialForm>,
    /// Originals to hand in or show: the most that any item wants.
    pub originals: u8,
    /// Photocopies: those of all items together.
    pub copies: u32,
    /// May follow later: only where every item lets it.
    pub deferrable: bool,
    /// Ids of the items that need it, in order.
    pub items: Vec<&'a str>,
}

/// Merges the materials of some items, each with its id and what its situation answers bring in. In the order in which they are first named.
pub fn merge<'a>(items: impl IntoIterator<Item = (&'a str, Vec<&'a Material>)>) -> Vec<SharedMaterial<'a>> {
    let mut merged: Vec<SharedMaterial<'a>> = Vec::new();
    for (item, materials) in items {
        for material in materials {
            match merged.iter_mut().find(|known| known.material.code == material.code) {
                Some(known) => known.join(item, material),
                None => merged.push(SharedMaterial {
                    material,
                    necessity: material.necessity,
                    form: Some(material.form),
                    originals: material.originals,
                    copies: u32::from(material.copies),
                    deferrable: material.deferrable,
                    items: vec![item],
                }),
            }
        }
    }
    merged
}

impl<'a> SharedMaterial<'a> {
    fn join(&mut self, item: &'a str, material: &Material) {
        if material.necessity == Necessity::Required {
            self.necessity = Necessity::Required;
        }
        self.form = self.form.and_then(|form| match (form, material.form) {
            (MaterialForm::Either, other) | (other, MaterialForm::Either) => Some(other),
            (form, other) => (form == other).then_some(form),
        });
        self.originals = self.originals.max(material.originals);
        self.copies += u32::from(material.copies);
        self.deferrable &= material.deferrable;
        self.items.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material(code: &str, necessity: &str, form: &str, originals: u8, copies: u8, deferrable: bool) -> Material {
        toml::from_str(&format!(
            "code = {code:?}\nname = {code:?}\nnecessity = {necessity:?}\nform = {form:?}\noriginals = {originals}\ncopies = {copies}\ndeferrable = {deferrable}\n"
        ))
        .unwrap()
    }

    #[test]
    fn one_original_serves_all_and_copies_add_up() {
        let birth = [
            material("id-card", "required", "paper", 1, 2, false),
            material("photo", "optional", "electronic", 0, 1, true),
        ];
        let household =
            [material("photo", "required", "paper", 2, 1, true), material("id-card", "optional", "either", 1, 1, true)];
        let merged = merge([("birth", birth.iter().collect()), ("household", household.iter().collect())]);
        let [id_card, photo] = merged.as_slice() else { panic!("{merged:?}") };
        assert_eq!((id_card.originals, id_card.copies, id_card.deferrable), (1, 3, false));
        assert_eq!((id_card.necessity, id_card.form), (Necessity::Required, Some(MaterialForm::Paper)));
        assert_eq!(id_card.items, ["birth", "household"]);
        assert_eq!((photo.originals, photo.copies, photo.deferrable), (2, 2, true));
        assert_eq!((photo.necessity, photo.form), (Necessity::Required, None), "paper here, electronic there");
    }
}
