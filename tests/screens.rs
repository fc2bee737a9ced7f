//! The screens on the pure core: what is drawn, what keys do, what a keystroke costs on the line.
//!
//! No runtime, no clock, no disk, no network: a [`desk::Desk`] drives the model with virtual time, answers its effects from memory and draws
//! it through the program's own terminal backend into a terminal emulator. After a change of the screens run
//! `INSTA_UPDATE=always cargo test --test screens` and read the difference.

#[cfg(test)]
#[path = "screens/backstage.rs"]
mod backstage;
#[cfg(test)]
#[path = "screens/budgets.rs"]
mod budgets;
#[cfg(test)]
#[path = "screens/carets.rs"]
mod carets;
#[cfg(test)]
#[path = "screens/case.rs"]
mod case;
#[cfg(test)]
#[path = "screens/controls.rs"]
mod controls;
#[cfg(test)]
#[path = "screens/desk.rs"]
mod desk;
#[cfg(test)]
#[path = "screens/entries.rs"]
mod entries;
#[cfg(test)]
#[path = "screens/finding.rs"]
mod finding;
#[cfg(test)]
#[path = "screens/guides.rs"]
mod guides;
#[cfg(test)]
#[path = "screens/keys.rs"]
mod keys;
#[cfg(test)]
#[path = "screens/outbox.rs"]
mod outbox;
#[cfg(test)]
#[path = "screens/pictures.rs"]
mod pictures;
#[cfg(test)]
#[path = "screens/popups.rs"]
mod popups;
#[cfg(test)]
#[path = "screens/safety.rs"]
mod safety;
#[cfg(test)]
#[path = "screens/sentences.rs"]
mod sentences;
#[cfg(test)]
#[path = "screens/status.rs"]
mod status;
#[cfg(test)]
#[path = "screens/stories.rs"]
mod stories;
#[cfg(test)]
#[path = "screens/terminal.rs"]
mod terminal;
#[cfg(test)]
#[path = "screens/versions.rs"]
mod versions;
