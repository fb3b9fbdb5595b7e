package network

import "time"

// The functions on the handle of a client, as those of lowlevel.go.

// MakeClient makes a handle that calls the object back, in the object's field for it; one that is there is ended. False
// for an object that has no such field, which is everything but a *Client.
func MakeClient(object any) bool {
	client, ok := object.(*Client)
	if !ok || client == nil {
		return false
	}
	earlier := client.handle
	client.handle = &NetworkClient{conversation: conversation{peer: "server", owner: client}}
	client.destroyed = false
	if earlier != nil {
		earlier.end()
	}
	return true
}

// ClientConnect connects to a server, a name or a literal of IPv4 or IPv6, within a time: the one call that waits. True
// after OnConnect. False, after OnError, when there is no connection: nobody is there, it took too long, there is no
// such port, or there is a connection already, which then stays as it is. An error is a *TimeoutError, or that of a
// callback.
func ClientConnect(handle *NetworkClient, host string, port int, timeout time.Duration) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.connect(host, port, timeout)
}

// ClientIsConnected tells whether there is a connection, as far as ticks have told.
func ClientIsConnected(handle *NetworkClient) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.connection != nil, nil
}

// ClientTick tells what came: bytes of the server, its departure. Inside a callback of the same handle it does nothing.
// An error is that of a callback.
func ClientTick(handle *NetworkClient) error {
	if handle == nil {
		return ErrNullHandle
	}
	return handle.tick()
}

// ClientSend sends the first size bytes, as ServerSend does.
func ClientSend(handle *NetworkClient, data []byte, size int) (bool, error) {
	if handle == nil {
		return false, ErrNullHandle
	}
	return handle.send(data, size)
}

// ClientClose ends the connection and calls nothing back. What was accepted to be sent is still sent.
func ClientClose(handle *NetworkClient) error {
	if handle == nil {
		return ErrNullHandle
	}
	handle.close()
	return nil
}
