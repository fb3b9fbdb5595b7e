package network

import (
	"fmt"
	"time"
)

// How long closing waits for a peer that has something to be sent to it. A program may end right after it closed its
// object, and the goroutine that would write the last words with it.
const grace = 200 * time.Millisecond

// conversation is what the handle of a server and that of a client have in common: at most one connection, and the
// object whose callbacks it causes. The goroutines of the connection do not know it.
//
// Its fields say what ticks have told, not what the goroutines know. The state changes first and the callback comes
// last, and one change has one callback that matters: whatever happens in it, nothing is left to be told.
type conversation struct {
	peer       string // who is at the other end, for messages: "client" or "server"
	owner      owner  // nil: nobody is called back, and ticks do nothing
	connection *connection
	ticking    bool
	closed     bool
}

// target is the object to call back, nil for none.
func (h *conversation) target() owner {
	if h.owner == nil || h.owner.isDestroyed() {
		return nil
	}
	return h.owner
}

// bind calls that object back from now on, or nobody. Sockets and queues stay as they are, and nothing is called.
func (h *conversation) bind(owner owner) error {
	if h.closed {
		return ErrClosedHandle
	}
	h.owner = owner
	if owner != nil {
		owner.setDestroyed(false)
	}
	return nil
}

// tick calls turn for the object to be told of what came, if there is one. A tick from inside a callback returns at
// once: the outer one goes on with the work.
func (h *conversation) tick(turn func(caller owner) error) error {
	caller := h.target()
	if h.ticking || caller == nil {
		return nil
	}
	h.ticking = true
	defer func() { h.ticking = false }() // also when a callback panics
	return turn(caller)
}

// welcome takes a connection and tells of it.
func (h *conversation) welcome(connected *connection, caller owner, format string, values ...any) error {
	h.connection = connected
	if caller == nil {
		return nil
	}
	if err := caller.onConnect(); err != nil {
		return err
	}
	return h.log(format, values...)
}

// deliver tells what the connection has read, and its end. Whoever saves or destroys the object in a callback ends the
// tick there; what is left waits for the next owner.
func (h *conversation) deliver(caller owner) error {
	for told := 0; told < piecesPerTick && h.connection != nil && h.target() == caller; told++ {
		piece, ended := h.connection.next()
		if piece == nil {
			// A peer that only closed its sending side is sent what was accepted for it first [send.result]: to the
			// system it looks like one that left until that is written.
			if ended && h.connection.outbox.settled() {
				return h.depart(caller)
			}
			return nil
		}
		if err := caller.onData(piece); err != nil {
			return err
		}
	}
	return nil
}

// depart ends the tick, so that the host sees IsConnected false between two connections.
func (h *conversation) depart(caller owner) error {
	gone := h.connection
	h.connection = nil
	gone.close(0)
	if err := caller.onDisconnect(); err != nil {
		return err
	}
	return h.log("the %s left: %s", h.peer, gone.farewell())
}

func (h *conversation) send(data []byte, size int) (bool, error) {
	// No byte that the host did not give leaves it [send.size].
	if size < 0 || size > len(data) {
		return false, &SizeError{size, len(data)}
	}
	if h.connection == nil {
		return h.fail(CodeNotConnected, "nothing sent: no %s is connected", h.peer)
	}
	err := h.connection.outbox.put(data[:size])
	if err == errQueueFull {
		return h.fail(CodeQueueFull, "nothing sent: more than %d bytes would wait", QueueLimit)
	}
	if err != nil {
		return h.fail(codeOf(err), "nothing sent: %v", err)
	}
	return true, nil
}

// fail is false for the caller, and the reason for the object.
func (h *conversation) fail(code int, format string, values ...any) (bool, error) {
	target := h.target()
	if target == nil {
		return false, nil
	}
	return false, target.onError(fmt.Sprintf(format, values...), code)
}

func (h *conversation) log(format string, values ...any) error {
	target := h.target()
	if target == nil {
		return nil
	}
	return target.onLog(fmt.Sprintf(format, values...))
}
