//! Calls that cannot be carried out, and the numbers of errors that are told to the error callback.

/// Codes for the error callback where there is none of the system's, which are all positive.
pub const NOT_CONNECTED: i32 = -1;
pub const QUEUE_FULL: i32 = -2;
pub const ALREADY_OPEN: i32 = -3;
pub const NO_SUCH_PORT: i32 = -4;
pub const UNKNOWN: i32 = -5;
pub const ALREADY_CONNECTED: i32 = -6;

/// A call that cannot be carried out, with the next step in its text.
#[derive(Debug)]
pub enum Error {
    NullHandle,
    NoHandle,
    NoServerField,
    EmptyOrphan,
    FullOrphan,
    BadSize {
        size: i32,
        capacity: usize,
    },
    /// In milliseconds.
    BadTimeout(i32),
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
            Error::BadTimeout(timeout) => write!(f, "a timeout of {timeout} ms is none; give 0 or more"),
            Error::Callback(error) => write!(f, "a callback failed: {error}"),
        }
    }
}

impl std::error::Error for Error {}
