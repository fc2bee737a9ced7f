//! The shell around the pure core: terminal, event loop, signals, effects.
//!
//! One biased select over signals, messages, input and the next deadline; whatever has arrived is taken in before the screen is drawn
//! once. There is no tick: an idle program sends no byte and wakes no core. The first frame goes out before any disk or network work.

mod attachments;
mod effects;
mod forms;
mod index;
mod input;
mod library;
mod line;
pub mod memory;
pub mod screen;
mod session;
mod signals;
pub mod terminal;

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use crossterm::event::EventStream;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::layout::Size;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::api::Client;
use crate::app::{Effect, Model, Msg, OfflineLimits, Secret, Shared};
use crate::documents::Paper;
use crate::keymap::Keymap;
use crate::locale::Locale;
use crate::settings::Settings;
use crate::ui::{theme::Theme, view};
use effects::Shell;
pub use forms::{ListsAtHand, built_in};
use line::Line;
use screen::Screen;
use signals::{Order, Signals};
use terminal::{TerminalGuard, output};

/// What the screen is started with.
pub struct Start {
    /// The client of the backend, as soon as there is one: the first frame does not wait for it.
    pub client: Pin<Box<dyn Future<Output = anyhow::Result<Client>>>>,
    /// Folder of the clerks' vaults.
    pub data_dir: PathBuf,
    /// The clerk's name, when it is known before sign-in.
    pub user: Option<String>,
    /// Name and password to sign in with at once.
    pub credentials: Option<(String, String)>,
    /// A practice room: nothing here is real.
    pub practice: bool,
    /// The language.
    pub locale: Arc<Locale>,
    /// Borders and QR codes in ASCII.
    pub ascii: bool,
    /// Colours.
    pub colour: bool,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The keys.
    pub keymap: Keymap,
}

type Screens = Terminal<Screen<std::fs::File, fn() -> io::Result<Size>>>;

/// Runs the screen until the clerk leaves, the terminal hangs up, or the program is told to stop.
///
/// # Errors
/// When the terminal cannot be taken, or the built-in forms are broken.
pub async fn run(start: Start) -> anyhow::Result<()> {
    // One thread does everything that is not waiting for a disk, so nothing here needs a lock.
    tokio::task::LocalSet::new().run_until(run_here(start)).await
}

async fn run_here(start: Start) -> anyhow::Result<()> {
    let locale = start.locale;
    let paper = Paper { width: usize::from(start.settings.print_width), ascii: start.ascii };
    let mut shared = Shared::new(
        Timestamp::now(),
        Arc::clone(&locale),
        Arc::new(start.keymap),
        Arc::new(built_in(&locale)?),
        paper,
        fresh_id,
    );
    shared.desk.practice = start.practice;
    shared.offline_limits =
        OfflineLimits { days: start.settings.offline_days, records: start.settings.offline_records };
    shared.lock_after = start.settings.lock_after.map(|minutes| SignedDuration::from_mins(minutes.into()));
    let mut model = Model::starting(shared, start.user.as_deref(), start.credentials.is_some());
    let theme = Theme::new(start.colour, start.ascii);

    let guard = TerminalGuard::enter().context("the terminal cannot be used")?;
    let mut terminal = open_terminal()?;
    let size = terminal_size()?;
    model.update(Msg::Resize { columns: size.width, rows: size.height }, Timestamp::now());
    terminal.draw(|frame| view(&model, &theme, frame))?;

    let (sender, messages) = unbounded_channel();
    let shell = Shell::new(start.client, start.data_dir, start.settings, locale, sender);
    if let Some((name, password)) = start.credentials {
        shell.perform(Effect::SignIn { name, password: Secret(password) });
    }
    let result = Loop { model, theme, terminal, shell: &shell }.run(messages).await;
    drop(guard);
    shell.finish().await;
    result
}

/// Ids of drafts: UUIDv7, minted outside the core.
fn fresh_id(_: Timestamp) -> uuid::Uuid {
    uuid::Uuid::now_v7()
}

fn open_terminal() -> io::Result<Screens> {
    Terminal::new(Screen::new(output()?, terminal_size as fn() -> io::Result<Size>))
}

fn terminal_size() -> io::Result<Size> {
    let (width, height) = crossterm::terminal::size()?;
    Ok(Size { width, height })
}

struct Loop<'a> {
    model: Model,
    theme: Theme,
    terminal: Screens,
    shell: &'a Shell,
}

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Over,
}

impl Loop<'_> {
    async fn run(mut self, mut messages: UnboundedReceiver<Msg>) -> anyhow::Result<()> {
        let mut signals = Signals::listen()?;
        let mut events = EventStream::new();
        let line = Line::watch()?;
        loop {
            let deadline = self.model.deadline();
            // Signals first: a hung-up terminal must not starve them with events. Answers before input, so that a key acts on what is true.
            let message = tokio::select! {
                biased;
                order = signals.next() => match order {
                    Order::Stop => Msg::Terminate,
                    Order::Suspend => {
                        // The event stream reads the terminal even while it is not polled.
                        drop(events);
                        self.suspend()?;
                        events = EventStream::new();
                        continue;
                    }
                    Order::Resume => {
                        self.repaint()?;
                        continue;
                    }
                },
                () = line.hung_up() => Msg::Terminate,
                Some(message) = messages.recv() => message,
                event = events.next() => match event {
                    Some(Ok(event)) => match input::message(event) {
                        Some(message) => message,
                        None => continue,
                    },
                    // The terminal is gone.
                    Some(Err(_)) | None => Msg::Terminate,
                },
                () = sleep_until(deadline) => Msg::Wake,
            };
            if self.take(message) == Flow::Over {
                return Ok(());
            }
            // Whatever else has arrived by now is taken in before anything is drawn.
            loop {
                let next = match messages.try_recv() {
                    Ok(message) => Some(message),
                    Err(_) => match at_hand(&mut events).await {
                        Poll::Ready(Some(Ok(event))) => input::message(event),
                        Poll::Ready(Some(Err(_)) | None) => Some(Msg::Terminate),
                        Poll::Pending => break,
                    },
                };
                if let Some(message) = next
                    && self.take(message) == Flow::Over
                {
                    return Ok(());
                }
            }
            if self.draw().is_err() && self.take(Msg::Terminate) == Flow::Over {
                return Ok(());
            }
        }
    }

    fn take(&mut self, message: Msg) -> Flow {
        let mut flow = Flow::On;
        for effect in self.model.update(message, Timestamp::now()) {
            match effect {
                Effect::Quit => flow = Flow::Over,
                effect => self.shell.perform(effect),
            }
        }
        flow
    }

    fn draw(&mut self) -> io::Result<()> {
        self.terminal.draw(|frame| view(&self.model, &self.theme, frame)).map(drop)
    }

    fn suspend(&mut self) -> anyhow::Result<()> {
        terminal::restore();
        signals::sleep()?;
        // Continued: the guard's promise holds again from here.
        std::mem::forget(TerminalGuard::enter()?);
        self.repaint()
    }

    /// Draws everything anew: another program may have written on the terminal.
    fn repaint(&mut self) -> anyhow::Result<()> {
        self.terminal.backend_mut().forget();
        self.terminal.clear()?;
        let size = terminal_size()?;
        self.take(Msg::Resize { columns: size.width, rows: size.height });
        self.draw()?;
        Ok(())
    }
}

/// The next event if it has arrived already. Polled with the task's own waker: the event stream remembers the first one it is given, and
/// would never wake the loop again with another.
async fn at_hand(events: &mut EventStream) -> Poll<Option<io::Result<crossterm::event::Event>>> {
    std::future::poll_fn(|context| Poll::Ready(events.poll_next_unpin(context))).await
}

async fn sleep_until(deadline: Option<Timestamp>) {
    let Some(deadline) = deadline else { return std::future::pending().await };
    let left = deadline.duration_since(Timestamp::now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or(Duration::ZERO)).await;
}
