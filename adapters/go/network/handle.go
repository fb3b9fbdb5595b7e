package network

import (
	"fmt"
	"time"
)

// How long closing waits for a client that has something to be sent to it. A program may end right after it closed its
// server, and the goroutine that would write the last words with it.
const grace = 200 * time.Millisecond

// NetworkServer is the handle: the listener, at most one client, and the object whose callbacks they cause. It outlives
// the object; Save and Restore carry it from one to the next. The goroutines of listener and client do not know it.
//
// Its fields say what ticks have told, not what the goroutines know. The state changes first and the callback comes
// last, and one change has one callback that matters: whatever happens in it, nothing is left to be told.
type NetworkServer struct {
	owner        *Server // nil: nobody is called back, and ticks do nothing
	listener     *listener
	client       *client
	acceptFailed bool // and it was reported
	ticking      bool
	closed       bool
}

// target is the object to call back, nil for none: a destroyed one is not called, though the handle be another's.
func (h *NetworkServer) target() *Server {
	if h.owner == nil || h.owner.destroyed {
		return nil
	}
	return h.owner
}

// bind calls that object back from now on, or nobody. Sockets and queues stay as they are, and nothing is called.
func (h *NetworkServer) bind(owner *Server) error {
	if h.closed {
		return ErrClosedHandle
	}
	h.owner = owner
	if owner != nil {
		owner.destroyed = false
	}
	return nil
}

func (h *NetworkServer) init(port int) (bool, error) {
	if h.closed {
		return false, ErrClosedHandle
	}
	// One listening socket [server-class.one-client]: a second init is turned down, whichever port it asks for.
	if h.listener != nil {
		return h.fail(CodeAlreadyOpen, "cannot listen on port %d beside the one before: close first", port)
	}
	if port < 0 || port > 65535 {
		return h.fail(CodeNoSuchPort, "there is no port %d", port)
	}
	opened, err := listen(h.host(), port)
	if err != nil {
		return h.fail(codeOf(err), "cannot listen on port %d: %v", port, err)
	}
	h.listener = opened
	return true, nil
}

func (h *NetworkServer) host() string {
	if owner := h.target(); owner != nil && owner.Host != "" {
		return owner.Host
	}
	return Loopback
}

func (h *NetworkServer) tick() error {
	// A tick from inside a callback returns at once: the outer one goes on with the work.
	if h.ticking {
		return nil
	}
	h.ticking = true
	defer func() { h.ticking = false }() // also when a callback panics
	return h.turn()
}

func (h *NetworkServer) turn() error {
	caller := h.target()
	if caller == nil || h.listener == nil {
		return nil
	}
	if h.client == nil {
		if err := h.takeClient(caller); err != nil {
			return err
		}
	}
	// Whoever saves or destroys the object in a callback ends the tick there; what is left waits for the next owner.
	for told := 0; told < piecesPerTick && h.client != nil && h.target() == caller; told++ {
		piece, ended := h.client.next()
		if piece == nil {
			// A client that only closed its sending side is sent what was accepted for it first [send.result]: to the
			// system it looks like one that left until that is written.
			if ended && h.client.outbox.settled() {
				return h.depart(caller)
			}
			return nil
		}
		if err := failed("OnData", caller.class.OnData(caller, piece)); err != nil {
			return err
		}
	}
	return nil
}

func (h *NetworkServer) takeClient(caller *Server) error {
	came, any := h.listener.next()
	if !any {
		return nil
	}
	if came.err != nil {
		// The client keeps waiting and the listener tries again with every tick, but one report will do.
		if h.acceptFailed {
			return nil
		}
		h.acceptFailed = true
		_, err := h.fail(codeOf(came.err), "a client waits and cannot be taken yet: %v", came.err)
		return err
	}
	h.acceptFailed = false
	h.client = attend(came.conn)
	if err := failed("OnConnect", caller.class.OnConnect(caller)); err != nil {
		return err
	}
	return h.log("a client was taken: %v", came.conn.RemoteAddr())
}

// depart ends the tick, so that the host sees IsConnected false between two clients.
func (h *NetworkServer) depart(caller *Server) error {
	gone := h.client
	h.client = nil
	gone.close(0)
	if err := failed("OnDisconnect", caller.class.OnDisconnect(caller)); err != nil {
		return err
	}
	return h.log("the client left: %s", gone.farewell())
}

func (h *NetworkServer) send(data []byte, size int) (bool, error) {
	// No byte that the host did not give leaves it [send.size].
	if size < 0 || size > len(data) {
		return false, &SizeError{size, len(data)}
	}
	if h.client == nil {
		return h.fail(CodeNoClient, "nothing sent: no client is connected")
	}
	err := h.client.outbox.put(data[:size])
	if err == errQueueFull {
		return h.fail(CodeQueueFull, "nothing sent: more than %d bytes would wait", QueueLimit)
	}
	if err != nil {
		return h.fail(codeOf(err), "nothing sent: %v", err)
	}
	return true, nil
}

// close frees the port and ends the connection. Calls nothing back; none of the handle's goroutines outlives it.
func (h *NetworkServer) close() {
	h.closed = true
	h.owner = nil
	if h.listener != nil {
		h.listener.close()
		h.listener = nil
	}
	if h.client != nil {
		leaving := h.client
		h.client = nil
		leaving.close(grace)
	}
}

// fail is false for the caller, and the reason for the object.
func (h *NetworkServer) fail(code int, format string, values ...any) (bool, error) {
	target := h.target()
	if target == nil {
		return false, nil
	}
	return false, failed("OnError", target.class.OnError(target, fmt.Sprintf(format, values...), code))
}

func (h *NetworkServer) log(format string, values ...any) error {
	target := h.target()
	if target == nil {
		return nil
	}
	return failed("OnLog", target.class.OnLog(target, fmt.Sprintf(format, values...)))
}
