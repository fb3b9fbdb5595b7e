//! What `Server` and `Client` have in common: an object with a class, and the field for its handle. No socket is
//! touched here.

use crate::callbacks::{CallbackResult, Callbacks};
use crate::conversation::Conversation;
use crate::errors::{Error, NOT_CONNECTED};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// A kind of handle.
pub trait Kind: 'static {
    fn new() -> Rc<Self>;
    fn conversation(&self) -> &Conversation;
    fn tick(&self) -> Result<(), Error>;

    /// What dropping it does, while somebody still holds it. Calls nothing back.
    fn end(&self);
}

/// What a class that is derived from `Server` or `Client` may override. `object` is the object; every method of it may
/// be called.
#[allow(unused_variables)]
pub trait Class<Object> {
    fn connect(&self, object: &Object) -> CallbackResult {
        Ok(())
    }
    fn disconnect(&self, object: &Object) -> CallbackResult {
        Ok(())
    }
    fn data(&self, object: &Object, bytes: &[u8]) -> CallbackResult {
        Ok(())
    }
    fn error(&self, object: &Object, message: &str, code: i32) -> CallbackResult {
        Ok(())
    }
    fn log(&self, object: &Object, message: &str) -> CallbackResult {
        Ok(())
    }
}

/// A `Class` and a handle. Every method is a thin call on the layer below.
///
/// Until it has a handle, queries and `send` give false and ticks do nothing.
pub struct Object<K> {
    /// The field `_server` or `_client` [server-class.handle-field].
    field: RefCell<Option<Rc<K>>>,
    class: Box<dyn Class<Object<K>>>,
    me: Weak<Object<K>>,
    destroyed: Cell<bool>,
}

impl<K: Kind> Object<K> {
    pub fn new(class: impl Class<Object<K>> + 'static) -> Rc<Object<K>> {
        Rc::new_cyclic(|me| Object {
            field: RefCell::new(None),
            class: Box::new(class),
            me: me.clone(),
            destroyed: Cell::new(false),
        })
    }

    /// What dropping the last `Rc` does, for those who cannot wait for it: ends the handle, calls nothing back.
    /// Harmless when repeated, and inside a callback.
    pub fn destroy(&self) {
        self.destroyed.set(true); // also for a handle of another object that was bound to this one
        if let Some(handle) = self.field.take() {
            handle.end();
        }
    }

    /// The handle in the field, for the low-level functions. A clone, so that no borrow lasts into a callback.
    pub fn handle(&self) -> Option<Rc<K>> {
        self.field.borrow().clone()
    }

    /// Makes a handle that calls the object back, in place of the one that is there. Opens nothing.
    pub(crate) fn make_adapter(&self) {
        self.replace(K::new());
    }

    /// Puts a handle into the field, and has it call this object back; ends the one that is there.
    pub(crate) fn replace(&self, handle: Rc<K>) {
        self.bind(&handle);
        let earlier = self.field.replace(Some(handle.clone()));
        if let Some(earlier) = earlier.filter(|earlier| !Rc::ptr_eq(earlier, &handle)) {
            earlier.end();
        }
    }

    /// Takes the handle out of the field.
    pub(crate) fn release(&self) -> Option<Rc<K>> {
        self.field.take()
    }

    /// Has the handle call this object back, and no other.
    pub(crate) fn bind(&self, handle: &Rc<K>) {
        self.destroyed.set(false);
        handle.conversation().bind(self.me.clone());
    }

    pub fn is_connected(&self) -> bool {
        self.handle().is_some_and(|handle| handle.conversation().is_connected())
    }

    pub fn tick(&self) -> Result<(), Error> {
        self.handle().map_or(Ok(()), |handle| handle.tick())
    }

    pub fn send(&self, data: &[u8], size: i32) -> Result<bool, Error> {
        if let Some(handle) = self.handle() {
            return handle.conversation().send(data, size);
        }
        let told = self.class.error(self, "nothing sent: the object has no handle", NOT_CONNECTED);
        told.map(|()| false).map_err(Error::Callback)
    }
}

/// How the handle sees the object: its class, which is told whose callback it is.
impl<K: Kind> Callbacks for Object<K> {
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
