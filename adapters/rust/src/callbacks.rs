//! What a handle calls back, and what its callbacks return. This knows nothing of handles, nor of `Server`.

/// What a callback returns. An error comes out of the call that led to the callback, and the server goes on.
pub type CallbackResult = Result<(), Box<dyn std::error::Error>>;

/// An object that a handle calls back: five callbacks, in which everything may be called.
pub trait Callbacks {
    fn connect(&self) -> CallbackResult;
    fn disconnect(&self) -> CallbackResult;
    fn data(&self, bytes: &[u8]) -> CallbackResult;
    fn error(&self, message: &str, code: i32) -> CallbackResult;
    fn log(&self, message: &str) -> CallbackResult;

    /// Whether the object has ended, though somebody holds it still: nothing calls it back any more.
    fn destroyed(&self) -> bool;
}
