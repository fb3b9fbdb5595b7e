package network

import (
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"sync"
	"time"
)

var refusalForm = regexp.MustCompile(`^HTTP/1\.[01] ([45][0-9][0-9]) `)

// How long settle looks at a read of a single byte before it takes that for one of the message. Nearly all are those by
// which net/http looks for the client's departure while a handler runs.
const patience = 50 * time.Millisecond

// wire is a connection as net/http sees it: what it reads was put there by a tick, and what it writes goes to a queue.
// With its goroutine at the other end, settle makes a call of it: feed, settle, and look at what came.
type wire struct {
	raw     *connection
	lock    sync.Mutex
	changed *sync.Cond
	pending []byte
	ended   bool // no more will be fed
	closed  bool // by net/http, or by us
	active  bool // between the head of a request and the end of its answer
	wanted  int  // bytes that a read waits for, 0 when none does
	expired bool // the deadline of reads has passed, which is how net/http ends one that waits
	asked   *asked
	given   bool   // the host has answered, and what is written is of that answer
	refused string // the status with which a request was turned down without the host, until it was told
}

// asked is a request that waits for its answer.
type asked struct {
	request *http.Request
	body    []byte
	told    bool
	given   *answer
}

type answer struct {
	status  int
	headers http.Header
	body    []byte
}

func newWire(raw *connection) *wire {
	w := &wire{raw: raw}
	w.changed = sync.NewCond(&w.lock)
	return w
}

// --- the host's side

// change does something to the fields and wakes whoever waits for that.
func (w *wire) change(what func()) {
	w.lock.Lock()
	defer w.lock.Unlock()
	what()
	w.changed.Broadcast()
}

// A read that waited for what comes now is not waiting any more, though its goroutine may not have noticed yet.
func (w *wire) feed(data []byte) {
	w.change(func() { w.pending, w.wanted = append(w.pending, data...), 0 })
}

func (w *wire) end() { w.change(func() { w.ended, w.wanted = true, 0 }) }

// settle returns when net/http can do nothing more with what it has. It waits for no client, only for a goroutine that
// computes.
func (w *wire) settle() {
	w.lock.Lock()
	defer w.lock.Unlock()
	var doubtful *time.Timer
	late := false
	for !w.idle() && !(late && w.wanted > 0) {
		if doubtful == nil && w.wanted > 0 {
			doubtful = time.AfterFunc(patience, func() { w.change(func() { late = true }) })
			defer doubtful.Stop()
		}
		w.changed.Wait()
	}
}

// While a handler runs, net/http reads one byte ahead beside it. That read says nothing of where the handler is; any
// other that waits does.
func (w *wire) idle() bool {
	if w.closed || w.asked != nil {
		return true
	}
	return w.wanted > 0 && (w.wanted > 1 || !w.active)
}

// look tells of the request that waits, and whether there is no room for another piece: what was fed is not used up, or
// will never be.
func (w *wire) look() (waiting *asked, full, closed bool) {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.asked, w.asked != nil || w.closed || len(w.pending) > 0, w.closed
}

// respond answers the request that waits.
func (w *wire) respond(given answer) {
	w.change(func() {
		w.asked.given = &given
		w.asked, w.given = nil, true
	})
	w.settle()
}

// refusal tells once with which status a request was turned down; empty if none was.
func (w *wire) refusal() (status string) {
	w.change(func() { status, w.refused = w.refused, "" })
	return status
}

// --- the side of the handler and of net/http, on its goroutines

// ask has the host answer a request. False when the connection ends before.
func (w *wire) ask(request *http.Request, body []byte) (answer, bool) {
	waiting := &asked{request: request, body: body}
	w.lock.Lock()
	defer w.lock.Unlock()
	w.asked = waiting
	w.changed.Broadcast()
	for waiting.given == nil && !w.closed {
		w.changed.Wait()
	}
	if waiting.given == nil {
		return answer{}, false
	}
	return *waiting.given, true
}

func (w *wire) setState(state http.ConnState) {
	w.change(func() {
		w.active = state == http.StateActive
		w.given = w.given && state != http.StateIdle
	})
}

func (w *wire) Read(buffer []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	for !w.closed && !w.expired && len(w.pending) == 0 && !w.ended {
		w.wanted = len(buffer)
		w.changed.Broadcast()
		w.changed.Wait()
		w.wanted = 0
	}
	switch {
	case w.expired && !w.closed:
		return 0, os.ErrDeadlineExceeded
	case len(w.pending) == 0: // also when it was closed, for to that net/http has no answer
		return 0, io.EOF
	}
	count := copy(buffer, w.pending)
	w.pending = w.pending[count:]
	return count, nil
}

func (w *wire) Write(data []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.closed {
		return 0, net.ErrClosed
	}
	// The answers of net/http to what it cannot read pass nothing else of ours.
	if found := refusalForm.FindSubmatch(data); found != nil && !w.given {
		w.refused = string(found[1])
	}
	if err := w.raw.outbox.put(data); err != nil {
		return 0, err
	}
	return len(data), nil
}

// CloseWrite is how net/http ends a connection on which it has answered a request that it could not read. It does not
// read on, and goes to sleep before it closes.
func (w *wire) CloseWrite() error { return w.Close() }

func (w *wire) Close() error {
	w.change(func() { w.closed, w.pending = true, nil })
	return nil
}

func (w *wire) SetReadDeadline(t time.Time) error {
	w.change(func() { w.expired, w.wanted = !t.IsZero() && !t.After(time.Now()), 0 })
	return nil
}

func (w *wire) SetWriteDeadline(time.Time) error { return nil } // a write waits for nobody
func (w *wire) SetDeadline(t time.Time) error    { return w.SetReadDeadline(t) }
func (w *wire) LocalAddr() net.Addr              { return w.raw.conn.LocalAddr() }
func (w *wire) RemoteAddr() net.Addr             { return w.raw.conn.RemoteAddr() }
