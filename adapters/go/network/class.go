package network

// Class is what a class derived from Server consists of: its five callbacks. They fire on the goroutine of the call
// that leads to them, may call every method of the server, and may fail: their error comes out of that call as a
// *CallbackError, and the server goes on.
type Class interface {
	// OnConnect tells that a client was taken; Send works from here on.
	OnConnect(server *Server) error
	// OnDisconnect tells that the client is gone. All that it sent has been told before.
	OnDisconnect(server *Server) error
	// OnData brings bytes of the client, at least one. The slice is the callee's to keep.
	OnData(server *Server, data []byte) error
	// OnError tells what failed. The code is the system's number of the error, or one of the constants; never 0.
	OnError(server *Server, message string, code int) error
	// OnLog tells something that is worth a line in a log.
	OnLog(server *Server, message string) error
}

// Base is a Class whose callbacks do nothing. Embed it, and override those you need.
type Base struct{}

func (Base) OnConnect(*Server) error            { return nil }
func (Base) OnDisconnect(*Server) error         { return nil }
func (Base) OnData(*Server, []byte) error       { return nil }
func (Base) OnError(*Server, string, int) error { return nil }
func (Base) OnLog(*Server, string) error        { return nil }
