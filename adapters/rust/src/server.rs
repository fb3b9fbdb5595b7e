//! `Server`, the class to derive from: a server for one client at a time, driven by a host's frame loop. Every method is
//! a thin call on the layer below; no socket is touched here.
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

use crate::callbacks::{CallbackResult, Callbacks};
use crate::errors::{Error, NO_CLIENT};
use crate::network::{Handle, NetworkServer};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// What a class that is derived from `Server` may override. `server` is the object; every method of it may be called.
#[allow(unused_variables)]
pub trait Class {
    fn connect(&self, server: &Server) -> CallbackResult {
        Ok(())
    }
    fn disconnect(&self, server: &Server) -> CallbackResult {
        Ok(())
    }
    fn data(&self, server: &Server, bytes: &[u8]) -> CallbackResult {
        Ok(())
    }
    fn error(&self, server: &Server, message: &str, code: i32) -> CallbackResult {
        Ok(())
    }
    fn log(&self, server: &Server, message: &str) -> CallbackResult {
        Ok(())
    }
}

/// The class to derive from: a `Class` and the handle. Every method is a thin call on the layer below.
///
/// Until it has a handle, queries and `send` give false and ticks do nothing.
pub struct Server {
    /// The field `_server` [server-class.handle-field].
    server: RefCell<Option<Handle>>,
    class: Box<dyn Class>,
    me: Weak<Server>,
    destroyed: Cell<bool>,
}

impl Server {
    pub fn new(class: impl Class + 'static) -> Rc<Server> {
        Rc::new_cyclic(|me| Server {
            server: RefCell::new(None),
            class: Box::new(class),
            me: me.clone(),
            destroyed: Cell::new(false),
        })
    }

    /// What dropping the last `Rc` does, for those who cannot wait for it: closes client and listener, calls nothing
    /// back. Harmless when repeated, and inside a callback.
    pub fn destroy(&self) {
        self.destroyed.set(true); // also for a handle of another object that was bound to this one
        if let Some(handle) = self.server.take() {
            handle.close();
        }
    }

    /// The handle in the field, for the low-level functions. A clone, so that no borrow lasts into a callback.
    pub fn handle(&self) -> Option<Handle> {
        self.server.borrow().clone()
    }

    /// Makes a handle that calls the object back, in place of the one that is there. Opens nothing.
    pub fn make_server_adapter(&self) {
        let handle = NetworkServer::new();
        self.bind(&handle);
        if let Some(earlier) = self.server.replace(Some(handle)) {
            earlier.close();
        }
    }

    /// Has the handle call this object back, and no other.
    pub(crate) fn bind(&self, handle: &Handle) {
        self.destroyed.set(false);
        handle.bind(self.me.clone());
    }

    pub fn init(&self, port: i32) -> Result<bool, Error> {
        self.handle().ok_or(Error::NoHandle)?.init(port)
    }

    pub fn has_session(&self) -> bool {
        self.is_connected() // one client at a time: the session and the connection are the same thing
    }

    pub fn is_open(&self) -> bool {
        self.handle().is_some_and(|handle| handle.is_open())
    }

    pub fn is_connected(&self) -> bool {
        self.handle().is_some_and(|handle| handle.is_connected())
    }

    pub fn tick(&self) -> Result<(), Error> {
        self.handle().map_or(Ok(()), |handle| handle.tick())
    }

    pub fn send(&self, data: &[u8], size: i32) -> Result<bool, Error> {
        if let Some(handle) = self.handle() {
            return handle.send(data, size);
        }
        let told = self.class.error(self, "nothing sent: the object has no handle", NO_CLIENT);
        told.map(|()| false).map_err(Error::Callback)
    }

    /// Moves the handle out of the object and into the orphan.
    pub fn save(&self, shared_orphan: &mut Option<Handle>) -> Result<(), Error> {
        let handle = self.handle().ok_or(Error::NoHandle)?;
        if shared_orphan.is_some() {
            return Err(Error::FullOrphan);
        }
        self.server.take();
        handle.unbind();
        *shared_orphan = Some(handle);
        Ok(())
    }

    /// Moves the handle out of the orphan and into the object; closes a handle that the object has already.
    pub fn restore(&self, shared_orphan: &mut Option<Handle>) -> Result<(), Error> {
        let handle = shared_orphan.take().ok_or(Error::EmptyOrphan)?;
        self.bind(&handle);
        let earlier = self.server.replace(Some(handle.clone()));
        if let Some(earlier) = earlier.filter(|earlier| !Rc::ptr_eq(earlier, &handle)) {
            earlier.close();
        }
        Ok(())
    }
}

/// How the handle sees the object: its class, which is told whose callback it is.
impl Callbacks for Server {
    fn connect(&self) -> CallbackResult {
        self.class.connect(self)
    }

    fn disconnect(&self) -> CallbackResult {
        self.class.disconnect(self)
    }

    fn data(&self, bytes: &[u8]) -> CallbackResult {
        self.class.data(self, bytes)
    }

    fn error(&self, message: &str, code: i32) -> CallbackResult {
        self.class.error(self, message, code)
    }

    fn log(&self, message: &str) -> CallbackResult {
        self.class.log(self, message)
    }

    fn destroyed(&self) -> bool {
        self.destroyed.get()
    }
}
