//! Low-level NetworkServer IO: the documented functions on a handle, `None` being the null handle. They take any object,
//! and find out whether it is a `Server`.

use crate::errors::Error;
use crate::network_server::Handle;
use crate::object::Kind;
use crate::server::Server;
use std::any::Any;

/// Makes a handle that calls the object back, in the field of the object, in place of the one that is there. False for
/// an object that has no such field, that is, for anything but a `Server` (pass `&*server`: an `Rc` is none).
pub fn make_server(class: &dyn Any) -> bool {
    let Some(object) = class.downcast_ref::<Server>() else {
        return false;
    };
    object.make_server_adapter();
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
    Ok(server.ok_or(Error::NullHandle)?.conversation().is_connected())
}

/// Does what is ready: takes a client, passes on what waits to be sent, delivers what came, notices a departure. Inside
/// a callback of the same handle, and while nobody is called back, it does nothing.
pub fn server_tick(server: Option<&Handle>) -> Result<(), Error> {
    server.ok_or(Error::NullHandle)?.tick()
}

/// Sends the first `size` bytes, at once or by later ticks. False, after the error callback, when there is no client, it
/// is gone, or too much waits already: nothing of the call is sent then.
pub fn server_send(server: Option<&Handle>, data: &[u8], size: i32) -> Result<bool, Error> {
    server.ok_or(Error::NullHandle)?.conversation().send(data, size)
}

/// Calls the object back from now on, and no other. Nothing is called by it, and no object's field is touched.
pub fn server_restore(server: Option<&Handle>, class: &dyn Any) -> Result<(), Error> {
    let handle = server.ok_or(Error::NullHandle)?;
    class.downcast_ref::<Server>().ok_or(Error::NoServerField)?.bind(handle);
    Ok(())
}
