package network

// Loopback is where servers listen unless told otherwise: one that is open to the network unasked lets strangers in.
const Loopback = "127.0.0.1"

// Server is the class to derive from: a Class and, in a field, the handle. Every method is a thin call on the
// functions of lowlevel.go. Until it has a handle, queries and Send give false and ticks do nothing.
type Server struct {
	// Host is the numeric address to bind, Loopback when empty. A name would have to be looked up, for which Init waits.
	Host string

	derived[Server]
	handle *NetworkServer // the field _server [server-class.handle-field]
}

// NewServer makes an object of a class, without a handle. Class nil: its callbacks do nothing.
func NewServer(class Class) *Server {
	server := &Server{}
	server.derived = derive(server, class)
	return server
}

// Handle gives what is in the field _server, for the low-level functions: nil before MakeServerAdapter, after Save
// and after Close.
func (s *Server) Handle() *NetworkServer { return s.handle }

// MakeServerAdapter makes the handle, which opens nothing yet. One from before is closed.
func (s *Server) MakeServerAdapter() { MakeServer(s) }

// Init listens on a port, 0 for any free one (see Port). False, after OnError, when it cannot be had. Waits for nobody.
func (s *Server) Init(port int) (bool, error) {
	if s.handle == nil {
		return false, ErrNoHandle
	}
	return ServerInit(s.handle, port)
}

// Port is where it listens, 0 while it does not.
func (s *Server) Port() int {
	if s.handle == nil || s.handle.listener == nil {
		return 0
	}
	return s.handle.listener.port()
}

// HasSession tells whether there is a client to talk to: with one client at a time, the same as IsConnected.
func (s *Server) HasSession() bool { return s.IsConnected() }

// IsOpen tells whether it listens, with a client or without.
func (s *Server) IsOpen() bool { return s.handle != nil && s.handle.listener != nil }

// IsConnected tells whether there is a client, as far as ticks have told.
func (s *Server) IsConnected() bool { return s.handle != nil && s.handle.connection != nil }

// Tick tells what came since the last one, and returns; to be called once per frame. An error is that of a callback.
func (s *Server) Tick() error {
	if s.handle == nil {
		return nil
	}
	return ServerTick(s.handle)
}

// Send sends the first size bytes. Never waits: false, after OnError, when they cannot even be queued. An error is a
// *SizeError, or that of a callback.
func (s *Server) Send(data []byte, size int) (bool, error) {
	if s.handle == nil {
		return false, s.onError("nothing sent: there is no handle", CodeNotConnected)
	}
	return ServerSend(s.handle, data, size)
}

// Save moves the handle into an empty orphan, with all that is open and queued. Calls nothing back.
func (s *Server) Save(orphan *SharedOrphan) error {
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
func (s *Server) Restore(orphan *SharedOrphan) error {
	if orphan.handle == nil {
		return ErrEmptyOrphan
	}
	held, ok := orphan.handle.(*NetworkServer)
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

// Close ends the object and what it owns: it closes client and listener and lets go of the handle. Calls nothing
// back, may be called twice and inside a callback, and returns no error. A server that is forgotten instead keeps its
// port.
func (s *Server) Close() error {
	s.destroyed = true
	if handle := s.handle; handle != nil {
		s.handle = nil
		handle.close()
	}
	return nil
}
