//! The handle: sockets, outgoing queue, and what a tick does. It knows whom it calls back as `Callbacks` alone.
//!
//! How it works. Every socket is non-blocking, so a tick simply tries what it is there for: accept while there is no
//! client, read while there is one; "would block" is an answer like others, and an idle tick is one system call. What a
//! client sends stays in the kernel until a tick reads it, and a second client stays in the kernel's listen queue until
//! the first has left. So a handle holds nothing that a reload could lose but the bytes that wait to be sent.
//!
//! Callbacks may do anything, also destroy the object or give the handle away. Three habits make that safe:
//! - The state changes first, the callback comes last, and one change has one callback that matters. Whatever happens
//!   in it, nothing is left to be told.
//! - No borrow of a `RefCell` lasts into a callback, and whoever runs a tick holds an `Rc` of the handle.
//! - After a callback only `owner` says whether to go on: saving and destroying clear it, which ends the tick.
//!
//! Words in square brackets name the clause of the documentation that a rule comes from.

use crate::callbacks::{CallbackResult, Callbacks};
use crate::errors::{Error, ALREADY_OPEN, NO_CLIENT, NO_SUCH_PORT, QUEUE_FULL, UNKNOWN};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::rc::{Rc, Weak};

/// Where a server listens. A debug server that is open to the network unasked lets strangers in.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// The most bytes of one data callback.
const CHUNK: usize = 64 * 1024;
/// With full chunks 1 MiB: a client that floods must not freeze the host's frame.
const READS_PER_TICK: usize = 16;
/// The most bytes that wait to be sent: a client that never reads is not worth more.
const QUEUE_LIMIT: usize = 64 * 1024 * 1024;

// --- NetworkServer -----------------------------------------------------------------------------------------------

/// What an object holds in its field, and an orphan between two objects.
pub type Handle = Rc<NetworkServer>;

/// The handle: sockets, outgoing queue, and whom to call back. It outlives the objects that it passes through, and
/// closes its sockets when nobody holds it any more.
pub struct NetworkServer {
    listener: RefCell<Option<TcpListener>>,
    client: RefCell<Option<Client>>,
    /// Weak: the object holds the handle, and a forgotten object frees its port.
    owner: RefCell<Option<Weak<dyn Callbacks>>>,
    ticking: Cell<bool>,
    /// And it was reported.
    accept_failed: Cell<bool>,
}

/// The queue goes with its client: not a byte of it may reach the next one [server-class.one-client].
struct Client {
    stream: TcpStream,
    queue: VecDeque<u8>,
}

impl Client {
    /// Passes on what the system takes of the queue.
    fn flush(&mut self) -> io::Result<()> {
        while !self.queue.is_empty() {
            match self.stream.write(self.queue.as_slices().0) {
                Ok(sent) => drop(self.queue.drain(..sent)),
                Err(error) if not_now(&error) => return Ok(()),
                Err(error) => {
                    self.queue.clear();
                    // Whatever the failure was: reading comes to an end too, which is how a tick finds the departure.
                    let _ = self.stream.shutdown(Shutdown::Both);
                    return Err(error);
                }
            }
        }
        self.queue = VecDeque::new(); // a flood that is over needs no memory
        Ok(())
    }
}

impl Drop for Client {
    /// A last attempt, for a host that says farewell and destroys.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

fn code(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(UNKNOWN)
}

/// The standard library lets the port be taken again though connections of an earlier server linger in the system.
fn listen_on(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((ADDRESS, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl NetworkServer {
    pub(crate) fn new() -> Handle {
        Rc::new(NetworkServer {
            listener: RefCell::new(None),
            client: RefCell::new(None),
            owner: RefCell::new(None),
            ticking: Cell::new(false),
            accept_failed: Cell::new(false),
        })
    }

    pub(crate) fn bind(&self, owner: Weak<dyn Callbacks>) {
        self.owner.replace(Some(owner));
    }

    pub(crate) fn unbind(&self) {
        self.owner.take();
    }

    pub(crate) fn close(&self) {
        self.unbind();
        self.client.take();
        self.listener.take();
    }

    fn owner(&self) -> Option<Rc<dyn Callbacks>> {
        self.owner.borrow().as_ref()?.upgrade().filter(|owner| !owner.destroyed())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.listener.borrow().is_some()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.client.borrow().is_some()
    }

    /// Calls the owner back, if there is one.
    fn tell(&self, callback: impl FnOnce(&dyn Callbacks) -> CallbackResult) -> Result<(), Error> {
        match self.owner() {
            Some(owner) => callback(&*owner).map_err(Error::Callback),
            None => Ok(()),
        }
    }

    /// The error callback; gives the "false" that its callers return.
    fn report(&self, code: i32, message: &str) -> Result<bool, Error> {
        self.tell(|owner| owner.error(message, code))?;
        Ok(false)
    }

    pub(crate) fn init(&self, port: i32) -> Result<bool, Error> {
        if self.is_open() {
            return self.report(ALREADY_OPEN, &format!("cannot listen on port {port} beside the one before"));
        }
        // Cut to 16 bits a wrong number would open some other port. And 0, by which the system picks one, is of no use
        // to a host that has no way to ask which.
        let listening = match u16::try_from(port) {
            Ok(port) if port != 0 => listen_on(port),
            _ => return self.report(NO_SUCH_PORT, &format!("there is no port {port} to listen on")),
        };
        match listening {
            Ok(listener) => {
                self.listener.replace(Some(listener));
                Ok(true)
            }
            Err(error) => self.report(code(&error), &format!("cannot listen on port {port}: {error}")),
        }
    }

    pub(crate) fn send(&self, data: &[u8], size: i32) -> Result<bool, Error> {
        // No byte that the host did not give leaves it [send.size].
        let part = usize::try_from(size).ok().and_then(|size| data.get(..size));
        let Some(part) = part else {
            return Err(Error::BadSize { size, capacity: data.len() });
        };
        let sent = match self.client.borrow_mut().as_mut() {
            None => Err((NO_CLIENT, "nothing sent: there is no client".to_string())),
            Some(client) if part.len() > QUEUE_LIMIT - client.queue.len() => {
                Err((QUEUE_FULL, format!("nothing sent: {} bytes wait already", client.queue.len())))
            }
            Some(client) => {
                client.queue.extend(part);
                client.flush().map_err(|error| (code(&error), format!("nothing sent: {error}")))
            }
        };
        match sent {
            Ok(()) => Ok(true),
            Err((code, message)) => self.report(code, &message),
        }
    }

    pub(crate) fn tick(&self) -> Result<(), Error> {
        if self.ticking.replace(true) {
            return Ok(());
        }
        let result = self.turn();
        self.ticking.set(false);
        result
    }

    fn turn(&self) -> Result<(), Error> {
        // Without an owner nothing is done, so that nothing is lost between save and restore [save.reload].
        if !self.is_open() || self.owner().is_none() {
            return Ok(());
        }
        let mut go_on = if self.is_connected() { self.flush()? } else { self.take_client()? };
        for _ in 0..READS_PER_TICK {
            if !go_on || self.owner().is_none() {
                break;
            }
            go_on = self.receive()?;
        }
        Ok(())
    }

    // The steps of a tick. True: the tick may go on.

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
                return self.report(code(&error), &format!("a client waits and cannot be taken yet: {error}"))
            }
        };
        self.accept_failed.set(false);
        if stream.set_nonblocking(true).is_err() {
            return Ok(false);
        }
        // Small answers, as of a debugger, must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        self.client.replace(Some(Client { stream, queue: VecDeque::new() }));
        self.tell(|owner| owner.connect())?;
        self.tell(|owner| owner.log("a client was taken"))?;
        Ok(true)
    }

    fn flush(&self) -> Result<bool, Error> {
        let flushed = match self.client.borrow_mut().as_mut() {
            Some(client) => client.flush(),
            None => Ok(()),
        };
        match flushed {
            Ok(()) => Ok(true),
            Err(error) => self.report(code(&error), &format!("the client cannot be sent to: {error}")),
        }
    }

    /// The departure is found by reading and by nothing else, so every byte that came is told before it [tick.data]. A
    /// client that has only shut down its side is kept until it was sent what was accepted for it [send.result].
    fn receive(&self) -> Result<bool, Error> {
        let mut chunk = [0; CHUNK];
        let (size, all_sent) = match self.client.borrow_mut().as_mut() {
            Some(client) => (client.stream.read(&mut chunk), client.queue.is_empty()),
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

    /// A departure ends the tick, so that the host sees is_connected false between two clients.
    fn departure(&self, how: &str) -> Result<bool, Error> {
        self.client.take();
        self.tell(|owner| owner.disconnect())?;
        self.tell(|owner| owner.log(&format!("the client left: {how}")))?;
        Ok(false)
    }
}
