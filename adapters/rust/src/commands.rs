//! The commands of the protocol, each with the one call of the module that it stands for.

use crate::errors::Error;
use crate::low_level::{
    make_server, server_init, server_is_connected, server_is_open, server_restore, server_send, server_tick,
};
use crate::low_level_client::{
    client_close, client_connect, client_is_connected, client_send, client_tick, make_client,
};
use crate::network_client::ClientHandle;
use crate::network_server::Handle;
use crate::objects::{connect_again, Action, Destination, Object, Orphan, Output};
use crate::process;
use crate::protocol::{bytes, int, number, read_text, Outcome, Refusal, Value};
use crate::server::Server;
use std::collections::HashMap;
use std::hint::black_box;
use std::rc::Rc;

const CALLBACKS: [&str; 5] = ["connect", "disconnect", "data", "error", "log"];

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
            BadTimeout(_) => "bad-timeout",
            Callback(_) => "callback-failed",
        };
        Refusal::new(kind, error.to_string())
    }
}

/// All that the suite gave a number.
pub struct Driver {
    output: Rc<Output>,
    objects: HashMap<i64, Object>,
    orphans: HashMap<i64, Orphan>,
}

impl Driver {
    pub fn new(output: Rc<Output>) -> Driver {
        Driver { output, objects: HashMap::new(), orphans: HashMap::new() }
    }

    pub fn execute(&mut self, name: &str, arguments: &[&str]) -> Outcome {
        Ok(match (name, arguments) {
            ("new", [object, class]) => self.make(number(object)?, number(class)?)?.into(),
            ("adapter", [object]) => {
                self.object(object)?.common()?.make_adapter();
                Value::Nothing
            }
            ("init", [object, port]) => self.server(object)?.init(int(port)?)?.into(),
            ("has_session", [object]) => self.server(object)?.has_session().into(),
            ("is_open", [object]) => self.server(object)?.is_open().into(),
            ("is_connected", [object]) => self.object(object)?.common()?.is_connected().into(),
            ("tick", [object]) => self.object(object)?.common()?.tick()?.into(),
            ("send", [object, bytes, repeat, size]) => {
                self.object(object)?.common()?.send(&buffer(bytes, repeat, int(size)?)?, int(size)?)?.into()
            }
            ("save", [object, orphan]) => self.server(object)?.save(&mut self.orphan(orphan)?.borrow_mut())?.into(),
            ("restore", [object, orphan]) => {
                self.server(object)?.restore(&mut self.orphan(orphan)?.borrow_mut())?.into()
            }
            ("holds", [orphan]) => self.orphan(orphan)?.borrow().is_some().into(),
            ("destroy", [object]) => {
                self.object(object)?.destroy();
                Value::Nothing
            }
            ("react", [object, callback, action, argument @ ..]) => {
                self.react(object, callback, action, argument)?.into()
            }
            ("ticks", [object, count]) => {
                let common = self.object(object)?.common()?;
                (0..number(count)?).try_for_each(|_| common.tick())?.into()
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
                let sent = self.object(object)?.common()?.send(&buffer, int(size)?);
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
            ("connect", [object, host, port, timeout]) => {
                self.connect(object, destination(host, port, timeout)?)?.into()
            }
            ("close", [object]) => {
                self.object(object)?.client()?.close();
                Value::Nothing
            }
            ("make_client", [object]) => make_client(self.object(object)?.any()).into(),
            ("client_connect", [object, host, port, timeout]) => {
                let to = destination(host, port, timeout)?;
                client_connect(self.client_handle(object)?.as_ref(), &to.host, to.port, to.timeout_ms)?.into()
            }
            ("client_is_connected", [object]) => client_is_connected(self.client_handle(object)?.as_ref())?.into(),
            ("client_tick", [object]) => client_tick(self.client_handle(object)?.as_ref())?.into(),
            ("client_send", [object, bytes, repeat, size]) => {
                let buffer = buffer(bytes, repeat, int(size)?)?;
                client_send(self.client_handle(object)?.as_ref(), &buffer, int(size)?)?.into()
            }
            ("client_close", [object]) => client_close(self.client_handle(object)?.as_ref())?.into(),
            _ => Value::Unsupported,
        })
    }

    fn make(&mut self, number: i64, class: i64) -> Result<(), Refusal> {
        if number < 1 || self.objects.contains_key(&number) {
            return Err(Refusal::driver(format!("there can be no object {number}, or there was one before")));
        }
        let object = Object::new(self.output.clone(), number, class);
        let object = object.ok_or_else(|| Refusal::driver(format!("there is no class {class}")))?;
        self.objects.insert(number, object);
        Ok(())
    }

    fn connect(&self, object: &str, to: Destination) -> Result<bool, Refusal> {
        let object = self.object(object)?;
        let (client, kept) = (object.client()?, object.kept().ok_or_else(|| Refusal::driver("a plain object"))?);
        kept.destination.replace(Some(to));
        connect_again(&client, kept)
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
            ("connect", []) => Some(Action::Connect),
            ("close", []) => Some(Action::Close),
            ("is_connected", []) => Some(Action::IsConnected),
            ("raise", []) => None,
            _ => return Err(Refusal::driver(format!("there is no reaction {action} to {callback} in this form"))),
        };
        if !CALLBACKS.contains(&callback) {
            return Err(Refusal::driver(format!("{callback} is no callback")));
        }
        let Some(kept) = self.object(object)?.kept() else {
            return Ok(()); // a plain object has no callbacks, so it never happens
        };
        let mut reactions = kept.reactions.borrow_mut();
        match action {
            "none" => reactions.remove(callback),
            _ => reactions.insert(callback.to_string(), (action.to_string(), done)),
        };
        Ok(())
    }

    fn object(&self, word: &str) -> Result<&Object, Refusal> {
        self.objects.get(&number(word)?).ok_or_else(|| Refusal::driver(format!("no object {word} was made")))
    }

    fn server(&self, word: &str) -> Result<Rc<Server>, Refusal> {
        self.object(word)?.server()
    }

    /// The handle in the field of the object; `None` for object 0, and where there is no such field.
    fn handle(&self, word: &str) -> Result<Option<Handle>, Refusal> {
        match word {
            "0" => Ok(None),
            _ => Ok(self.object(word)?.server().ok().and_then(|server| server.handle())),
        }
    }

    fn client_handle(&self, word: &str) -> Result<Option<ClientHandle>, Refusal> {
        match word {
            "0" => Ok(None),
            _ => Ok(self.object(word)?.client().ok().and_then(|client| client.handle())),
        }
    }

    /// The orphan of that number, made when first named.
    fn orphan(&mut self, word: &str) -> Result<Orphan, Refusal> {
        Ok(self.orphans.entry(number(word)?).or_default().clone())
    }

    pub fn forget_everything(&mut self) {
        for object in self.objects.values() {
            object.destroy();
        }
        self.objects.clear();
        self.orphans.clear();
    }
}

fn destination(host: &str, port: &str, timeout: &str) -> Result<Destination, Refusal> {
    Ok(Destination { host: read_text(host)?, port: int(port)?, timeout_ms: int(timeout)? })
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
