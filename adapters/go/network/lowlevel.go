package network

// The functions on a handle, of which nil is the null one. The class information that the documentation passes to
// MakeServer and ServerRestore is in every Go value, so no one passes it.

// MakeServer makes a handle that calls the object back, in the object's field for it; one that is there is closed.
// False for an object that has no such field, which is everything but a *Server.
func MakeServer(object any) bool {
	server, ok := object.(*Server)
	if !ok || server == nil {
		return false
	}
	earlier := server.handle
	server.handle = &NetworkServer{conversation: conversation{peer: "client", owner: server}}
	server.destroyed = false
	if earlier != nil {
		earlier.close()
	}
	return true
}

// ServerInit listens on a port, 0 for any free one. False, after OnError, when it cannot be had or the handle listens
// already. Waits for nobody.
func ServerInit(handle *NetworkServer, port int) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.init(port)
}

// ServerIsOpen tells whether the handle listens, with a client or without.
func ServerIsOpen(handle *NetworkServer) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.listener != nil, nil
}

// ServerIsConnected tells whether there is a client, as far as ticks have told.
func ServerIsConnected(handle *NetworkServer) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.connection != nil, nil
}

// ServerTick tells what came: a client, its bytes, its departure. Inside a callback of the same handle, and while
// nobody is called back, it does nothing. An error is that of a callback.
func ServerTick(handle *NetworkServer) error {
	if handle == nil {
		return ErrNullHandle
	}
	return handle.tick()
}

// ServerSend sends the first size bytes, or queues what the system does not take. False, after OnError, when there is
// no client, it is gone, or too much waits already: nothing of the call is sent then. The buffer is the caller's
// again.
func ServerSend(handle *NetworkServer, data []byte, size int) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.send(data, size)
}

// ServerRestore makes the handle call that object back from now on, and no other. No object's field is touched.
func ServerRestore(handle *NetworkServer, object any) error {
	if handle == nil {
		return ErrNullHandle
	}
	server, ok := object.(*Server)
	if !ok || server == nil {
		return ErrNoServerField
	}
	return handle.bind(server)
}
