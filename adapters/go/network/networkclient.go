package network

import (
	"context"
	"net"
	"strconv"
	"time"
)

// NetworkClient is the handle: at most one connection to a server, and the object whose callbacks it causes.
//
// A connection that is closed with bytes still to be sent leaves for a list of its own, where its goroutines bring it
// to its end, while the handle may have another one already.
type NetworkClient struct {
	conversation
	leaving []*connection
}

// connect is the one call that waits, and no longer than it is told to.
func (h *NetworkClient) connect(host string, port int, timeout time.Duration) (bool, error) {
	if timeout < 0 {
		return false, &TimeoutError{timeout}
	}
	if h.closed {
		return false, ErrClosedHandle
	}
	if h.connection != nil {
		return h.fail(CodeAlreadyConnected, "cannot connect to %q port %d as well: close first", host, port)
	}
	// Cut to 16 bits a wrong number would lead to some other port.
	if port < 1 || port > 65535 {
		return h.fail(CodeNoSuchPort, "there is no port %d to connect to", port)
	}
	if host == "" { // to the library that is this machine
		return h.fail(CodeUnknown, "the name of the host is empty")
	}
	if timeout < time.Millisecond {
		timeout = time.Millisecond // with less the library does not even try
	}
	ended, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ended, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return h.fail(codeOf(err), "cannot connect to %q port %d: %v", host, port, err)
	}
	if err := h.welcome(attend(conn, piecesAhead), h.target(), "connected to the server: %v", conn.RemoteAddr()); err != nil {
		return false, err
	}
	return true, nil
}

func (h *NetworkClient) tick() error {
	h.forgetGone()
	return h.conversation.tick(h.deliver)
}

// close ends the connection, and leaves what waits to be sent to the goroutines. Calls nothing back.
func (h *NetworkClient) close() {
	h.forgetGone()
	closed := h.connection
	if closed == nil {
		return
	}
	h.connection = nil
	if closed.outbox.settled() {
		closed.close(grace)
		return
	}
	closed.closeLater()
	h.leaving = append(h.leaving, closed)
}

func (h *NetworkClient) forgetGone() {
	var left []*connection
	for _, each := range h.leaving {
		if !each.isGone() {
			left = append(left, each)
		}
	}
	h.leaving = left
}

// end is for good: none of the handle's goroutines outlives it. Calls nothing back.
func (h *NetworkClient) end() {
	h.closed = true
	h.owner = nil
	if closed := h.connection; closed != nil {
		h.connection = nil
		closed.close(grace)
	}
	for _, each := range h.leaving {
		each.cutOff()
	}
	h.leaving = nil
}
