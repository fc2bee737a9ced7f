//! Names that occur twice in an object of a JSON file: the later silently takes the place of the earlier.

use std::collections::HashSet;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::forms::pointer;

/// The places of the members that have the name of one before them. `text` is JSON.
pub(super) fn twice(text: &str) -> Vec<String> {
    let mut places = Vec::new();
    let mut json = serde_json::Deserializer::from_str(text);
    // What is no JSON was found before.
    let _ = Node { at: String::new(), places: &mut places }.deserialize(&mut json);
    places
}

struct Node<'p> {
    at: String,
    places: &'p mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            let at = pointer::join(&self.at, &name);
            if !names.insert(name) {
                self.places.push(at.clone());
            }
            members.next_value_seed(Node { at, places: self.places })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while entries.next_element_seed(Node { at: format!("{}/{index}", self.at), places: self.places })?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
