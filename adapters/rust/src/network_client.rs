//! The handle of a client: how it comes to a connection, and how it ends one. What it does with the connection in
//! between is in `conversation`.
//!
//! A connection that is closed with bytes still to be sent leaves for a list of its own: ticks send the rest and end
//! it, while the handle may have another connection already.

use crate::connection::{code, Connection};
use crate::conversation::Conversation;
use crate::errors::{Error, ALREADY_CONNECTED, NO_SUCH_PORT};
use crate::object::Kind;
use crate::reach::reach;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// What an object holds in its field.
pub type ClientHandle = Rc<NetworkClient>;

/// The handle: the connection, and whom to call back.
pub struct NetworkClient {
    conversation: Conversation,
    leaving: RefCell<Vec<Connection>>,
}

impl Kind for NetworkClient {
    fn new() -> ClientHandle {
        Rc::new(NetworkClient { conversation: Conversation::new("server"), leaving: RefCell::new(Vec::new()) })
    }

    fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    fn tick(&self) -> Result<(), Error> {
        self.conversation.tick(|| {
            self.leaving.borrow_mut().retain_mut(|left| !left.see_off());
            if self.conversation.is_connected() && self.conversation.flush()? {
                self.conversation.receive_all()?;
            }
            Ok(())
        })
    }

    fn end(&self) {
        self.conversation.unbind();
        self.close();
        self.leaving.take();
    }
}

impl NetworkClient {
    pub fn connect(&self, host: &str, port: i32, timeout_ms: i32) -> Result<bool, Error> {
        let timeout = u64::try_from(timeout_ms).map_err(|_| Error::BadTimeout(timeout_ms))?;
        let what = format!("cannot connect to {host} port {port}");
        if self.conversation.is_connected() {
            return self.conversation.report(ALREADY_CONNECTED, &format!("{what} as well: close first"));
        }
        // Cut to 16 bits a wrong number would lead to some other port.
        let port = match u16::try_from(port) {
            Ok(port) if port != 0 => port,
            _ => return self.conversation.report(NO_SUCH_PORT, &format!("{what}, which does not exist")),
        };
        match reach(host, port, Duration::from_millis(timeout)).and_then(Connection::new) {
            Ok(connection) => self.conversation.welcome(connection, "connected to the server").map(|()| true),
            Err(error) => self.conversation.report(code(&error), &format!("{what}: {error}")),
        }
    }

    pub fn close(&self) {
        if let Some(mut closed) = self.conversation.take() {
            if !closed.see_off() {
                self.leaving.borrow_mut().push(closed);
            }
        }
    }
}
