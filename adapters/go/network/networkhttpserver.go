package network

import (
	"fmt"
	"net/http"
	"sort"
	"strings"
)

const (
	// What one tick does at most: connections that are taken beside one, pieces that net/http is fed, in all and of one
	// client, and requests that are called back.
	takenAtOnce     = 15
	fedPerTick      = 16
	fedInTurn       = 1
	requestsPerTick = 40
)

// NetworkHttpServer is the handle: the listener, its connections, and the object whose callbacks they cause. It outlives
// the object; Save and Restore carry it from one to the next.
type NetworkHttpServer struct {
	owner        *HttpServer
	limits       HttpLimits
	listener     *listener
	wires        *wires
	connections  []*httpConnection // whose turn is next stands first
	asked        map[int]*httpConnection
	exchanges    int
	ticking      bool
	closed       bool
	acceptFailed bool
}

func (h *NetworkHttpServer) bind(owner *HttpServer) error {
	if h.closed {
		return ErrClosedHandle
	}
	h.owner = owner
	return nil
}

func (h *NetworkHttpServer) init(port int) (bool, error) {
	if h.closed {
		return false, ErrClosedHandle
	}
	if h.listener != nil {
		return false, h.fail(CodeAlreadyOpen, "cannot listen on port %d beside the one before: close first", port)
	}
	if port < 0 || port > 65535 {
		return false, h.fail(CodeNoSuchPort, "there is no port %d", port)
	}
	host := Loopback
	if h.owner != nil && h.owner.Host != "" {
		host = h.owner.Host
	}
	opened, err := listen(host, port, takenAtOnce)
	if err != nil {
		return false, h.fail(codeOf(err), "cannot listen on port %d: %v", port, err)
	}
	h.listener, h.wires = opened, serve(h.limits)
	if h.owner == nil {
		return true, nil
	}
	return true, h.owner.onLog(fmt.Sprintf("listening on port %d", opened.port()))
}

// --- one tick

// tick ends where a callback gives the handle away or fails: what is left waits for the next.
func (h *NetworkHttpServer) tick() error {
	owner := h.owner
	if h.ticking || owner == nil || h.listener == nil {
		return nil
	}
	h.ticking = true
	defer func() { h.ticking = false }()
	giveWay()
	h.lookAfter()
	if err := h.take(); err != nil || h.owner != owner {
		return err
	}
	h.feed()
	if err := h.tellRefusals(owner); err != nil || h.owner != owner {
		return err
	}
	return h.tellRequests(owner)
}

func (h *NetworkHttpServer) tellRefusals(owner *HttpServer) error {
	for _, each := range h.connections {
		status := each.wire.refusal()
		if status == "" {
			continue
		}
		err := owner.onLog(fmt.Sprintf("client %v turned down: %s", each.raw.conn.RemoteAddr(), status))
		if err != nil || h.owner != owner {
			return err
		}
	}
	return nil
}

// tellRequests tells of nobody's second request before everybody's first.
func (h *NetworkHttpServer) tellRequests(owner *HttpServer) error {
	for left, told := requestsPerTick, true; told && left > 0; {
		told = false
		for _, each := range append([]*httpConnection(nil), h.connections...) {
			waiting := each.next()
			if waiting == nil || left == 0 {
				continue
			}
			told = true
			left--
			if err := h.tell(owner, each, waiting); err != nil || h.owner != owner {
				return err
			}
		}
	}
	return nil
}

// lookAfter lets go of connections that are over, which makes room for others.
func (h *NetworkHttpServer) lookAfter() {
	var left []*httpConnection
	for _, each := range h.connections {
		if each.over(h.limits.Stall) {
			delete(h.asked, each.exchange)
		} else {
			left = append(left, each)
		}
	}
	h.connections = left
}

func (h *NetworkHttpServer) take() error {
	for taken := 0; taken <= takenAtOnce && len(h.connections) < h.limits.Connections; taken++ {
		came, any := h.listener.next()
		if !any {
			return nil
		}
		if came.err != nil {
			if h.acceptFailed {
				return nil
			}
			h.acceptFailed = true
			return h.fail(codeOf(came.err), "a client waits and cannot be taken yet: %v", came.err)
		}
		h.acceptFailed = false
		connected := newHttpConnection(attend(watch(came.conn), httpPiecesAhead))
		h.connections = append(h.connections, connected)
		h.wires.made <- connected.wire
		connected.wire.settle()
	}
	return nil
}

func (h *NetworkHttpServer) feed() {
	left := fedPerTick
	var served, others []*httpConnection
	for _, each := range h.connections {
		fed := 0
		if left > 0 {
			fed = each.feed(fedInTurn)
			left -= fed
		}
		if fed > 0 {
			served = append(served, each)
		} else {
			others = append(others, each)
		}
	}
	h.connections = append(others, served...)
}

func (h *NetworkHttpServer) tell(owner *HttpServer, from *httpConnection, waiting *asked) error {
	h.exchanges++
	exchange := h.exchanges
	waiting.told = true
	from.exchange = exchange
	h.asked[exchange] = from
	r := waiting.request
	version := "HTTP/1.1" // also of one whose minor version is higher
	if r.ProtoMinor == 0 {
		version = "HTTP/1.0"
	}
	err := owner.onRequest(HttpRequest{exchange, r.Method, r.RequestURI, version, fieldsOf(r), waiting.body})
	if err != nil && h.asked[exchange] == from {
		// The host hears of it, and the client that there is no answer.
		delete(h.asked, exchange)
		headers := http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Connection": {"close"}}
		from.respond(http.StatusInternalServerError, headers, []byte("500 Internal Server Error\n"))
	}
	return err
}

// fieldsOf gives the fields of a request. Of their order net/http keeps that among fields of one name.
func fieldsOf(r *http.Request) []HttpField {
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	var fields []HttpField
	if r.Host != "" || r.ProtoAtLeast(1, 1) { // net/http keeps it apart from the others
		fields = append(fields, HttpField{"Host", r.Host})
	}
	for _, name := range names {
		for _, value := range r.Header[name] {
			fields = append(fields, HttpField{name, value})
		}
	}
	if len(r.TransferEncoding) > 0 {
		fields = append(fields, HttpField{"Transfer-Encoding", strings.Join(r.TransferEncoding, ", ")})
	}
	return fields
}

// --- answers and the end

func (h *NetworkHttpServer) respond(exchange, status int, headers []HttpField, body []byte) (bool, error) {
	checked, err := checkAnswer(status, headers)
	if err != nil {
		return false, err
	}
	from := h.asked[exchange]
	if from == nil {
		return false, nil
	}
	if len(body) > QueueLimit-from.raw.outbox.size()-mostUnread {
		return false, h.fail(CodeQueueFull, "no answer: more than %d bytes would wait", QueueLimit)
	}
	delete(h.asked, exchange)
	return from.respond(status, checked, body), nil
}

// close frees the port and ends every connection. Calls nothing back.
func (h *NetworkHttpServer) close() {
	h.closed = true
	h.owner = nil
	if h.listener == nil {
		return
	}
	h.listener.close()
	h.listener = nil
	close(h.wires.closed)
	for _, each := range h.connections {
		each.close()
	}
	h.connections, h.asked = nil, map[int]*httpConnection{}
}

func (h *NetworkHttpServer) fail(code int, format string, values ...any) error {
	if h.owner == nil {
		return nil
	}
	return h.owner.onError(fmt.Sprintf(format, values...), code)
}
