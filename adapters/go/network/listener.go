package network

import (
	"errors"
	"net"
	"strconv"
)

// listener takes connections on a goroutine of its own. It holds so many of them until a tick asks for one, and takes the
// next only then: the others wait in the system's queue, with what they send.
type listener struct {
	tcp      net.Listener
	arrivals chan arrival  // whoever does not fit into its buffer is held by the goroutine
	closing  chan struct{} // closed to end the goroutine
	ended    chan struct{} // closed by the goroutine at its end
}

// arrival is a connection, or why none could be taken.
type arrival struct {
	conn net.Conn
	err  error
}

// listen has ahead connections held beside the one that the goroutine holds.
func listen(host string, port, ahead int) (*listener, error) {
	// The standard library lets the port be taken again though connections of an earlier server linger in the system.
	tcp, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	l := &listener{tcp, make(chan arrival, ahead), make(chan struct{}), make(chan struct{})}
	go l.accept()
	return l, nil
}

func (l *listener) accept() {
	defer close(l.ended)
	for {
		conn, err := l.tcp.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		// Failures go the same way (out of descriptors, say), so the next attempt waits for a tick as well.
		select {
		case l.arrivals <- arrival{conn, err}:
		case <-l.closing:
			if conn != nil {
				conn.Close()
			}
			return
		}
	}
}

// next gives what the goroutine holds, if anything.
func (l *listener) next() (arrival, bool) {
	select {
	case came := <-l.arrivals:
		return came, true
	default:
		return arrival{}, false
	}
}

func (l *listener) port() int {
	return l.tcp.Addr().(*net.TCPAddr).Port
}

// close frees the port and turns away whoever waits. The goroutine has ended when it returns.
func (l *listener) close() {
	close(l.closing)
	l.tcp.Close()
	<-l.ended
	for came, any := l.next(); any; came, any = l.next() {
		if came.conn != nil {
			came.conn.Close()
		}
	}
}
