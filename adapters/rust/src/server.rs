//! `Server`, the class to derive from: a server for one client at a time, driven by a host's frame loop. Every method
//! is a thin call on the layer below; no socket is touched here.
//!
//! A class is derived from `Server` by implementing `Class<Server>`, whose five callbacks may all be left out:
//!
//! ```ignore
//! struct Echo;
//! impl Class<Server> for Echo {
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

use crate::errors::Error;
use crate::network_server::{Handle, NetworkServer};
use crate::object::{Kind, Object};

/// The class to derive from.
pub type Server = Object<NetworkServer>;

impl Server {
    /// Makes a handle that calls the object back, in place of the one that is there. Opens nothing.
    pub fn make_server_adapter(&self) {
        self.make_adapter();
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

    /// Moves the handle out of the object and into the orphan.
    pub fn save(&self, shared_orphan: &mut Option<Handle>) -> Result<(), Error> {
        let handle = self.handle().ok_or(Error::NoHandle)?;
        if shared_orphan.is_some() {
            return Err(Error::FullOrphan);
        }
        handle.conversation().unbind();
        *shared_orphan = self.release();
        Ok(())
    }

    /// Moves the handle out of the orphan and into the object; closes a handle that the object has already.
    pub fn restore(&self, shared_orphan: &mut Option<Handle>) -> Result<(), Error> {
        self.replace(shared_orphan.take().ok_or(Error::EmptyOrphan)?);
        Ok(())
    }
}
