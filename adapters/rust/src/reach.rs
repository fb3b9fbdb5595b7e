//! From the name of a host to a stream that is connected to it, within a time.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Connects to a port, from 1 up, of a name or a literal of IPv4 or IPv6. The error is that of the last address that
/// was tried, or says that the host has none.
pub fn reach(host: &str, port: u16, timeout: Duration) -> io::Result<TcpStream> {
    let end = Instant::now() + timeout;
    let addresses = look_up(host, port, end)?;
    let mut failure = io::Error::new(ErrorKind::NotFound, "the host has no address that is known here");
    for (tried, address) in addresses.iter().enumerate() {
        // Those that come after it have to have their share. And a time of nothing at all is an error of its own.
        let share = end.saturating_duration_since(Instant::now()) / (addresses.len() - tried) as u32;
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
            Ok(stream) if !is_itself(&stream) => return Ok(stream),
            Ok(_) => failure = ErrorKind::ConnectionRefused.into(),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Nobody listens on the port, and the system happened to choose it for this end as well: that is no server.
fn is_itself(stream: &TcpStream) -> bool {
    matches!((stream.local_addr(), stream.peer_addr()), (Ok(own), Ok(other)) if own == other)
}

/// A literal and "localhost" need no look-up. Any other name is looked up on a thread, since no system lets that call
/// be given a time; one that takes too long is left to end by itself.
fn look_up(host: &str, port: u16, end: Instant) -> io::Result<Vec<SocketAddr>> {
    if host.is_empty() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the name of the host is empty"));
    }
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]);
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![(address, port).into()]);
    }
    let (answer, answers) = mpsc::channel();
    let name = host.to_string();
    thread::Builder::new().spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(|found| found.collect());
        let _ = answer.send(found); // nobody waits any more when it took too long
    })?;
    let found = answers.recv_timeout(end.saturating_duration_since(Instant::now()));
    found.map_err(|_| io::Error::new(ErrorKind::TimedOut, "the name was not looked up in time"))?
}
