//! The handle of a server: a listener, and how it comes to a client. What it does with the client is in `conversation`.
//!
//! How it works. Every socket is non-blocking, so a tick simply tries what it is there for: accept while there is no
//! client, read while there is one; "would block" is an answer like others, and an idle tick is one system call. What a
//! client sends stays in the kernel until a tick reads it, and a second client stays in the kernel's listen queue until
//! the first has left. So a handle holds nothing that a reload could lose but the bytes that wait to be sent.

use crate::connection::{code, not_now, Connection};
use crate::conversation::Conversation;
use crate::errors::{Error, ALREADY_OPEN, NO_SUCH_PORT};
use crate::object::Kind;
use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::rc::Rc;

/// Where a server listens. A debug server that is open to the network unasked lets strangers in.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// What an object holds in its field, and an orphan between two objects.
pub type Handle = Rc<NetworkServer>;

/// The handle: sockets, outgoing queue, and whom to call back. It outlives the objects that it passes through, and
/// closes its sockets when nobody holds it any more.
pub struct NetworkServer {
    conversation: Conversation,
    listener: RefCell<Option<TcpListener>>,
    /// And it was reported.
    accept_failed: Cell<bool>,
}

/// The standard library lets the port be taken again though connections of an earlier server linger in the system.
fn listen_on(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((ADDRESS, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Kind for NetworkServer {
    fn new() -> Handle {
        Rc::new(NetworkServer {
            conversation: Conversation::new("client"),
            listener: RefCell::new(None),
            accept_failed: Cell::new(false),
        })
    }

    fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    fn tick(&self) -> Result<(), Error> {
        self.conversation.tick(|| self.turn())
    }

    fn end(&self) {
        self.conversation.unbind();
        self.conversation.take();
        self.listener.take();
    }
}

impl NetworkServer {
    pub fn is_open(&self) -> bool {
        self.listener.borrow().is_some()
    }

    pub fn init(&self, port: i32) -> Result<bool, Error> {
        if self.is_open() {
            return self
                .conversation
                .report(ALREADY_OPEN, &format!("cannot listen on port {port} beside the one before"));
        }
        // Cut to 16 bits a wrong number would open some other port. And 0, by which the system picks one, is of no use
        // to a host that has no way to ask which.
        let listening = match u16::try_from(port) {
            Ok(port) if port != 0 => listen_on(port),
            _ => return self.conversation.report(NO_SUCH_PORT, &format!("there is no port {port} to listen on")),
        };
        match listening {
            Ok(listener) => {
                self.listener.replace(Some(listener));
                Ok(true)
            }
            Err(error) => self.conversation.report(code(&error), &format!("cannot listen on port {port}: {error}")),
        }
    }

    fn turn(&self) -> Result<(), Error> {
        // Without an owner nothing is done, so that nothing is lost between save and restore [save.reload].
        if !self.is_open() || self.conversation.owner().is_none() {
            return Ok(());
        }
        let go_on = if self.conversation.is_connected() { self.conversation.flush()? } else { self.take_client()? };
        if go_on {
            self.conversation.receive_all()?;
        }
        Ok(())
    }

    /// False: the tick is done.
    fn take_client(&self) -> Result<bool, Error> {
        let accepted = match &*self.listener.borrow() {
            Some(listener) => listener.accept(),
            None => return Ok(false),
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) if not_now(&error) || error.kind() == ErrorKind::ConnectionAborted => return Ok(false),
            // Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do.
            Err(_) if self.accept_failed.replace(true) => return Ok(false),
            Err(error) => {
                return self
                    .conversation
                    .report(code(&error), &format!("a client waits and cannot be taken yet: {error}"))
            }
        };
        self.accept_failed.set(false);
        if let Ok(connection) = Connection::new(stream) {
            self.conversation.welcome(connection, "a client was taken")?;
        }
        Ok(self.conversation.is_connected())
    }
}
