//! What the handle of a server and that of a client share: at most one connection, and whom to call back. It knows that
//! as `Callbacks` alone.
//!
//! Callbacks may do anything, also destroy the object or give the handle away. Three habits make that safe:
//! - The state changes first, the callback comes last, and one change has one callback that matters. Whatever happens
//!   in it, nothing is left to be told.
//! - No borrow of a `RefCell` lasts into a callback, and whoever runs a tick holds an `Rc` of the handle.
//! - After a callback only `owner` says whether to go on: saving and destroying clear it, which ends the tick.
//!
//! Words in square brackets name the clause of the documentation that a rule comes from.

use crate::callbacks::{CallbackResult, Callbacks};
use crate::connection::{code, not_now, Connection, QUEUE_LIMIT};
use crate::errors::{Error, NOT_CONNECTED, QUEUE_FULL};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// The most bytes of one data callback.
const CHUNK: usize = 64 * 1024;
/// With full chunks 1 MiB: a peer that floods must not freeze the host's frame.
const READS_PER_TICK: usize = 16;

/// A connection and the object that is told of it.
pub struct Conversation {
    /// Who is at the other end, for messages: "client" or "server".
    peer: &'static str,
    connection: RefCell<Option<Connection>>,
    /// Weak: the object holds the handle, and a forgotten object ends it.
    owner: RefCell<Option<Weak<dyn Callbacks>>>,
    ticking: Cell<bool>,
}

impl Conversation {
    pub fn new(peer: &'static str) -> Conversation {
        Conversation { peer, connection: RefCell::new(None), owner: RefCell::new(None), ticking: Cell::new(false) }
    }

    pub fn bind(&self, owner: Weak<dyn Callbacks>) {
        self.owner.replace(Some(owner));
    }

    pub fn unbind(&self) {
        self.owner.take();
    }

    /// Takes the connection out, and calls nothing back.
    pub fn take(&self) -> Option<Connection> {
        self.connection.take()
    }

    pub fn owner(&self) -> Option<Rc<dyn Callbacks>> {
        self.owner.borrow().as_ref()?.upgrade().filter(|owner| !owner.destroyed())
    }

    pub fn is_connected(&self) -> bool {
        self.connection.borrow().is_some()
    }

    /// Calls the owner back, if there is one.
    fn tell(&self, callback: impl FnOnce(&dyn Callbacks) -> CallbackResult) -> Result<(), Error> {
        match self.owner() {
            Some(owner) => callback(&*owner).map_err(Error::Callback),
            None => Ok(()),
        }
    }

    /// The error callback; gives the "false" that its callers return.
    pub fn report(&self, code: i32, message: &str) -> Result<bool, Error> {
        self.tell(|owner| owner.error(message, code))?;
        Ok(false)
    }

    pub fn send(&self, data: &[u8], size: i32) -> Result<bool, Error> {
        // No byte that the host did not give leaves it [send.size].
        let part = usize::try_from(size).ok().and_then(|size| data.get(..size));
        let Some(part) = part else {
            return Err(Error::BadSize { size, capacity: data.len() });
        };
        let sent = match self.connection.borrow_mut().as_mut() {
            None => Err((NOT_CONNECTED, "nothing sent: there is no connection".to_string())),
            Some(connection) if part.len() > QUEUE_LIMIT - connection.queued() => {
                Err((QUEUE_FULL, format!("nothing sent: {} bytes wait already", connection.queued())))
            }
            Some(connection) => {
                connection.queue(part);
                connection.flush().map_err(|error| (code(&error), format!("nothing sent: {error}")))
            }
        };
        match sent {
            Ok(()) => Ok(true),
            Err((code, message)) => self.report(code, &message),
        }
    }

    /// Runs a tick, unless one of this handle runs already.
    pub fn tick(&self, turn: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        if self.ticking.replace(true) {
            return Ok(());
        }
        let result = turn();
        self.ticking.set(false);
        result
    }

    /// Takes a connection and tells of it.
    pub fn welcome(&self, connection: Connection, message: &str) -> Result<(), Error> {
        self.connection.replace(Some(connection));
        self.tell(|owner| owner.connect())?;
        self.tell(|owner| owner.log(message))
    }

    /// Passes on what waits to be sent. False after a failure, which was reported.
    pub fn flush(&self) -> Result<bool, Error> {
        let flushed = match self.connection.borrow_mut().as_mut() {
            Some(connection) => connection.flush(),
            None => Ok(()),
        };
        match flushed {
            Ok(()) => Ok(true),
            Err(error) => self.report(code(&error), &format!("the {} cannot be sent to: {error}", self.peer)),
        }
    }

    /// Delivers what came, and notices a departure.
    pub fn receive_all(&self) -> Result<(), Error> {
        for _ in 0..READS_PER_TICK {
            if self.owner().is_none() || !self.receive()? {
                break;
            }
        }
        Ok(())
    }

    /// The departure is found by reading and by nothing else, so every byte that came is told before it [tick.data]. A
    /// peer that has only shut down its side is kept until it was sent what was accepted for it [send.result].
    fn receive(&self) -> Result<bool, Error> {
        let mut chunk = [0; CHUNK];
        let (size, all_sent) = match self.connection.borrow_mut().as_mut() {
            Some(connection) => (connection.read(&mut chunk), connection.queued() == 0),
            None => return Ok(false),
        };
        match size {
            Ok(0) if all_sent => self.departure("end of its bytes"),
            Ok(0) => Ok(false),
            Ok(size) => self.tell(|owner| owner.data(&chunk[..size])).map(|()| true),
            Err(error) if not_now(&error) => Ok(false),
            Err(error) => self.departure(&error.to_string()),
        }
    }

    /// A departure ends the tick, so that the host sees is_connected false between two connections.
    fn departure(&self, how: &str) -> Result<bool, Error> {
        self.connection.take();
        self.tell(|owner| owner.disconnect())?;
        self.tell(|owner| owner.log(&format!("the {} left: {how}", self.peer)))?;
        Ok(false)
    }
}
