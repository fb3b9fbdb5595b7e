package network

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
)

// What of an HttpServer runs on the goroutines of net/http, of which each connection has one: its handler. It reads the
// body, leaves the request where a tick finds it, waits for the answer and writes that. It knows no handle and no object.

// wires is a listener for net/http, which gives it one connection after the other, made by ticks.
type wires struct {
	made   chan *wire
	closed chan struct{}
}

func (l *wires) Accept() (net.Conn, error) {
	select {
	case made := <-l.made:
		return made, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *wires) Close() error   { return nil } // by whoever made it
func (l *wires) Addr() net.Addr { return &net.TCPAddr{} }

type wireKey struct{}

// serve has net/http serve wires. Without an end: until they are closed.
func serve(limits HttpLimits) *wires {
	listener := &wires{make(chan *wire), make(chan struct{})}
	server := &http.Server{
		Handler:        http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handle(w, r, limits) }),
		MaxHeaderBytes: limits.RequestLine + limits.Head,
		ErrorLog:       log.New(io.Discard, "", 0), // a stranger's fault is for OnLog, if for anyone
		ConnState:      func(conn net.Conn, state http.ConnState) { conn.(*wire).setState(state) },
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, wireKey{}, conn)
		},
	}
	go server.Serve(listener)
	return listener
}

func handle(w http.ResponseWriter, r *http.Request, limits HttpLimits) {
	if status := objection(r, limits); status != 0 {
		reject(w, status)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(limits.Body)+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		panic(http.ErrAbortHandler) // the client has left, and there is no request
	case err != nil:
		reject(w, http.StatusBadRequest)
		return
	case len(body) > limits.Body:
		reject(w, http.StatusRequestEntityTooLarge)
		return
	}
	given, ok := r.Context().Value(wireKey{}).(*wire).ask(r, body)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	write(w, r, given)
}

// reject turns a request down, and ends the connection behind that.
func reject(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	http.Error(w, strconv.Itoa(status)+" "+http.StatusText(status), status)
}

func write(w http.ResponseWriter, r *http.Request, given answer) {
	header := w.Header()
	for name, values := range given.headers {
		header[name] = values
	}
	// A Transfer-Encoding beside a Content-Length, or in HTTP/1.0, makes a request of which two readers see different ends,
	// and has to be the last of its connection [RFC 9112, section 6.1]. net/http drops the one and overlooks the other
	// without a word, so every request is the last that may have been one of these.
	if len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1) {
		header.Set("Connection", "close")
	}
	if given.status == http.StatusNoContent || given.status == http.StatusNotModified {
		w.WriteHeader(given.status)
		return
	}
	if given.status == http.StatusResetContent {
		given.body = nil // there is nothing to show [RFC 9110, section 15.3.6]
	}
	header.Set("Content-Length", strconv.Itoa(len(given.body)))
	w.WriteHeader(given.status)
	w.Write(given.body)
}
