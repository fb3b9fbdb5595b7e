package network

import "fmt"

const (
	// What one tick does at most: requests that are begun, and pieces of answers that net/http is fed.
	begunPerTick = 40
	heardPerTick = 16
)

// NetworkHttpClient is the handle: the requests to one server, the connection on which they go out one by one, and the
// object that is told what came of them. It outlives the object; Save and Restore carry it from one to the next.
//
// What came of a request is noted first and told at the end of a tick, so that a callback may do anything.
type NetworkHttpClient struct {
	owner  *HttpClient
	limits HttpClientLimits
	server *httpOrigin // nil: nobody can be asked

	queue   []*asking // those that wait
	current *asking   // the one under way,
	hearing *hearing  // and its answer, once it is sent
	told    []func(owner *HttpClient) error

	dialing    *dialing
	connection *connection
	used       bool // an earlier request had this connection
	waiting    int  // bytes that waited to be sent in the tick before

	ticks, moved, exchanges int // moved is the tick in which something last did
	ticking, closed         bool
}

// httpOrigin is a server: where it is, and how it stands in the field Host.
type httpOrigin struct {
	host      string
	port      int
	authority string
}

func (h *NetworkHttpClient) bind(owner *HttpClient) error {
	if h.closed {
		return ErrClosedHandle
	}
	h.owner = owner
	return nil
}

func (h *NetworkHttpClient) init(host string, port int) (bool, error) {
	if h.closed {
		return false, ErrClosedHandle
	}
	if h.server != nil {
		return false, h.fail(CodeAlreadyOpen, "cannot ask %q port %d beside the server before: close first", host, port)
	}
	// Cut to 16 bits a wrong number would lead to some other port.
	if port < 1 || port > 65535 {
		return false, h.fail(CodeNoSuchPort, "there is no port %d to connect to", port)
	}
	named, err := authority(host, port)
	if err != nil {
		return false, h.fail(CodeUnknown, "nobody can be asked: %v", err)
	}
	h.server = &httpOrigin{host, port, named}
	return true, nil
}

// --- asking

func (h *NetworkHttpClient) request(method, target string, headers []HttpField, body []byte) (int, error) {
	if h.server == nil {
		return 0, h.fail(CodeNotConnected, "nothing asked: there is no server, Init comes first")
	}
	accepted, err := ask(h.server.authority, method, target, headers, body)
	if err != nil {
		return 0, h.fail(CodeNoRequest, "nothing asked: %v", err)
	}
	if len(accepted.sent) > QueueLimit {
		return 0, h.fail(CodeQueueFull, "nothing asked: more than %d bytes would wait", QueueLimit)
	}
	h.exchanges++
	accepted.exchange, accepted.since = h.exchanges, h.ticks
	h.queue = append(h.queue, accepted)
	return h.exchanges, nil
}

func (h *NetworkHttpClient) cancel(exchange int) bool {
	if h.current != nil && h.current.exchange == exchange {
		h.giveUp("it was cancelled", CodeCancelled)
		return true
	}
	for place, each := range h.queue {
		if each.exchange == exchange {
			h.queue = append(h.queue[:place:place], h.queue[place+1:]...)
			h.noteFailure(each, "it was cancelled", CodeCancelled)
			return true
		}
	}
	return false
}

// leave ends the connection, and all requests with it.
func (h *NetworkHttpClient) leave() {
	h.giveUp("the client was closed", CodeCancelled)
	for _, each := range h.queue {
		h.noteFailure(each, "the client was closed", CodeCancelled)
	}
	h.queue, h.server = nil, nil
}

// close is for good. Calls nothing back.
func (h *NetworkHttpClient) close() {
	h.closed = true
	h.owner = nil
	h.leave()
	h.told = nil
}

// --- one tick

// tick ends where a callback gives the handle away or fails: what is left to be told waits for the next.
func (h *NetworkHttpClient) tick() error {
	owner := h.owner
	if h.ticking || owner == nil {
		return nil
	}
	h.ticking = true
	defer func() { h.ticking = false }()
	giveWay()
	h.ticks++
	for left, begun := heardPerTick, 0; begun < begunPerTick && h.goOn(&left); begun++ {
	}
	h.count()
	// Not what these callbacks lead to: that is for the next tick.
	for left := len(h.told); left > 0 && len(h.told) > 0 && h.owner == owner; left-- {
		next := h.told[0]
		h.told = h.told[1:]
		if err := next(owner); err != nil {
			return err
		}
	}
	return nil
}

// goOn does what is ready, and tells whether another request can be gone on with. Left counts the pieces to be fed.
func (h *NetworkHttpClient) goOn(left *int) bool {
	if h.current == nil {
		if !h.lookAtIdle() || len(h.queue) == 0 {
			return false
		}
		h.current, h.queue = h.queue[0], h.queue[1:]
		h.moved = h.ticks - 1
		if h.connection != nil && !h.send() {
			h.drop()
		}
	}
	if h.connection == nil && !h.connect() {
		return h.current == nil
	}
	return h.listen(left)
}

// lookAtIdle ends a connection on which nothing is asked and something comes, be it the server's end: it is no answer to
// what is asked next. False while it has not been handed on what that is.
func (h *NetworkHttpClient) lookAtIdle() bool {
	if h.connection == nil {
		return true
	}
	// Before the piece is looked for: in the order in which bytes go.
	coming := len(h.queue) > 0 && comes(h.connection.conn)
	piece, ended := h.connection.next()
	if piece == nil && !ended {
		return !coming
	}
	if piece != nil {
		h.note("the server said something that nobody asked for, and is left")
	} else {
		h.note("the server left")
	}
	h.drop()
	return true
}

// connect goes on with making a connection. False while there is none.
func (h *NetworkHttpClient) connect() bool {
	if h.dialing == nil {
		h.dialing = dial(h.server.host, h.server.port)
	}
	if !h.dialing.finished() {
		return false
	}
	conn, err := h.dialing.conn, h.dialing.err
	h.dialing = nil
	if err != nil {
		h.giveUp(fmt.Sprintf("cannot connect to %q port %d: %v", h.server.host, h.server.port, err), codeOf(err))
		return false
	}
	h.connection = attend(watch(conn), httpPiecesAhead)
	h.moved = h.ticks
	h.note("connected to the server: %v", conn.RemoteAddr())
	h.send()
	return true
}

// send puts the request behind what may still go out of one that was answered early. False when there is no room.
func (h *NetworkHttpClient) send() bool {
	if err := h.connection.outbox.put(h.current.sent); err == errQueueFull {
		return false
	}
	// Any other failure ends reading too, which is where it is found.
	h.hearing = hear(h.current, h.limits)
	h.waiting = h.connection.outbox.size()
	return true
}

// listen hands on what has come, and tells whether the request has its outcome.
func (h *NetworkHttpClient) listen(left *int) bool {
	for ; *left > 0; *left-- {
		piece, ended := h.connection.next()
		var came *heard
		switch {
		case ended && !h.hearing.begun:
			return h.lost()
		case ended:
			came = h.hearing.end(h.connection.cause)
		case piece != nil:
			h.moved = h.ticks
			came = h.hearing.feed(piece)
		default:
			return false
		}
		if came != nil {
			h.finish(came)
			return true
		}
	}
	return false
}

// lost is the end of a connection before any byte of an answer. The server may just have ended one that had been idle:
// what may be sent twice is sent again, on another [RFC 9112, section 9.3.1; RFC 9110, section 9.2.2].
func (h *NetworkHttpClient) lost() bool {
	if h.used && h.current.idempotent() {
		h.drop() // another that is made has had no earlier request
		return true
	}
	code := CodeServerLeft
	if cause := h.connection.cause; cause != nil {
		code = codeOf(cause)
	}
	h.giveUp("the server left without an answer: "+h.connection.farewell(), code)
	return true
}

func (h *NetworkHttpClient) finish(came *heard) {
	if came.err != nil {
		special := came.err.(*unheard)
		h.giveUp(special.message, special.code)
		return
	}
	keeps := came.keeps && !h.current.last()
	h.current, h.hearing = nil, nil
	h.told = append(h.told, func(owner *HttpClient) error { return owner.onResponse(came.response) })
	if keeps {
		h.used = true
	} else {
		h.drop()
	}
}

// count looks at the limits on ticks.
func (h *NetworkHttpClient) count() {
	if h.connection != nil {
		if waiting := h.connection.outbox.size(); waiting != h.waiting {
			h.waiting, h.moved = waiting, h.ticks
		}
	}
	if limit := h.limits.Deadline; limit > 0 {
		if h.current != nil && h.ticks-h.current.since >= limit {
			h.giveUp(fmt.Sprintf("it is not done in %d ticks", limit), CodeTimeOut)
		}
		for len(h.queue) > 0 && h.ticks-h.queue[0].since >= limit {
			h.noteFailure(h.queue[0], fmt.Sprintf("it is not begun in %d ticks", limit), CodeTimeOut)
			h.queue = h.queue[1:]
		}
	}
	if limit := h.limits.Stall; limit > 0 && h.current != nil && h.ticks-h.moved >= limit && !h.reads() {
		h.giveUp(fmt.Sprintf("nothing has moved for %d ticks", limit), CodeTimeOut)
	}
}

// reads tells whether something has come that a tick will take soon: all ticks of a limit may take less time than the
// goroutine that has to notice.
func (h *NetworkHttpClient) reads() bool {
	return h.connection != nil && (comes(h.connection.conn) || len(h.connection.pieces) > 0)
}

// --- ends

// giveUp ends the request under way, if any, and what is of no use to another: the connection.
func (h *NetworkHttpClient) giveUp(why string, code int) {
	given := h.current
	h.current = nil
	if given != nil {
		h.noteFailure(given, why, code)
	}
	h.drop()
}

// drop ends the connection, or the making of one, with what waits to be sent.
func (h *NetworkHttpClient) drop() {
	if h.dialing != nil {
		h.dialing.stop()
		h.dialing = nil
	}
	if h.hearing != nil {
		h.hearing.end(nil)
		h.hearing = nil
	}
	if h.connection != nil {
		h.connection.close(0)
		h.connection = nil
	}
	h.used = false
}

func (h *NetworkHttpClient) noteFailure(given *asking, why string, code int) {
	h.told = append(h.told, func(owner *HttpClient) error { return owner.onFailure(given.exchange, why, code) })
}

// note is a log line, in its place among what is told.
func (h *NetworkHttpClient) note(format string, values ...any) {
	line := fmt.Sprintf(format, values...)
	h.told = append(h.told, func(owner *HttpClient) error { return owner.onLog(line) })
}

func (h *NetworkHttpClient) fail(code int, format string, values ...any) error {
	if h.owner == nil {
		return nil
	}
	return h.owner.onError(fmt.Sprintf(format, values...), code)
}
