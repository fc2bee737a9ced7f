//! States, reasons and faults in the clerk's words.

use jiff::tz::offset;
use jiff::{SignedDuration, Timestamp};

use crate::locale::Locale;
use crate::vault::{
    DiskFault, DraftSummary, Holder, OutboxState, Reason, RecoveryError, RefusedItem, Rescue, Retired, VaultError,
    Warning,
};

use super::LinkState;

/// What is said of a reason that has no sentence of its own.
const OTHER: &str = "sync-reason-other";

/// The link, with the time of day in China: when the backend was last heard, if it ever was.
pub fn link(link: LinkState, last_contact: Option<Timestamp>, locale: &Locale) -> String {
    match link {
        LinkState::Unknown => locale.text("sync-link-unknown"),
        LinkState::Online { at } => locale.format("sync-link-online", &[("time", time_of_day(at).into())]),
        LinkState::Offline { since } => {
            let key = if last_contact.is_some() { "sync-link-offline-heard" } else { "sync-link-offline" };
            locale.format(key, &[("time", time_of_day(last_contact.unwrap_or(since)).into())])
        }
        LinkState::CaptivePortal => locale.text("sync-link-captive"),
    }
}

/// A clock that is off by no more than this spoils nothing that is worth a word.
pub const TOLERATED_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Whether a clock is so far off that somebody should set it.
pub fn is_worth_saying(skew: SignedDuration) -> bool {
    skew.abs() > TOLERATED_SKEW
}

/// How far this machine's clock is off, by the backend's.
pub fn skew(skew: SignedDuration, locale: &Locale) -> String {
    let minutes = skew.abs().as_secs() / 60;
    let key = match (is_worth_saying(skew), skew.is_positive()) {
        (false, _) => "sync-skew-none",
        (true, true) => "sync-skew-behind",
        (true, false) => "sync-skew-ahead",
    };
    locale.format(key, &[("minutes", minutes.into())])
}

/// How long ago, in the largest unit that says something.
pub fn age(age: SignedDuration, locale: &Locale) -> String {
    let minutes = age.as_mins().max(0);
    let (key, n) = match minutes {
        0..60 => ("sync-age-minutes", minutes),
        60..2880 => ("sync-age-hours", minutes / 60),
        _ => ("sync-age-days", minutes / 1440),
    };
    locale.format(key, &[("n", n.into())])
}

/// Bytes sent, of bytes in all: `45%`.
pub fn percent((sent, size): (u64, u64)) -> String {
    format!("{}%", sent.saturating_mul(100).checked_div(size).unwrap_or(100))
}

/// Bytes sent, of bytes in all: percent and bytes.
pub fn progress((sent, size): (u64, u64), locale: &Locale) -> String {
    let args = [("percent", percent((sent, size)).into()), ("sent", bytes(sent).into()), ("size", bytes(size).into())];
    locale.format("sync-progress", &args)
}

/// A number of bytes as people say it: `64 KB`, `1.3 MB`.
pub fn bytes(bytes: u64) -> String {
    const KILO: u64 = 1024;
    match bytes {
        0..KILO => format!("{bytes} B"),
        KILO..1_048_576 => format!("{} KB", bytes / KILO),
        _ => format!("{}.{} MB", bytes / (KILO * KILO), bytes % (KILO * KILO) * 10 / (KILO * KILO)),
    }
}

/// The link in a word, for where there is room for no more.
pub fn link_in_short(link: LinkState, locale: &Locale) -> String {
    match link {
        LinkState::Offline { .. } => locale.text("sync-link-offline-short"),
        link => self::link(link, None, locale),
    }
}

/// The state of a request.
pub fn state(state: OutboxState, locale: &Locale) -> String {
    locale.text(&format!("sync-state-{}", state.name()))
}

/// The state of an entry: as [`state`], but that of several items only some may have been taken.
pub fn entry_state(entry: OutboxState, refused: &[RefusedItem], locale: &Locale) -> String {
    if refused.is_empty() { state(entry, locale) } else { locale.text("sync-state-partly-accepted") }
}

/// Why a request waits or was refused, and the way out, with the backend's own explanation.
pub fn reason(reason: &Reason, locale: &Locale) -> String {
    if !reason.items.is_empty() {
        let items: Vec<String> = reason.items.iter().map(|item| refused_item(item, locale)).collect();
        let items = items.join(&locale.text("sync-list-semicolon"));
        return locale.format("sync-reason-partly-refused", &[("items", items.into())]);
    }
    let by_code = format!("sync-reason-{}", reason.code);
    let by_status = reason.status.map(|status| format!("sync-reason-status-{status}")).unwrap_or_default();
    // The sentence that names what the backend names, where there is one.
    let named = [("replaced", "successor", &reason.successor), ("open", "case", &reason.case_no)];
    for (kind, argument, name) in named {
        let key = format!("{by_code}-{kind}");
        if let Some(name) = name.as_deref().filter(|_| locale.has(&key)) {
            return locale.format(&key, &[(argument, name.into())]);
        }
    }
    let mut keys = [by_code.as_str(), by_status.as_str()];
    if reason.code == Reason::GATEWAY {
        // A gateway says no more than the status.
        keys.reverse();
    }
    let known = keys.into_iter().filter(|key| *key != OTHER).find(|key| locale.has(key));
    let sentence = locale.text(known.unwrap_or(OTHER));
    if reason.detail.is_empty() {
        return sentence;
    }
    locale.format("sync-detail", &[("sentence", sentence.into()), ("detail", reason.detail.as_str().into())])
}

/// An item that was not taken with the others, and why.
pub fn refused_item(item: &RefusedItem, locale: &Locale) -> String {
    let why = reason(&item.reason, locale);
    locale.format("sync-refused-item", &[("item", item.item_name.as_str().into()), ("reason", why.into())])
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
    match error.disk_fault() {
        Some(DiskFault::Full) => return locale.text("sync-vault-disk-full"),
        Some(DiskFault::ReadOnly) => return locale.text("sync-vault-disk-read-only"),
        Some(DiskFault::Failing) => return locale.text("sync-vault-disk-failing"),
        Some(DiskFault::Damaged) => return damaged(error, locale),
        None => {}
    }
    match error {
        VaultError::Held { by } => locale.format("sync-vault-held", &[("holder", holder(by, locale).into())]),
        VaultError::ReadOnly => locale.text("sync-vault-read-only"),
        VaultError::Missing(path) => {
            locale.format("sync-vault-missing", &[("path", path.display().to_string().into())])
        }
        VaultError::Locked => locale.text("sync-vault-locked"),
        VaultError::WrongPassword { closed_until: None } => locale.text("trouble-wrong-password"),
        VaultError::WrongPassword { closed_until: Some(until) } | VaultError::Closed { until } => {
            locale.format("sync-vault-closed", &[("time", second_of_day(*until).into())])
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
            damaged(error, locale)
        }
        VaultError::Io { .. } | VaultError::Database(_) => {
            locale.format("sync-vault-disk", &[("detail", error.to_string().into())])
        }
    }
}

fn damaged(error: &VaultError, locale: &Locale) -> String {
    locale.format("sync-vault-damaged", &[("detail", error.to_string().into())])
}

/// What became of a damaged vault.
pub fn rescue(rescue: &Rescue, locale: &Locale) -> String {
    let args = [
        ("rescued", rescue.rescued.to_string().into()),
        ("lost", rescue.lost.to_string().into()),
        ("path", rescue.kept.display().to_string().into()),
    ];
    let said = locale.format("sync-vault-rescued", &args);
    if rescue.files_lost == 0 {
        return said;
    }
    let files = locale.format("sync-vault-rescued-files", &[("files", rescue.files_lost.to_string().into())]);
    format!("{said}\n{files}")
}

/// What was deleted because of its age, and which drafts will be; nothing when there is nothing to tell.
pub fn retired(retired: &Retired, locale: &Locale) -> Option<String> {
    const NAMED: usize = 5;
    let due = retired.due.len() as u64;
    if retired.drafts + due == 0 {
        return None;
    }
    let args = [("gone", retired.drafts.to_string().into()), ("due", due.to_string().into())];
    let said = locale.format("sync-vault-retired", &args);
    let named = |draft: &DraftSummary| format!("{} {}", draft.applicant, draft.item_name).trim().to_owned();
    let names: Vec<String> = retired.due.iter().take(NAMED).map(named).collect();
    if names.is_empty() {
        return Some(said);
    }
    let names = names.join(&locale.text("sync-list-semicolon"));
    Some(format!("{said}\n{}", locale.format("sync-vault-retired-due", &[("names", names.into())])))
}

/// What is doubtful about where the vault lies, and what to do about it.
pub fn warning(warning: &Warning, locale: &Locale) -> String {
    match warning {
        Warning::NetworkFolder(kind) => locale.format("sync-warning-network-folder", &[("kind", kind.as_str().into())]),
        Warning::OpenFolder => locale.text("sync-warning-open-folder"),
    }
}

/// Who has a vault open: a process, and as far as known whose, where and since when.
fn holder(holder: &Holder, locale: &Locale) -> String {
    let since = holder.since.map(|since| offset(8).to_datetime(since).strftime("%m-%d %H:%M").to_string());
    let known = [
        ("sync-holder-process", holder.pid.to_string()),
        ("sync-holder-user", holder.user.clone()),
        ("sync-holder-terminal", holder.terminal.clone()),
        ("sync-holder-since", since.unwrap_or_default()),
    ];
    let known = known.iter().filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> =
        known.map(|(key, value)| locale.format(key, &[("value", value.as_str().into())])).collect();
    parts.join(&locale.text("sync-list-comma"))
}

/// To the second: a wait of a few seconds must not look like one of a minute, or like none.
fn second_of_day(time: Timestamp) -> String {
    // Rounded up: at the second that is told the wait is over.
    let time = offset(8).to_datetime(time + SignedDuration::from_millis(999));
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

fn time_of_day(time: Timestamp) -> String {
    let time = offset(8).to_datetime(time);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::wire::ProblemCode;
    use crate::locale::Language;

    #[test]
    fn every_state_and_reason_of_ours_has_a_sentence() {
        let states = ["queued", "sending", "accepted", "refused", "withdrawn"];
        let reasons = [
            Reason::UNREACHABLE,
            Reason::ANSWER_LOST,
            Reason::CAPTIVE_PORTAL,
            Reason::SIGN_IN,
            Reason::TOO_OLD,
            Reason::DAMAGED,
            Reason::UNSENDABLE,
            Reason::UPLOAD_GONE,
            Reason::PARTLY_REFUSED,
            Reason::GATEWAY,
        ];
        for locale in Language::ALL.map(Locale::of) {
            for name in states {
                let state = OutboxState::from_name(name).unwrap();
                assert_eq!(state.name(), name);
                assert_ne!(super::state(state, &locale), format!("sync-state-{name}"));
            }
            let codes = ProblemCode::ALL.map(ProblemCode::name);
            for code in reasons.into_iter().chain(codes) {
                assert!(locale.has(&format!("sync-reason-{code}")), "{code}");
            }
            // What a gateway may say without a word of ours.
            for status in [400, 403, 404, 405, 412, 413, 415, 423, 425, 428, 451] {
                assert!(locale.has(&format!("sync-reason-status-{status}")), "{status}");
            }
            assert!(locale.text(OTHER).len() > OTHER.len(), "whatever else");
            assert_eq!(OutboxState::from_name("lost"), None);
        }
    }

    #[test]
    fn sentences_carry_their_values() {
        let locale = Locale::of(Language::Chinese);
        let evening: Timestamp = "2026-11-23T10:05:00Z".parse().unwrap();
        assert_eq!(link(LinkState::Offline { since: evening }, None, &locale), "离线（18:05 起）");
        assert_eq!(link(LinkState::Offline { since: evening }, Some(evening), &locale), "离线（末次联系 18:05）");
        let refused = Reason { detail: "年龄未满80周岁".to_owned(), ..Reason::of("never-heard-of") };
        assert_eq!(
            reason(&refused, &locale),
            "受理平台退回了这份申请。请按说明处理，重新打开修改后提交；不清楚时联系技术人员。（年龄未满80周岁）"
        );
        let unnamed = |status| Reason { status: Some(status), ..Reason::of("other") };
        assert!(reason(&unnamed(423), &locale).contains("另一位"));
        assert_eq!(skew(SignedDuration::from_mins(12), &locale), "本机时钟慢 12 分钟，请校准。时间以受理平台为准。");
        assert_eq!(skew(SignedDuration::from_mins(-7), &locale), "本机时钟快 7 分钟，请校准。时间以受理平台为准。");
        assert_eq!(progress((1_363_149, 2_097_152), &locale), "已传 65%（1.3 MB / 2.0 MB）");
        assert_eq!(
            (bytes(999), bytes(65_536), percent((0, 0))),
            ("999 B".to_owned(), "64 KB".to_owned(), "100%".to_owned())
        );
        let ages = [59, 61, 2881].map(|minutes| age(SignedDuration::from_mins(minutes), &locale));
        assert_eq!(ages, ["59 分钟前提交", "1 小时前提交", "2 天前提交"]);
        let closed = VaultError::Closed { until: evening + SignedDuration::from_millis(1_500) };
        assert_eq!(fault(&closed, &locale), "密码错误次数过多，请在 18:05:02 之后再试。");
        let by = Holder { pid: 7, user: "li".to_owned(), terminal: String::new(), since: Some(evening) };
        let held = fault(&VaultError::Held { by }, &locale);
        assert_eq!(held, "本地库正被另一个会话使用（进程 7，用户 li，11-23 18:05 起）。可以查看，不能修改。");
        let error = VaultError::State { id: Uuid::nil(), state: OutboxState::Accepted };
        assert_eq!(fault(&error, &locale), "这份申请的状态是“已收件”，不能这样做。");
        let item = RefusedItem {
            item_code: "X".to_owned(),
            item_name: "优待证办理".to_owned(),
            reason: Reason { status: Some(422), ..Reason::of("invalid") },
            reopened_as: None,
        };
        let partly = Reason { items: vec![item], ..Reason::of(Reason::PARTLY_REFUSED) };
        let said = super::reason(&partly, &locale);
        assert!(said.contains("未收") && said.contains("优待证办理：内容不符合要求"), "{said}");
        let withdrawn = Reason { successor: Some("1142".to_owned()), ..Reason::of("item-withdrawn") };
        assert!(super::reason(&withdrawn, &locale).contains("1142"), "what takes its place is named");
        assert_eq!(local_no("L-1123-07", &locale, false), "临-1123-07");
        assert_eq!(local_no("L-1123-07", &locale, true), "L-1123-07");
    }
}
