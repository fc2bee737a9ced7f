//! Why a number in a catalogue is none, as sentences.

use crate::domain::area::AreaCodeError;
use crate::domain::identity::CreditCodeError;
use crate::locale::Phrase;

/// Why a text is no unified social credit code.
pub(super) fn credit_code(error: CreditCodeError) -> Phrase {
    match error {
        CreditCodeError::Empty => Phrase::of("catalogue-reason-empty"),
        CreditCodeError::Length { found } => {
            Phrase::of("catalogue-reason-length").with("limit", 18_u64).with("actual", found)
        }
        CreditCodeError::Characters => Phrase::of("catalogue-reason-characters"),
        CreditCodeError::OrganisationCheck { expected } => {
            Phrase::of("catalogue-reason-organisation-check").with("expected", expected.to_string())
        }
        CreditCodeError::Check { expected } => {
            Phrase::of("catalogue-reason-check").with("expected", expected.to_string())
        }
    }
}

/// Why a text is no area code.
pub(super) fn area_code(error: AreaCodeError) -> Phrase {
    match error {
        AreaCodeError::Length { found } => {
            Phrase::of("catalogue-reason-length").with("limit", 12_u64).with("actual", found)
        }
        AreaCodeError::Characters => Phrase::of("catalogue-reason-digits"),
        AreaCodeError::Hierarchy => Phrase::of("catalogue-reason-hierarchy"),
    }
}
