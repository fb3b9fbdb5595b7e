//! A connection, whoever made it: a stream that never waits, and the bytes that are still to be sent on it.

use crate::errors::UNKNOWN;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

/// The most bytes that wait to be sent: a peer that never reads is not worth more.
pub const QUEUE_LIMIT: usize = 64 * 1024 * 1024;

/// The queue goes with its connection: not a byte of it may reach the next one [server-class.one-client].
pub struct Connection {
    stream: TcpStream,
    queue: VecDeque<u8>,
}

impl Connection {
    /// Makes the stream one that does not wait.
    pub fn new(stream: TcpStream) -> io::Result<Connection> {
        stream.set_nonblocking(true)?;
        // Small answers, as of a debugger, must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        Ok(Connection { stream, queue: VecDeque::new() })
    }

    /// How many bytes wait to be sent.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Adds bytes to those that wait, which `flush` passes on.
    pub fn queue(&mut self, bytes: &[u8]) {
        self.queue.extend(bytes);
    }

    pub fn read(&mut self, chunk: &mut [u8]) -> io::Result<usize> {
        self.stream.read(chunk)
    }

    /// Passes on what the system takes of the queue.
    pub fn flush(&mut self) -> io::Result<()> {
        while !self.queue.is_empty() {
            match self.stream.write(self.queue.as_slices().0) {
                Ok(sent) => drop(self.queue.drain(..sent)),
                Err(error) if not_now(&error) => return Ok(()),
                Err(error) => {
                    self.queue.clear();
                    // Whatever the failure was: reading comes to an end too, which is how a tick finds the departure.
                    let _ = self.stream.shutdown(Shutdown::Both);
                    return Err(error);
                }
            }
        }
        self.queue = VecDeque::new(); // a flood that is over needs no memory
        Ok(())
    }

    /// After the host has closed it: passes on what the system takes, and delivers nothing. True when it can be dropped
    /// without a loss.
    pub fn see_off(&mut self) -> bool {
        // Closing a socket with unread bytes resets the connection, which can take away what was sent last.
        let mut unread = [0; 4096];
        for _ in 0..256 {
            if !matches!(self.stream.read(&mut unread), Ok(size) if size > 0) {
                break;
            }
        }
        self.flush().is_err() || self.queue.is_empty()
    }
}

impl Drop for Connection {
    /// A last attempt, for a host that says farewell and destroys.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

/// Whether there is nothing to do yet: no failure, try again in a later tick.
pub fn not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// The system's number of an error.
pub fn code(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(UNKNOWN)
}
