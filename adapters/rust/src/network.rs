//! The NETWORK module: a server for one client at a time, driven by a host's frame loop.
//!
//! A class is derived from `Server` by implementing `Class`, whose five callbacks may all be left out:
//!
//! ```ignore
//! struct Echo;
//! impl Class for Echo {
//!     fn data(&self, server: &Server, bytes: &[u8]) -> CallbackResult {
//!         server.send(bytes, bytes.len() as i32)?;
//!         Ok(())
//!     }
//! }
//!
//! let echo = Server::new(Echo);
//! echo.make_server_adapter();
//! if echo.init(8000)? {
//!     loop { echo.tick()?; /* the rest of the frame */ }
//! }
//! ```
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

use crate::server::{CallbackResult, Class, Server};
use std::any::Any;
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

/// Codes for the error callback where there is none of the system's, which are all positive.
pub const NO_CLIENT: i32 = -1;
pub const QUEUE_FULL: i32 = -2;
pub const ALREADY_OPEN: i32 = -3;
pub const NO_SUCH_PORT: i32 = -4;
pub const UNKNOWN: i32 = -5;

/// A call that cannot be carried out, with the next step in its text.
#[derive(Debug)]
pub enum Error {
    NullHandle,
    NoHandle,
    NoServerField,
    EmptyOrphan,
    FullOrphan,
    BadSize { size: i32, capacity: usize },
    Callback(Box<dyn std::error::Error>),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::NullHandle => write!(f, "there is no handle; pass the one that the object holds"),
            Error::NoHandle => write!(f, "the object has no handle; make its adapter or restore it first"),
            Error::NoServerField => write!(f, "the object has no field for a handle; derive its class from Server"),
            Error::EmptyOrphan => write!(f, "the orphan holds no handle; save one into it first"),
            Error::FullOrphan => write!(f, "the orphan holds a handle already; restore it or use another orphan"),
            Error::BadSize { size, capacity } => {
                write!(f, "size {size} does not fit the buffer of {capacity} bytes; nothing was sent")
            }
            Error::Callback(error) => write!(f, "a callback failed: {error}"),
        }
    }
}

impl std::error::Error for Error {}

// --- NetworkServer -----------------------------------------------------------------------------------------------

/// What an object holds in its field, and an orphan between two objects.
pub type Handle = Rc<NetworkServer>;

/// The handle: sockets, outgoing queue, and whom to call back. It outlives the objects that it passes through, and
/// closes its sockets when nobody holds it any more.
pub struct NetworkServer {
    listener: RefCell<Option<TcpListener>>,
    client: RefCell<Option<Client>>,
    /// Weak: the object holds the handle, and a forgotten object frees its port.
    owner: RefCell<Weak<Server>>,
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
    fn new() -> Handle {
        Rc::new(NetworkServer {
            listener: RefCell::new(None),
            client: RefCell::new(None),
            owner: RefCell::new(Weak::new()),
            ticking: Cell::new(false),
            accept_failed: Cell::new(false),
        })
    }

    pub(crate) fn bind(&self, owner: &Server) {
        owner.destroyed.set(false);
        self.owner.replace(owner.me.clone());
    }

    pub(crate) fn unbind(&self) {
        self.owner.replace(Weak::new());
    }

    pub(crate) fn close(&self) {
        self.unbind();
        self.client.take();
        self.listener.take();
    }

    fn owner(&self) -> Option<Rc<Server>> {
        self.owner.borrow().upgrade().filter(|owner| !owner.destroyed.get())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.listener.borrow().is_some()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.client.borrow().is_some()
    }

    /// Calls the owner back, if there is one.
    fn tell(&self, callback: impl FnOnce(&dyn Class, &Server) -> CallbackResult) -> Result<(), Error> {
        match self.owner() {
            Some(owner) => callback(&*owner.class, &owner).map_err(Error::Callback),
            None => Ok(()),
        }
    }

    /// The error callback; gives the "false" that its callers return.
    fn report(&self, code: i32, message: &str) -> Result<bool, Error> {
        self.tell(|class, server| class.error(server, message, code))?;
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
        self.tell(|class, server| class.connect(server))?;
        self.tell(|class, server| class.log(server, "a client was taken"))?;
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
            Ok(size) => self.tell(|class, server| class.data(server, &chunk[..size])).map(|()| true),
            Err(error) if not_now(&error) => Ok(false),
            Err(error) => self.departure(&error.to_string()),
        }
    }

    /// A departure ends the tick, so that the host sees is_connected false between two clients.
    fn departure(&self, how: &str) -> Result<bool, Error> {
        self.client.take();
        self.tell(|class, server| class.disconnect(server))?;
        self.tell(|class, server| class.log(server, &format!("the client left: {how}")))?;
        Ok(false)
    }
}

// --- Low-level NetworkServer IO. `None` is the null handle. --------------------------------------------------------

/// Makes a handle that calls the object back, in the field of the object, in place of the one that is there. False for
/// an object that has no such field, that is, for anything but a `Server` (pass `&*server`: an `Rc` is none).
pub fn make_server(class: &dyn Any) -> bool {
    let Some(object) = class.downcast_ref::<Server>() else {
        return false;
    };
    let handle = NetworkServer::new();
    handle.bind(object);
    if let Some(earlier) = object.server.replace(Some(handle)) {
        earlier.close();
    }
    true
}

/// Listens on a port, 1 to 65535. False, after the error callback, when that cannot be or the handle listens already.
pub fn server_init(server: Option<&Handle>, port: i32) -> Result<bool, Error> {
    server.ok_or(Error::NullHandle)?.init(port)
}

pub fn server_is_open(server: Option<&Handle>) -> Result<bool, Error> {
    Ok(server.ok_or(Error::NullHandle)?.is_open())
}

pub fn server_is_connected(server: Option<&Handle>) -> Result<bool, Error> {
    Ok(server.ok_or(Error::NullHandle)?.is_connected())
}

/// Does what is ready: takes a client, passes on what waits to be sent, delivers what came, notices a departure. Inside
/// a callback of the same handle, and while nobody is called back, it does nothing.
pub fn server_tick(server: Option<&Handle>) -> Result<(), Error> {
    server.ok_or(Error::NullHandle)?.tick()
}

/// Sends the first `size` bytes, at once or by later ticks. False, after the error callback, when there is no client, it
/// is gone, or too much waits already: nothing of the call is sent then.
pub fn server_send(server: Option<&Handle>, data: &[u8], size: i32) -> Result<bool, Error> {
    server.ok_or(Error::NullHandle)?.send(data, size)
}

/// Calls the object back from now on, and no other. Nothing is called by it, and no object's field is touched.
pub fn server_restore(server: Option<&Handle>, class: &dyn Any) -> Result<(), Error> {
    let handle = server.ok_or(Error::NullHandle)?;
    handle.bind(class.downcast_ref::<Server>().ok_or(Error::NoServerField)?);
    Ok(())
}
