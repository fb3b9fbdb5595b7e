package network

// NetworkServer is the handle: the listener, at most one client, and the object whose callbacks they cause. It outlives
// the object; Save and Restore carry it from one to the next.
type NetworkServer struct {
	conversation
	listener     *listener
	acceptFailed bool // and it was reported
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
	opened, err := listen(h.host(), port, 0)
	if err != nil {
		return h.fail(codeOf(err), "cannot listen on port %d: %v", port, err)
	}
	h.listener = opened
	return true, nil
}

func (h *NetworkServer) host() string {
	if server, ok := h.target().(*Server); ok && server.Host != "" {
		return server.Host
	}
	return Loopback
}

func (h *NetworkServer) tick() error {
	return h.conversation.tick(func(caller owner) error {
		if h.listener == nil {
			return nil
		}
		if h.connection == nil {
			if err := h.takeClient(caller); err != nil {
				return err
			}
		}
		return h.deliver(caller)
	})
}

func (h *NetworkServer) takeClient(caller owner) error {
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
	return h.welcome(attend(came.conn, piecesAhead), caller, "a client was taken: %v", came.conn.RemoteAddr())
}

// close frees the port and ends the connection. Calls nothing back; none of the handle's goroutines outlives it.
func (h *NetworkServer) close() {
	h.closed = true
	h.owner = nil
	if h.listener != nil {
		h.listener.close()
		h.listener = nil
	}
	if h.connection != nil {
		leaving := h.connection
		h.connection = nil
		leaving.close(grace)
	}
}
