//! Low-level NetworkClient IO: the functions on a handle, as in `low_level`. Each does what the method of `Client`
//! does.

use crate::client::Client;
use crate::errors::Error;
use crate::network_client::ClientHandle;
use crate::object::Kind;
use std::any::Any;

/// Makes a handle that calls the object back, in the field of the object, in place of the one that is there. False for
/// an object that has no such field, that is, for anything but a `Client` (pass `&*client`: an `Rc` is none).
pub fn make_client(class: &dyn Any) -> bool {
    let Some(object) = class.downcast_ref::<Client>() else {
        return false;
    };
    object.make_client_adapter();
    true
}

pub fn client_connect(client: Option<&ClientHandle>, host: &str, port: i32, timeout_ms: i32) -> Result<bool, Error> {
    client.ok_or(Error::NullHandle)?.connect(host, port, timeout_ms)
}

pub fn client_is_connected(client: Option<&ClientHandle>) -> Result<bool, Error> {
    Ok(client.ok_or(Error::NullHandle)?.conversation().is_connected())
}

pub fn client_tick(client: Option<&ClientHandle>) -> Result<(), Error> {
    client.ok_or(Error::NullHandle)?.tick()
}

pub fn client_send(client: Option<&ClientHandle>, data: &[u8], size: i32) -> Result<bool, Error> {
    client.ok_or(Error::NullHandle)?.conversation().send(data, size)
}

pub fn client_close(client: Option<&ClientHandle>) -> Result<(), Error> {
    client.ok_or(Error::NullHandle)?.close();
    Ok(())
}
