//! `Client`, the class to derive from: a connection to one server, driven by a host's frame loop. Every method is a
//! thin call on the layer below; no socket is touched here.
//!
//! A class is derived from `Client` by implementing `Class<Client>`, whose five callbacks may all be left out:
//!
//! ```ignore
//! struct Talker;
//! impl Class<Client> for Talker {
//!     fn connect(&self, client: &Client) -> CallbackResult {
//!         client.send(b"hello\n", 6)?;
//!         Ok(())
//!     }
//! }
//!
//! let talker = Client::new(Talker);
//! talker.make_client_adapter();
//! if talker.connect("localhost", 8000, 5000)? {
//!     while talker.is_connected() { talker.tick()?; /* the rest of the frame */ }
//! }
//! ```

use crate::errors::Error;
use crate::network_client::NetworkClient;
use crate::object::Object;

/// The class to derive from.
pub type Client = Object<NetworkClient>;

impl Client {
    /// Makes a handle that calls the object back, in place of the one that is there. Opens nothing.
    pub fn make_client_adapter(&self) {
        self.make_adapter();
    }

    /// Connects to a server, a name or a literal of IPv4 or IPv6, within so many milliseconds: the one call that waits.
    /// True after the connect callback; false, after the error callback, when there is no connection: nobody is there,
    /// it took too long, there is no such port, or there is a connection already, which then stays as it is.
    pub fn connect(&self, host: &str, port: i32, timeout_ms: i32) -> Result<bool, Error> {
        self.handle().ok_or(Error::NoHandle)?.connect(host, port, timeout_ms)
    }

    /// Ends the connection and calls nothing back. What was accepted to be sent is still sent on by ticks.
    pub fn close(&self) {
        if let Some(handle) = self.handle() {
            handle.close();
        }
    }
}
