//! The driver: reads commands, one a line, carries them out on the module, writes what came of it. The lines are those
//! of docs/driver-protocol.md. `execute` has a line for each command; `Recorder` is the class whose callbacks write
//! events and do reactions.

mod callbacks;
mod errors;
mod low_level;
mod network;
mod process;
mod protocol;
mod server;

use callbacks::CallbackResult;
use errors::Error;
use low_level::{
    make_server, server_init, server_is_connected, server_is_open, server_restore, server_send, server_tick,
};
use network::Handle;
use protocol::{bytes, hex, int, number, outcome, text, Outcome, Refusal, Value};
use server::{Class, Server};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hint::black_box;
use std::io::{self, BufRead, BufWriter, StdoutLock, Write};
use std::rc::Rc;

const DEEPEST_REACTION: u32 = 50;
const CALLBACKS: [&str; 5] = ["connect", "disconnect", "data", "error", "log"];

type Orphan = Rc<RefCell<Option<Handle>>>;

// --- Callbacks and reactions ---------------------------------------------------------------------------------------

/// What the driver and the callbacks of all objects share.
struct Output {
    lines: RefCell<BufWriter<StdoutLock<'static>>>,
    /// The number of the command that runs, as it was written; 0 between commands.
    sequence: RefCell<String>,
    /// How deep reactions are nested.
    depth: Cell<u32>,
}

impl Output {
    /// Writes a line. A failure is left alone: when nobody reads, the input ends as well.
    fn line(&self, words: std::fmt::Arguments) {
        let _ = writeln!(self.lines.borrow_mut(), "{} {words}", self.sequence.borrow());
    }

    fn flush(&self) {
        let _ = self.lines.borrow_mut().flush();
    }
}

#[derive(Clone)]
enum Action {
    Send(Vec<u8>),
    Echo,
    Save(Orphan),
    Tick,
    Destroy,
    Query,
}

/// By callback: the name of the action, and the action itself (none for "raise").
type Reactions = RefCell<HashMap<String, (String, Option<Action>)>>;

/// The classes A and B (`CLASS` makes them two): every callback writes an event, then does its reaction.
struct Recorder<const CLASS: i64> {
    output: Rc<Output>,
    number: i64,
    reactions: Rc<Reactions>,
}

impl<const CLASS: i64> Recorder<CLASS> {
    fn fired(&self, server: &Server, callback: &str, words: std::fmt::Arguments, bytes: &[u8]) -> CallbackResult {
        self.output.line(format_args!("event {} {callback}{words}", self.number));
        let reaction = self.reactions.borrow().get(callback).cloned();
        let (name, action) = match reaction {
            None => return Ok(()),
            Some((_, None)) => return Err("raised on request".into()),
            Some((name, Some(action))) => (name, action),
        };
        let depth = self.output.depth.get();
        let done = if depth < DEEPEST_REACTION {
            self.output.depth.set(depth + 1);
            let done = act(server, &action, bytes);
            self.output.depth.set(depth);
            done
        } else {
            Err(Refusal::new("recursion", ""))
        };
        self.output.line(format_args!("event {} did {name} {}", self.number, outcome(&done)));
        Ok(())
    }
}

fn act(server: &Server, action: &Action, data: &[u8]) -> Outcome {
    Ok(match action {
        Action::Send(bytes) => server.send(bytes, bytes.len() as i32)?.into(),
        Action::Echo => server.send(data, data.len() as i32)?.into(),
        Action::Save(orphan) => server.save(&mut orphan.borrow_mut())?.into(),
        Action::Tick => server.tick()?.into(),
        Action::Query => Value::Booleans([server.has_session(), server.is_open(), server.is_connected()]),
        Action::Destroy => {
            server.destroy();
            Value::Nothing
        }
    })
}

impl<const CLASS: i64> Class for Recorder<CLASS> {
    fn connect(&self, server: &Server) -> CallbackResult {
        self.fired(server, "connect", format_args!(""), &[])
    }

    fn disconnect(&self, server: &Server) -> CallbackResult {
        self.fired(server, "disconnect", format_args!(""), &[])
    }

    fn data(&self, server: &Server, bytes: &[u8]) -> CallbackResult {
        self.fired(server, "data", format_args!(" {} {}", bytes.len(), hex(bytes)), bytes)
    }

    fn error(&self, server: &Server, message: &str, code: i32) -> CallbackResult {
        self.fired(server, "error", format_args!(" {code} {}", text(message)), &[])
    }

    fn log(&self, server: &Server, message: &str) -> CallbackResult {
        self.fired(server, "log", format_args!(" {}", text(message)), &[])
    }
}

/// Class 3, derived from `Server`, and class 0, which is not.
struct Silent;
struct Plain;
impl Class for Silent {}

// --- Commands ------------------------------------------------------------------------------------------------------

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        use Error::*;
        let kind = match error {
            NullHandle => "null-handle",
            NoHandle => "no-handle",
            NoServerField => "no-server-field",
            EmptyOrphan => "empty-orphan",
            FullOrphan => "full-orphan",
            BadSize { .. } => "bad-size",
            Callback(_) => "callback-failed",
        };
        Refusal::new(kind, error.to_string())
    }
}

enum Object {
    Plain(Plain),
    Server(Rc<Server>, Rc<Reactions>),
}

struct Driver {
    output: Rc<Output>,
    objects: HashMap<i64, Object>,
    orphans: HashMap<i64, Orphan>,
}

impl Driver {
    fn execute(&mut self, name: &str, arguments: &[&str]) -> Outcome {
        Ok(match (name, arguments) {
            ("new", [object, class]) => self.make(number(object)?, number(class)?)?.into(),
            ("adapter", [object]) => {
                self.server(object)?.make_server_adapter();
                Value::Nothing
            }
            ("init", [object, port]) => self.server(object)?.init(int(port)?)?.into(),
            ("has_session", [object]) => self.server(object)?.has_session().into(),
            ("is_open", [object]) => self.server(object)?.is_open().into(),
            ("is_connected", [object]) => self.server(object)?.is_connected().into(),
            ("tick", [object]) => self.server(object)?.tick()?.into(),
            ("send", [object, bytes, repeat, size]) => {
                self.server(object)?.send(&buffer(bytes, repeat, int(size)?)?, int(size)?)?.into()
            }
            ("save", [object, orphan]) => self.server(object)?.save(&mut self.orphan(orphan)?.borrow_mut())?.into(),
            ("restore", [object, orphan]) => {
                self.server(object)?.restore(&mut self.orphan(orphan)?.borrow_mut())?.into()
            }
            ("holds", [orphan]) => self.orphan(orphan)?.borrow().is_some().into(),
            ("destroy", [object]) => {
                if let Object::Server(server, _) = self.object(object)? {
                    server.destroy(); // the driver keeps it: its number stays taken until reset
                }
                Value::Nothing
            }
            ("react", [object, callback, action, argument @ ..]) => {
                self.react(object, callback, action, argument)?.into()
            }
            ("ticks", [object, count]) => {
                let server = self.server(object)?;
                (0..number(count)?).try_for_each(|_| server.tick())?.into()
            }
            ("reloads", [object, orphan, count]) => {
                let (server, orphan) = (self.server(object)?, self.orphan(orphan)?);
                let reload = |_| {
                    server.save(&mut orphan.borrow_mut())?;
                    server.restore(&mut orphan.borrow_mut())
                };
                (0..number(count)?).try_for_each(reload)?.into()
            }
            ("send_reused", [object, bytes, repeat, size]) => {
                let mut buffer = buffer(bytes, repeat, int(size)?)?;
                let sent = self.server(object)?.send(&buffer, int(size)?);
                buffer.fill(0); // as a program does that uses its buffer again
                black_box(&buffer); // or the compiler leaves the zeros out, for nobody reads them
                sent?.into()
            }
            // "kept" is left out: the bytes of a data callback are lent to it.
            ("memory", []) => process::memory().into(),
            ("threads", []) => process::threads().into(),
            ("descriptors", []) => process::descriptors().into(),
            ("make_server", [object]) => make_server(self.object(object)?.any()).into(),
            ("server_init", [object, port]) => server_init(self.handle(object)?.as_ref(), int(port)?)?.into(),
            ("server_is_open", [object]) => server_is_open(self.handle(object)?.as_ref())?.into(),
            ("server_is_connected", [object]) => server_is_connected(self.handle(object)?.as_ref())?.into(),
            ("server_tick", [object]) => server_tick(self.handle(object)?.as_ref())?.into(),
            ("server_send", [object, bytes, repeat, size]) => {
                let buffer = buffer(bytes, repeat, int(size)?)?;
                server_send(self.handle(object)?.as_ref(), &buffer, int(size)?)?.into()
            }
            ("server_restore", [object, target]) => {
                server_restore(self.handle(object)?.as_ref(), self.object(target)?.any())?.into()
            }
            _ => Value::Unsupported,
        })
    }

    fn make(&mut self, number: i64, class: i64) -> Result<(), Refusal> {
        if number < 1 || self.objects.contains_key(&number) {
            return Err(Refusal::driver(format!("there can be no object {number}, or there was one before")));
        }
        let reactions = Rc::new(Reactions::default());
        let (output, shared) = (self.output.clone(), reactions.clone());
        let object = match class {
            0 => Object::Plain(Plain),
            1 => Object::Server(Server::new(Recorder::<1> { output, number, reactions: shared }), reactions),
            2 => Object::Server(Server::new(Recorder::<2> { output, number, reactions: shared }), reactions),
            3 => Object::Server(Server::new(Silent), reactions),
            _ => return Err(Refusal::driver(format!("there is no class {class}"))),
        };
        self.objects.insert(number, object);
        Ok(())
    }

    fn react(&mut self, object: &str, callback: &str, action: &str, argument: &[&str]) -> Result<(), Refusal> {
        let done = match (action, argument) {
            ("none", []) => None,
            ("send", [word]) => Some(Action::Send(bytes(word)?)),
            ("echo", []) if callback == "data" => Some(Action::Echo),
            ("save", [orphan]) => Some(Action::Save(self.orphan(orphan)?)),
            ("tick", []) => Some(Action::Tick),
            ("destroy", []) => Some(Action::Destroy),
            ("query", []) => Some(Action::Query),
            ("raise", []) => None,
            _ => return Err(Refusal::driver(format!("there is no reaction {action} to {callback} in this form"))),
        };
        if !CALLBACKS.contains(&callback) {
            return Err(Refusal::driver(format!("{callback} is no callback")));
        }
        let Object::Server(_, reactions) = self.object(object)? else {
            return Ok(()); // a plain object has no callbacks, so it never happens
        };
        match action {
            "none" => reactions.borrow_mut().remove(callback),
            _ => reactions.borrow_mut().insert(callback.to_string(), (action.to_string(), done)),
        };
        Ok(())
    }

    fn object(&self, word: &str) -> Result<&Object, Refusal> {
        self.objects.get(&number(word)?).ok_or_else(|| Refusal::driver(format!("no object {word} was made")))
    }

    fn server(&self, word: &str) -> Result<Rc<Server>, Refusal> {
        match self.object(word)? {
            Object::Server(server, _) => Ok(server.clone()),
            Object::Plain(_) => Err(Refusal::new("type-error", "a plain object has no such method")),
        }
    }

    /// The handle in the field of the object; `None` for object 0.
    fn handle(&self, word: &str) -> Result<Option<Handle>, Refusal> {
        match word {
            "0" => Ok(None),
            _ => Ok(self.server(word)?.handle()),
        }
    }

    /// The orphan of that number, made when first named.
    fn orphan(&mut self, word: &str) -> Result<Orphan, Refusal> {
        Ok(self.orphans.entry(number(word)?).or_default().clone())
    }

    fn forget_everything(&mut self) {
        for object in self.objects.values() {
            if let Object::Server(server, _) = object {
                server.destroy();
            }
        }
        self.objects.clear();
        self.orphans.clear();
    }
}

impl Object {
    fn any(&self) -> &dyn Any {
        match self {
            Object::Plain(plain) => plain,
            Object::Server(server, _) => &**server,
        }
    }
}

/// The bytes, repeated. No more of it is built than the size asks for.
fn buffer(word: &str, repeat: &str, size: i32) -> Result<Vec<u8>, Refusal> {
    let piece = bytes(word)?;
    let repeat =
        usize::try_from(number(repeat)?).map_err(|_| Refusal::driver("nothing is repeated less than 0 times"))?;
    let length = piece.len().saturating_mul(repeat).min(usize::try_from(size).unwrap_or(0));
    let mut whole = piece.repeat(length.div_ceil(piece.len().max(1)));
    whole.truncate(length);
    Ok(whole)
}

// --- Lines -----------------------------------------------------------------------------------------------------------

fn main() {
    let output = Rc::new(Output {
        lines: RefCell::new(BufWriter::with_capacity(1 << 18, io::stdout().lock())),
        sequence: RefCell::new("0".to_string()),
        depth: Cell::new(0),
    });
    let mut driver = Driver { output: output.clone(), objects: HashMap::new(), orphans: HashMap::new() };
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        let [sequence, name, arguments @ ..] = words.as_slice() else {
            continue;
        };
        output.sequence.replace(sequence.to_string());
        match *name {
            "hello" => {
                output.line(format_args!("value 1 network-rust {} Rust core,lowlevel", env!("CARGO_PKG_VERSION")))
            }
            "reset" | "bye" => {
                driver.forget_everything();
                output.line(format_args!("value"));
            }
            _ => {
                let done = driver.execute(name, arguments);
                output.line(format_args!("{}", outcome(&done)));
            }
        }
        output.flush(); // after every answer: the suite waits for it
        output.sequence.replace("0".to_string());
        if *name == "bye" {
            break;
        }
    }
}
