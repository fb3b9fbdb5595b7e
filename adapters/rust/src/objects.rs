//! The objects that the suite has numbered, and their classes: callbacks write events and do the reactions that were
//! asked for.

use crate::callbacks::CallbackResult;
use crate::client::Client;
use crate::errors::Error;
use crate::network_client::NetworkClient;
use crate::network_server::{Handle, NetworkServer};
use crate::object::{self, Class, Kind};
use crate::protocol::{hex, outcome, text, Outcome, Refusal, Value};
use crate::server::Server;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::rc::Rc;

const DEEPEST_REACTION: u32 = 50;

pub type Orphan = Rc<RefCell<Option<Handle>>>;

// --- Output --------------------------------------------------------------------------------------------------------

/// What the driver and the callbacks of all objects share.
pub struct Output {
    lines: RefCell<BufWriter<StdoutLock<'static>>>,
    /// The number of the command that runs, as it was written; 0 between commands.
    sequence: RefCell<String>,
    /// How deep reactions are nested.
    depth: Cell<u32>,
}

impl Output {
    pub fn new() -> Output {
        Output {
            lines: RefCell::new(BufWriter::with_capacity(1 << 18, io::stdout().lock())),
            sequence: RefCell::new("0".to_string()),
            depth: Cell::new(0),
        }
    }

    /// From now on lines belong to this command.
    pub fn begin(&self, sequence: &str) {
        self.sequence.replace(sequence.to_string());
    }

    /// Writes a line. A failure is left alone: when nobody reads, the input ends as well.
    pub fn line(&self, words: std::fmt::Arguments) {
        let _ = writeln!(self.lines.borrow_mut(), "{} {words}", self.sequence.borrow());
    }

    pub fn flush(&self) {
        let _ = self.lines.borrow_mut().flush();
    }
}

// --- Reactions -----------------------------------------------------------------------------------------------------

#[derive(Clone)]
pub enum Action {
    Send(Vec<u8>),
    Echo,
    Save(Orphan),
    Tick,
    Destroy,
    Query,
    Connect,
    Close,
    IsConnected,
}

/// The arguments of connect.
#[derive(Clone)]
pub struct Destination {
    pub host: String,
    pub port: i32,
    pub timeout_ms: i32,
}

/// What the driver keeps of an object beside it.
#[derive(Default)]
pub struct Kept {
    /// By callback: the name of the action, and the action itself (none for "raise").
    pub reactions: RefCell<HashMap<String, (String, Option<Action>)>>,
    /// Where it was told to connect to the last time.
    pub destination: RefCell<Option<Destination>>,
}

/// Actions that one of the classes has and the other has not.
trait Own: Kind + Sized {
    fn act(object: &object::Object<Self>, action: &Action, kept: &Kept) -> Outcome;
}

fn no_such_method() -> Refusal {
    Refusal::new("no-such-method", "the object's class has no such method; the compiler turns the call down")
}

impl Own for NetworkServer {
    fn act(server: &Server, action: &Action, _: &Kept) -> Outcome {
        Ok(match action {
            Action::Save(orphan) => server.save(&mut orphan.borrow_mut())?.into(),
            Action::Query => Value::Booleans([server.has_session(), server.is_open(), server.is_connected()]),
            _ => return Err(no_such_method()),
        })
    }
}

impl Own for NetworkClient {
    fn act(client: &Client, action: &Action, kept: &Kept) -> Outcome {
        Ok(match action {
            Action::Connect => connect_again(client, kept)?.into(),
            Action::Close => {
                client.close();
                Value::Nothing
            }
            Action::IsConnected => client.is_connected().into(),
            _ => return Err(no_such_method()),
        })
    }
}

/// Connects where the object was told to the last time.
pub fn connect_again(client: &Client, kept: &Kept) -> Result<bool, Refusal> {
    let destination = kept.destination.borrow().clone();
    let to = destination.ok_or_else(|| Refusal::driver("the object was never told to connect"))?;
    Ok(client.connect(&to.host, to.port, to.timeout_ms)?)
}

fn act<K: Own>(object: &object::Object<K>, action: &Action, data: &[u8], kept: &Kept) -> Outcome {
    Ok(match action {
        Action::Send(bytes) => object.send(bytes, bytes.len() as i32)?.into(),
        Action::Echo => object.send(data, data.len() as i32)?.into(),
        Action::Tick => object.tick()?.into(),
        Action::Destroy => {
            object.destroy();
            Value::Nothing
        }
        _ => return K::act(object, action, kept),
    })
}

// --- Classes -------------------------------------------------------------------------------------------------------

/// The classes A and B (`CLASS` makes them two), of servers and of clients: every callback writes an event, then does
/// its reaction.
struct Recorder<const CLASS: i64> {
    output: Rc<Output>,
    number: i64,
    kept: Rc<Kept>,
}

impl<const CLASS: i64> Recorder<CLASS> {
    fn fired<K: Own>(
        &self,
        object: &object::Object<K>,
        callback: &str,
        words: std::fmt::Arguments,
        bytes: &[u8],
    ) -> CallbackResult {
        self.output.line(format_args!("event {} {callback}{words}", self.number));
        let reaction = self.kept.reactions.borrow().get(callback).cloned();
        let (name, action) = match reaction {
            None => return Ok(()),
            Some((_, None)) => return Err("raised on request".into()),
            Some((name, Some(action))) => (name, action),
        };
        let depth = self.output.depth.get();
        let done = if depth < DEEPEST_REACTION {
            self.output.depth.set(depth + 1);
            let done = act(object, &action, bytes, &self.kept);
            self.output.depth.set(depth);
            done
        } else {
            Err(Refusal::new("recursion", ""))
        };
        self.output.line(format_args!("event {} did {name} {}", self.number, outcome(&done)));
        Ok(())
    }
}

impl<const CLASS: i64, K: Own> Class<object::Object<K>> for Recorder<CLASS> {
    fn connect(&self, object: &object::Object<K>) -> CallbackResult {
        self.fired(object, "connect", format_args!(""), &[])
    }

    fn disconnect(&self, object: &object::Object<K>) -> CallbackResult {
        self.fired(object, "disconnect", format_args!(""), &[])
    }

    fn data(&self, object: &object::Object<K>, bytes: &[u8]) -> CallbackResult {
        self.fired(object, "data", format_args!(" {} {}", bytes.len(), hex(bytes)), bytes)
    }

    fn error(&self, object: &object::Object<K>, message: &str, code: i32) -> CallbackResult {
        self.fired(object, "error", format_args!(" {code} {}", text(message)), &[])
    }

    fn log(&self, object: &object::Object<K>, message: &str) -> CallbackResult {
        self.fired(object, "log", format_args!(" {}", text(message)), &[])
    }
}

/// Classes 3 and 6, which override nothing, and class 0, which is derived from neither.
struct Silent;
pub struct Plain;
impl<K: Kind> Class<object::Object<K>> for Silent {}

// --- Objects -------------------------------------------------------------------------------------------------------

pub enum Object {
    Plain(Plain),
    Server(Rc<Server>, Rc<Kept>),
    Client(Rc<Client>, Rc<Kept>),
}

impl Object {
    /// None for a class that there is not.
    pub fn new(output: Rc<Output>, number: i64, class: i64) -> Option<Object> {
        let kept = Rc::new(Kept::default());
        let shared = kept.clone();
        Some(match class {
            0 => Object::Plain(Plain),
            1 => Object::Server(Server::new(Recorder::<1> { output, number, kept: shared }), kept),
            2 => Object::Server(Server::new(Recorder::<2> { output, number, kept: shared }), kept),
            3 => Object::Server(Server::new(Silent), kept),
            4 => Object::Client(Client::new(Recorder::<4> { output, number, kept: shared }), kept),
            5 => Object::Client(Client::new(Recorder::<5> { output, number, kept: shared }), kept),
            6 => Object::Client(Client::new(Silent), kept),
            _ => return None,
        })
    }

    /// Its own part of what the driver keeps; a plain object has none.
    pub fn kept(&self) -> Option<&Kept> {
        match self {
            Object::Plain(_) => None,
            Object::Server(_, kept) | Object::Client(_, kept) => Some(kept),
        }
    }

    /// Ends it. The driver keeps the record: the number stays taken until reset.
    pub fn destroy(&self) {
        match self {
            Object::Plain(_) => {}
            Object::Server(server, _) => server.destroy(),
            Object::Client(client, _) => client.destroy(),
        }
    }

    /// For the functions that take any object.
    pub fn any(&self) -> &dyn Any {
        match self {
            Object::Plain(plain) => plain,
            Object::Server(server, _) => &**server,
            Object::Client(client, _) => &**client,
        }
    }

    pub fn server(&self) -> Result<Rc<Server>, Refusal> {
        match self {
            Object::Server(server, _) => Ok(server.clone()),
            _ => Err(no_such_method()),
        }
    }

    pub fn client(&self) -> Result<Rc<Client>, Refusal> {
        match self {
            Object::Client(client, _) => Ok(client.clone()),
            _ => Err(no_such_method()),
        }
    }

    /// What both classes can do.
    pub fn common(&self) -> Result<Rc<dyn Common>, Refusal> {
        match self {
            Object::Plain(_) => Err(no_such_method()),
            Object::Server(server, _) => Ok(server.clone()),
            Object::Client(client, _) => Ok(client.clone()),
        }
    }
}

/// The methods of `Server` that `Client` has as well.
pub trait Common {
    fn make_adapter(&self);
    fn is_connected(&self) -> bool;
    fn tick(&self) -> Result<(), Error>;
    fn send(&self, data: &[u8], size: i32) -> Result<bool, Error>;
}

impl<K: Kind> Common for object::Object<K> {
    fn make_adapter(&self) {
        self.make_adapter();
    }

    fn is_connected(&self) -> bool {
        self.is_connected()
    }

    fn tick(&self) -> Result<(), Error> {
        self.tick()
    }

    fn send(&self, data: &[u8], size: i32) -> Result<bool, Error> {
        self.send(data, size)
    }
}
