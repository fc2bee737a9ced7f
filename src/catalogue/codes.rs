//! The codes of the items: eight bytes each, and the search in them.

use std::collections::HashMap;

use super::image::{Reader, Writer};
use super::question::Class;

/// Digits of a catalogue code (基本编码), which ends an implementation code.
const CATALOG: usize = 12;
/// Bits of a catalogue code, a digit in four.
const CATALOG_BITS: u32 = 48;
/// Stands for the body of a code that is kept as text.
const ODD: u64 = 0xffff;

/// The implementation codes (实施编码) and catalogue codes (基本编码) of the items, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    /// For each item the number of its body above its catalogue code.
    packed: Vec<u64>,
    /// What stands before the catalogue code: the body's credit code and the level.
    bodies: Vec<String>,
    /// Codes of another shape, by item.
    odd: Vec<(u32, [String; 2])>,
    /// Numbers of the bodies, while codes are added.
    numbers: HashMap<String, u64>,
}

impl Codes {
    /// Adds the codes of an item.
    pub(super) fn push(&mut self, code: &str, catalog_code: &str) {
        let packed = self.pack(code, catalog_code).unwrap_or_else(|| {
            let at = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
            self.odd.push((at, [code.to_owned(), catalog_code.to_owned()]));
            ODD << CATALOG_BITS
        });
        self.packed.push(packed);
    }

    fn pack(&mut self, code: &str, catalog_code: &str) -> Option<u64> {
        let body = code.strip_suffix(catalog_code)?;
        let digits = (catalog_code.len() == CATALOG).then(|| nibbles(catalog_code)).flatten()?;
        if body.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        let number = match self.numbers.get(body) {
            Some(number) => *number,
            None => {
                let number = u64::try_from(self.bodies.len()).ok().filter(|number| *number < ODD)?;
                self.bodies.push(body.to_owned());
                self.numbers.insert(body.to_owned(), number);
                number
            }
        };
        Some(number << CATALOG_BITS | digits)
    }

    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    /// Writes them down.
    pub(super) fn write(&self, image: &mut Writer) {
        image.numbers(&self.packed);
        image.bytes(&serde_json::to_vec(&(&self.bodies, &self.odd)).unwrap_or_default());
    }

    /// Reads what was written down.
    pub(super) fn read(image: &mut Reader<'_>) -> Option<Self> {
        let packed = image.numbers()?;
        let (bodies, odd) = serde_json::from_slice(image.bytes()?).ok()?;
        Some(Self { packed, bodies, odd, numbers: HashMap::new() })
    }

    /// Gives back what only adding needs.
    pub(super) fn shrink(&mut self) {
        self.numbers = HashMap::new();
        self.packed.shrink_to_fit();
    }

    /// The implementation code of an item.
    pub(super) fn get(&self, at: usize) -> String {
        let Some(packed) = self.packed.get(at) else { return String::new() };
        match self.body(*packed) {
            Some(body) => {
                let digits =
                    (0..CATALOG).rev().filter_map(|place| char::from_digit((packed >> (4 * place) & 0xf) as u32, 10));
                body.chars().chain(digits).collect()
            }
            None => self.odd_of(at).map(|[code, _]| code.clone()).unwrap_or_default(),
        }
    }

    fn body(&self, packed: u64) -> Option<&String> {
        self.bodies.get(usize::try_from(packed >> CATALOG_BITS).ok()?)
    }

    fn odd_of(&self, at: usize) -> Option<&[String; 2]> {
        let at = u32::try_from(at).ok()?;
        let place = self.odd.binary_search_by_key(&at, |(item, _)| *item).ok()?;
        self.odd.get(place).map(|(_, codes)| codes)
    }

    /// The first item with this implementation code, else with this catalogue code. Letters may be small.
    pub(super) fn find(&self, code: &str) -> Option<usize> {
        let code = code.to_ascii_uppercase();
        let wanted = Wanted::new(self, &code);
        let whole = |at: &usize| wanted.whole(self, *at);
        (0..self.packed.len()).find(whole).or_else(|| (0..self.packed.len()).find(|at| wanted.whole_catalog(self, *at)))
    }

    /// What is looked for, made ready.
    pub(super) fn wanted(&self, code: &str) -> Wanted {
        Wanted::new(self, code)
    }

    /// Whether an item has the code, and how well.
    pub(super) fn class(&self, wanted: &Wanted, at: usize) -> Option<Class> {
        wanted.class(self, at)
    }

    /// The items that have the code, and how well.
    pub(super) fn matching<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = (usize, Class)> + 'a {
        (0..self.packed.len()).filter_map(|at| Some((at, wanted.class(self, at)?)))
    }
}

/// A code or part of one that is looked for, upper-case.
#[derive(Debug)]
pub(super) struct Wanted {
    text: String,
    /// The last digits, when it may be a whole code.
    catalog: Option<u64>,
    /// All of it, when it may be part of a catalogue code, and its length.
    digits: Option<(u64, usize)>,
    /// For each body how it goes together with the text.
    bodies: Vec<Body>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// It does not.
    Other,
    /// It begins with the text, or is it.
    Begun,
    /// The text goes on with this many digits of the catalogue code.
    GoesOn(u64, usize),
}

impl Wanted {
    fn new(codes: &Codes, text: &str) -> Self {
        let digits = Some(text).filter(|text| (1..=CATALOG).contains(&text.len())).and_then(nibbles);
        let bodies = codes.bodies.iter().map(|body| match text.strip_prefix(body.as_str()) {
            Some(rest) if !rest.is_empty() && rest.len() <= CATALOG => {
                nibbles(rest).map_or(Body::Other, |digits| Body::GoesOn(digits, rest.len()))
            }
            Some("") => Body::Begun,
            _ if body.starts_with(text) => Body::Begun,
            _ => Body::Other,
        });
        Self {
            catalog: digits.filter(|_| text.len() == CATALOG),
            digits: digits.map(|digits| (digits, text.len())),
            bodies: bodies.collect(),
            text: text.to_owned(),
        }
    }

    fn whole(&self, codes: &Codes, at: usize) -> bool {
        self.class(codes, at) == Some(Class::Exact) && !self.whole_catalog(codes, at)
    }

    fn whole_catalog(&self, codes: &Codes, at: usize) -> bool {
        match codes.odd_of(at) {
            Some([_, catalog]) => catalog.eq_ignore_ascii_case(&self.text),
            None => self.catalog.is_some_and(|wanted| {
                codes.packed.get(at).is_some_and(|packed| packed & ((1 << CATALOG_BITS) - 1) == wanted)
            }),
        }
    }

    #[inline]
    fn class(&self, codes: &Codes, at: usize) -> Option<Class> {
        let packed = *codes.packed.get(at)?;
        if packed >> CATALOG_BITS == ODD {
            return self.odd(codes.odd_of(at)?);
        }
        let catalog = packed & ((1 << CATALOG_BITS) - 1);
        match self.bodies.get(usize::try_from(packed >> CATALOG_BITS).ok()?)? {
            Body::GoesOn(digits, CATALOG) if *digits == catalog => return Some(Class::Exact),
            Body::GoesOn(digits, length) if catalog >> (4 * (CATALOG - length)) == *digits => return Some(Class::Code),
            Body::Begun => return Some(Class::Code),
            _ => {}
        }
        let (digits, length) = self.digits?;
        if length == CATALOG {
            return (digits == catalog).then_some(Class::Exact);
        }
        let mask = (1_u64 << (4 * length)) - 1;
        (0..=CATALOG - length).any(|place| (catalog >> (4 * place)) & mask == digits).then_some(Class::Code)
    }

    fn odd(&self, codes: &[String; 2]) -> Option<Class> {
        let [code, catalog] = codes.each_ref().map(|code| code.to_ascii_uppercase());
        if self.text == code || (self.text == catalog && !catalog.is_empty()) {
            return Some(Class::Exact);
        }
        (code.starts_with(&self.text) || catalog.contains(&self.text)).then_some(Class::Code)
    }
}

/// Digits, four bits each; `None` when there is anything else.
fn nibbles(digits: &str) -> Option<u64> {
    digits.chars().try_fold(0_u64, |all, digit| Some(all << 4 | u64::from(digit.to_digit(10)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kept_and_found() {
        const BODY: &str = "11429006MB999999X64";
        let mut codes = Codes::default();
        for catalog in ["420511008001", "000000000000", "999999999999"] {
            codes.push(&format!("{BODY}{catalog}"), catalog);
        }
        codes.push("x-1", "odd");
        codes.push("", "");
        codes.push("420511008001", "420511008001");
        codes.shrink();
        assert_eq!(codes.get(0), format!("{BODY}420511008001"));
        assert_eq!(
            [codes.get(1), codes.get(3), codes.get(4), codes.get(9)],
            [&format!("{BODY}000000000000"), "x-1", "", ""]
        );
        assert_eq!(codes.get(5), "420511008001");
        for (code, at) in [
            (&*format!("{BODY}420511008001"), Some(0)),
            (&*format!("{BODY}420511008001").to_lowercase(), Some(0)),
            ("999999999999", Some(2)),
            ("X-1", Some(3)),
            ("ODD", Some(3)),
            ("420511008001", Some(0)),
            ("0000", None),
        ] {
            assert_eq!(codes.find(code), at, "{code}");
        }
        let found = |text: &str| codes.matching(&codes.wanted(text)).collect::<Vec<_>>();
        assert_eq!(found("0511008"), [(0, Class::Code), (5, Class::Code)]);
        assert_eq!(found("420511008001"), [(0, Class::Exact), (5, Class::Exact)]);
        assert_eq!(found("11429006MB"), [(0, Class::Code), (1, Class::Code), (2, Class::Code)]);
        assert_eq!(found(BODY).len(), 3);
        assert_eq!(found(&format!("{BODY}4205")), [(0, Class::Code)]);
        assert_eq!(found(&format!("{BODY}999999999999")), [(2, Class::Exact)]);
        assert_eq!(found("X-"), [(3, Class::Code)]);
        assert_eq!(found("12345"), []);
    }
}
