package network

// HttpField is a field of a request or an answer. Its value is bytes, of which those beyond ASCII have no meaning.
type HttpField struct{ Name, Value string }

// HttpRequest is a whole request. Exchange is its number, for Respond; Target is what stood in the request line; Version
// is HTTP/1.1 or HTTP/1.0. Body is the callee's to keep.
type HttpRequest struct {
	Exchange                int
	Method, Target, Version string
	Headers                 []HttpField
	Body                    []byte
}

// HttpLimits is what a stranger may send: bytes of the request line, of the head and of the body, fields, connections at a
// time. And how many ticks a connection may stand still where it is its client's turn, 0 for ever.
type HttpLimits struct{ RequestLine, Head, Fields, Body, Connections, Stall int }

// DefaultHttpLimits are those of NewHttpServer.
var DefaultHttpLimits = HttpLimits{16 << 10, 64 << 10, 256, 16 << 20, 64, 0}

// HttpClass is what a class derived from HttpServer consists of; see Callbacks.
type HttpClass interface {
	// OnRequest tells of a request that is whole: once, in the order of its connection. Respond answers it, here or later.
	OnRequest(server *HttpServer, request HttpRequest) error
	OnError(server *HttpServer, message string, code int) error
	OnLog(server *HttpServer, message string) error
}

// HttpBase is an HttpClass that answers 404. Embed it, and override OnRequest.
type HttpBase struct{}

func (HttpBase) OnRequest(server *HttpServer, request HttpRequest) error {
	_, err := server.Respond(request.Exchange, 404, nil, nil)
	return err
}
func (HttpBase) OnError(*HttpServer, string, int) error { return nil }
func (HttpBase) OnLog(*HttpServer, string) error        { return nil }

// HttpServer is the class to derive from: an HttpClass and, in a field, the handle.
type HttpServer struct {
	// Host is the numeric address to bind, Loopback when empty.
	Host string
	// Limits are those of the handle that is made, and travel with it.
	Limits HttpLimits

	class  HttpClass
	handle *NetworkHttpServer
}

// NewHttpServer makes an object of a class, without a handle. Class nil: HttpBase.
func NewHttpServer(class HttpClass) *HttpServer {
	if class == nil {
		class = HttpBase{}
	}
	return &HttpServer{Limits: DefaultHttpLimits, class: class}
}

func (s *HttpServer) onRequest(request HttpRequest) error {
	return failed("OnRequest", s.class.OnRequest(s, request))
}

func (s *HttpServer) onError(message string, code int) error {
	return failed("OnError", s.class.OnError(s, message, code))
}

func (s *HttpServer) onLog(message string) error {
	return failed("OnLog", s.class.OnLog(s, message))
}

// MakeHttpServerAdapter makes the handle, which opens nothing yet. One from before is closed.
func (s *HttpServer) MakeHttpServerAdapter() {
	earlier := s.handle
	s.handle = &NetworkHttpServer{owner: s, limits: s.Limits, asked: map[int]*httpConnection{}}
	if earlier != nil {
		earlier.close()
	}
}

// Init listens on a port, 0 for any free one (see Port). False, after OnError, when it cannot be had. Waits for nobody.
func (s *HttpServer) Init(port int) (bool, error) {
	if s.handle == nil {
		return false, ErrNoHandle
	}
	return s.handle.init(port)
}

// Port is where it listens, 0 while it does not.
func (s *HttpServer) Port() int {
	if !s.IsOpen() {
		return 0
	}
	return s.handle.listener.port()
}

// IsOpen tells whether it listens.
func (s *HttpServer) IsOpen() bool { return s.handle != nil && s.handle.listener != nil }

// Tick takes clients, reads, tells of whole requests, and returns; to be called once per frame. It does a bounded amount.
// An error is that of a callback.
func (s *HttpServer) Tick() error {
	if s.handle == nil {
		return nil
	}
	return s.handle.tick()
}

// Respond answers a request, inside its callback or later. Content-Length, Transfer-Encoding and Connection are the
// server's own, but that Connection: close ends the connection. False: it was answered, its client is gone, or it never
// was. An error is an *AnswerError, and nothing is sent then, or that of a callback.
func (s *HttpServer) Respond(exchange, status int, headers []HttpField, body []byte) (bool, error) {
	if s.handle == nil {
		return false, nil
	}
	return s.handle.respond(exchange, status, headers, body)
}

// Save moves the handle into an empty orphan, with half-read requests and all that waits. Calls nothing back.
func (s *HttpServer) Save(orphan *SharedOrphan) error {
	if s.handle == nil {
		return ErrNoHandle
	}
	if orphan.handle != nil {
		return ErrOccupiedOrphan
	}
	if err := s.handle.bind(nil); err != nil {
		return err
	}
	orphan.handle, s.handle = s.handle, nil
	return nil
}

// Restore moves the handle out of an orphan into this object, which is called back from now on. One it had is closed.
func (s *HttpServer) Restore(orphan *SharedOrphan) error {
	if orphan.handle == nil {
		return ErrEmptyOrphan
	}
	held, ok := orphan.handle.(*NetworkHttpServer)
	if !ok {
		return ErrWrongHandle
	}
	if err := held.bind(s); err != nil {
		return err
	}
	earlier := s.handle
	s.handle, orphan.handle = held, nil
	if earlier != nil {
		earlier.close()
	}
	return nil
}

// Close ends every connection and the listener, and lets go of the handle. May be called twice and inside a callback.
func (s *HttpServer) Close() error {
	if handle := s.handle; handle != nil {
		s.handle = nil
		handle.close()
	}
	return nil
}
