//! `Server`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here.

use crate::network::{make_server, Error, Handle, NO_CLIENT};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// What a callback returns. An error comes out of the call that led to the callback, and the server goes on.
pub type CallbackResult = Result<(), Box<dyn std::error::Error>>;

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
    pub(crate) server: RefCell<Option<Handle>>,
    pub(crate) class: Box<dyn Class>,
    pub(crate) me: Weak<Server>,
    pub(crate) destroyed: Cell<bool>,
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

    pub fn make_server_adapter(&self) {
        make_server(self);
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
        handle.bind(self);
        let earlier = self.server.replace(Some(handle.clone()));
        if let Some(earlier) = earlier.filter(|earlier| !Rc::ptr_eq(earlier, &handle)) {
            earlier.close();
        }
        Ok(())
    }
}
