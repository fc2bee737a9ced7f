//! The codes of the items: eight bytes each, and the search in them.

use std::collections::HashMap;
use std::ops::Range;

use super::image::{Reader, Writer};
use super::index::in_order;
use super::letters::set;
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

    /// Puts the items into another order, of which these are their places, and gives back what only adding needs.
    pub(super) fn arrange(&mut self, places: &[u32]) {
        self.numbers = HashMap::new();
        self.packed = in_order(&self.packed, places);
        let mut odd: HashMap<u32, [String; 2]> = std::mem::take(&mut self.odd).into_iter().collect();
        self.odd = (0..).zip(places).filter_map(|(at, place)| Some((at, odd.remove(place)?))).collect();
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

    /// The first of these items with this implementation code, else with this catalogue code. Letters may be small.
    pub(super) fn find(&self, code: &str, mut items: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        let code = code.to_ascii_uppercase();
        let wanted = Wanted::new(self, &code);
        items.clone().find(|at| wanted.whole(self, *at)).or_else(|| items.find(|at| wanted.whole_catalog(self, *at)))
    }

    /// The items with any of these implementation codes, in order, each with its code's place among them.
    pub(super) fn find_all(&self, codes: &[&str]) -> Vec<(usize, usize)> {
        let bodies: HashMap<&str, u64> = self.bodies.iter().map(String::as_str).zip(0..).collect();
        let pack = |code: &str| {
            let (body, catalog) = code.split_at_checked(code.len().checked_sub(CATALOG)?)?;
            Some(bodies.get(body)? << CATALOG_BITS | nibbles(catalog)?)
        };
        let mut wanted: Vec<(u64, usize)> =
            codes.iter().enumerate().filter_map(|(place, code)| Some((pack(code)?, place))).collect();
        wanted.sort_unstable();
        wanted.dedup_by_key(|(packed, _)| *packed);
        let place_of = |packed: &u64| wanted.binary_search_by_key(packed, |(packed, _)| *packed).ok();
        let usual = self.packed.iter().enumerate();
        let usual = usual.filter_map(|(at, packed)| Some((at, wanted.get(place_of(packed)?)?.1)));
        let places: HashMap<&str, usize> = codes.iter().copied().zip(0..).collect();
        let odd = self.odd.iter().filter_map(|(at, [code, _])| Some((*at as usize, *places.get(code.as_str())?)));
        let mut found: Vec<(usize, usize)> = usual.chain(odd).collect();
        found.sort_unstable();
        found
    }

    /// What is looked for, made ready.
    pub(super) fn wanted(&self, code: &str) -> Wanted {
        Wanted::new(self, code)
    }

    /// Whether an item has the code, and how well.
    pub(super) fn class(&self, wanted: &Wanted, at: usize) -> Option<Class> {
        wanted.class(self, at)
    }

    /// Some blocks of a bit for each item: whether it has the code; `whole`: all of it.
    pub(super) fn sift(&self, wanted: &Wanted, whole: bool, blocks: &Range<usize>) -> Vec<u64> {
        let mut found = vec![0; blocks.len()];
        let (first, end) = (blocks.start * 64, self.packed.len().min(blocks.end * 64));
        for (at, packed) in self.packed.get(first..end).unwrap_or_default().iter().enumerate() {
            let class = wanted.class_of(self, first + at, *packed);
            if class.is_some_and(|class| !whole || class == Class::Exact) {
                set(&mut found, at);
            }
        }
        found
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
    /// Any does.
    has_bodies: bool,
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
        let digits = Some(text).filter(|text| (2..=CATALOG).contains(&text.len())).and_then(nibbles);
        let bodies = codes.bodies.iter().map(|body| match text.strip_prefix(body.as_str()) {
            Some(rest) if !rest.is_empty() && rest.len() <= CATALOG => {
                nibbles(rest).map_or(Body::Other, |digits| Body::GoesOn(digits, rest.len()))
            }
            Some("") => Body::Begun,
            _ if body.starts_with(text) => Body::Begun,
            _ => Body::Other,
        });
        let bodies: Vec<Body> = bodies.collect();
        Self {
            catalog: digits.filter(|_| text.len() == CATALOG),
            digits: digits.map(|digits| (digits, text.len())),
            has_bodies: bodies.iter().any(|body| *body != Body::Other),
            bodies,
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
        self.class_of(codes, at, *codes.packed.get(at)?)
    }

    #[inline]
    fn class_of(&self, codes: &Codes, at: usize, packed: u64) -> Option<Class> {
        if packed >> CATALOG_BITS == ODD {
            return self.odd(codes.odd_of(at)?);
        }
        let catalog = packed & ((1 << CATALOG_BITS) - 1);
        if self.has_bodies {
            match self.bodies.get(usize::try_from(packed >> CATALOG_BITS).ok()?)? {
                Body::GoesOn(digits, CATALOG) if *digits == catalog => return Some(Class::Exact),
                Body::GoesOn(digits, length) if catalog >> (4 * (CATALOG - length)) == *digits => {
                    return Some(Class::Code);
                }
                Body::Begun => return Some(Class::Code),
                _ => {}
            }
        }
        let (digits, length) = self.digits?;
        if length == CATALOG {
            return (digits == catalog).then_some(Class::Exact);
        }
        // Most codes do not even have the last two digits next to each other.
        let [last, before] = [digits & 0xf, digits >> 4 & 0xf].map(|digit| has_digit(catalog, digit));
        if last & before >> 4 == 0 {
            return None;
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

/// The highest bit of each four that are this digit, and of a few that are not.
const fn has_digit(digits: u64, digit: u64) -> u64 {
    const EACH: u64 = 0x1111_1111_1111_1111;
    let others = digits ^ (EACH * digit);
    others.wrapping_sub(EACH) & !others & (EACH << 3)
}

/// Digits, four bits each; `None` when there is anything else.
fn nibbles(digits: &str) -> Option<u64> {
    digits.chars().try_fold(0_u64, |all, digit| Some(all << 4 | u64::from(digit.to_digit(10)?)))
}

#[cfg(test)]
mod tests {
    use super::super::letters::ones;
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
        codes.arrange(&[0, 1, 2, 3, 4, 5]);
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
            assert_eq!(codes.find(code, 0..6), at, "{code}");
        }
        let all = codes.find_all(&["none", "x-1", &format!("{BODY}999999999999"), "420511008001"]);
        assert_eq!(all, [(2, 2), (3, 1), (5, 3)]);
        let found = |text: &str| {
            let wanted = codes.wanted(text);
            let found: Vec<_> = (0..6).filter_map(|at| Some((at, codes.class(&wanted, at)?))).collect();
            let whole = found.iter().filter(|(_, class)| *class == Class::Exact).map(|(at, _)| *at);
            assert!(ones(&codes.sift(&wanted, false, &(0..1))).eq(found.iter().map(|(at, _)| *at)), "{text}");
            assert!(ones(&codes.sift(&wanted, true, &(0..1))).eq(whole), "{text}");
            found
        };
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
