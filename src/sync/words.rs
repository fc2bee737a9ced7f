//! States, reasons and faults in the clerk's words.

use jiff::Timestamp;
use jiff::tz::offset;

use crate::locale::Locale;
use crate::vault::{OutboxState, Reason, RecoveryError, VaultError, Warning};

use super::LinkState;

/// The link, with the time of day in China.
pub fn link(link: LinkState, locale: &Locale) -> String {
    match link {
        LinkState::Unknown => locale.text("sync-link-unknown"),
        LinkState::Online { at } => locale.format("sync-link-online", &[("time", time_of_day(at).into())]),
        LinkState::Offline { since } => locale.format("sync-link-offline", &[("time", time_of_day(since).into())]),
        LinkState::CaptivePortal => locale.text("sync-link-captive"),
    }
}

/// The state of a request.
pub fn state(state: OutboxState, locale: &Locale) -> String {
    locale.text(&format!("sync-state-{}", state.name()))
}

/// Why a request waits or was refused, and the way out, with the backend's own explanation.
pub fn reason(reason: &Reason, locale: &Locale) -> String {
    let key = format!("sync-reason-{}", reason.code);
    let sentence = locale.text(if locale.has(&key) { &key } else { "sync-reason-other" });
    if reason.detail.is_empty() {
        return sentence;
    }
    locale.format("sync-detail", &[("sentence", sentence.into()), ("detail", reason.detail.as_str().into())])
}

/// A provisional number as shown: `临-1123-07`, or `L-1123-07` where only ASCII can be drawn.
pub fn local_no(local_no: &str, locale: &Locale, ascii: bool) -> String {
    match local_no.strip_prefix('L') {
        Some(number) if !ascii => format!("{}{number}", locale.text("sync-local-prefix")),
        _ => local_no.to_owned(),
    }
}

/// What went wrong with the vault, and the way out.
pub fn fault(error: &VaultError, locale: &Locale) -> String {
    match error {
        VaultError::Held { by } => locale.format("sync-vault-held", &[("holder", by.to_string().into())]),
        VaultError::ReadOnly => locale.text("sync-vault-read-only"),
        VaultError::Missing(path) => {
            locale.format("sync-vault-missing", &[("path", path.display().to_string().into())])
        }
        VaultError::Locked => locale.text("sync-vault-locked"),
        VaultError::WrongPassword { closed_until: None } => locale.text("trouble-wrong-password"),
        VaultError::WrongPassword { closed_until: Some(until) } | VaultError::Closed { until } => {
            locale.format("sync-vault-closed", &[("time", time_of_day(*until).into())])
        }
        VaultError::KeysMissing => locale.text("sync-vault-keys-missing"),
        VaultError::KeysDamaged => locale.text("sync-vault-keys-damaged"),
        VaultError::NoRecovery => locale.text("sync-vault-no-recovery"),
        VaultError::Recovery(RecoveryError::Malformed) => locale.text("sync-vault-recovery-malformed"),
        VaultError::Recovery(RecoveryError::Other) => locale.text("sync-vault-recovery-other"),
        VaultError::TooNew { .. } => locale.text("sync-vault-too-new"),
        VaultError::NotFound(_) => locale.text("sync-vault-not-found"),
        VaultError::State { state: found, .. } => {
            locale.format("sync-vault-state", &[("state", state(*found, locale).into())])
        }
        VaultError::InDoubt(_) => locale.text("sync-vault-in-doubt"),
        VaultError::Superseded { .. } => locale.text("sync-vault-superseded"),
        VaultError::WrongDocument { .. } | VaultError::Seal(_) | VaultError::Record(_) | VaultError::Damaged(_) => {
            locale.format("sync-vault-damaged", &[("detail", error.to_string().into())])
        }
        VaultError::Io { .. } | VaultError::Database(_) => {
            locale.format("sync-vault-disk", &[("detail", error.to_string().into())])
        }
    }
}

/// What is doubtful about where the vault lies, and what to do about it.
pub fn warning(warning: &Warning, locale: &Locale) -> String {
    match warning {
        Warning::NetworkFolder(kind) => locale.format("sync-warning-network-folder", &[("kind", kind.as_str().into())]),
        Warning::OpenFolder => locale.text("sync-warning-open-folder"),
    }
}

fn time_of_day(time: Timestamp) -> String {
    let time = offset(8).to_datetime(time);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::locale::Language;

    #[test]
    fn every_state_and_reason_of_ours_has_a_sentence() {
        let states = ["queued", "sending", "accepted", "refused", "withdrawn"];
        let reasons =
            [Reason::UNREACHABLE, Reason::ANSWER_LOST, Reason::CAPTIVE_PORTAL, Reason::SIGN_IN, Reason::UNSENDABLE];
        for locale in Language::ALL.map(Locale::new) {
            for name in states {
                let state = OutboxState::from_name(name).unwrap();
                assert_eq!(state.name(), name);
                assert_ne!(super::state(state, &locale), format!("sync-state-{name}"));
            }
            for code in reasons {
                assert!(locale.has(&format!("sync-reason-{code}")), "{code}");
            }
            assert_eq!(OutboxState::from_name("lost"), None);
        }
    }

    #[test]
    fn sentences_carry_their_values() {
        let locale = Locale::new(Language::Chinese);
        let evening = "2026-11-23T10:05:00Z".parse().unwrap();
        assert_eq!(link(LinkState::Offline { since: evening }, &locale), "离线（18:05 起）");
        let refused = Reason { detail: "年龄未满80周岁".to_owned(), ..Reason::of("never-heard-of") };
        assert_eq!(reason(&refused, &locale), "受理平台退回了这份申请。请查看说明后处理。（年龄未满80周岁）");
        let error = VaultError::State { id: Uuid::nil(), state: OutboxState::Accepted };
        assert_eq!(fault(&error, &locale), "这份申请的状态是“已收件”，不能这样做。");
        assert_eq!(local_no("L-1123-07", &locale, false), "临-1123-07");
        assert_eq!(local_no("L-1123-07", &locale, true), "L-1123-07");
    }
}
