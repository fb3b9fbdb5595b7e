package network

import "time"

// DefaultTimeout is what Connect is usually given.
const DefaultTimeout = 5 * time.Second

// Client is the class to derive from, where a program is to connect and not to listen: a ClientClass and, in a field,
// the handle. Every method is a thin call on the functions of lowlevelclient.go. Until it has a handle, IsConnected and
// Send give false, and Tick and Close do nothing.
type Client struct {
	derived[Client]
	handle *NetworkClient // the field _client
}

// NewClient makes an object of a class, without a handle. Class nil: its callbacks do nothing.
func NewClient(class ClientClass) *Client {
	client := &Client{}
	client.derived = derive(client, class)
	return client
}

// Handle gives what is in the field _client, for the low-level functions: nil before MakeClientAdapter and after
// Destroy.
func (c *Client) Handle() *NetworkClient { return c.handle }

// MakeClientAdapter makes the handle, which connects to nothing yet. One from before is ended.
func (c *Client) MakeClientAdapter() { MakeClient(c) }

// Connect connects to a server, a name or a literal of IPv4 or IPv6: the one call that waits, for the timeout at most.
// True after OnConnect. False, after OnError, when there is no connection; one that was there already stays as it is.
// An error is a *TimeoutError, or that of a callback.
func (c *Client) Connect(host string, port int, timeout time.Duration) (bool, error) {
	if c.handle == nil {
		return false, ErrNoHandle
	}
	return ClientConnect(c.handle, host, port, timeout)
}

// IsConnected tells whether there is a connection, as far as ticks have told.
func (c *Client) IsConnected() bool { return c.handle != nil && c.handle.connection != nil }

// Tick tells what came since the last one, and returns; to be called once per frame. An error is that of a callback.
func (c *Client) Tick() error {
	if c.handle == nil {
		return nil
	}
	return ClientTick(c.handle)
}

// Send sends the first size bytes, as that of a Server does.
func (c *Client) Send(data []byte, size int) (bool, error) {
	if c.handle == nil {
		return false, c.onError("nothing sent: there is no handle", CodeNotConnected)
	}
	return ClientSend(c.handle, data, size)
}

// Close ends the connection and keeps the object, which may connect again. Calls nothing back, may be called twice, and
// returns no error. What was accepted to be sent is still sent, by goroutines, until Destroy ends them.
func (c *Client) Close() error {
	if c.handle != nil {
		return ClientClose(c.handle)
	}
	return nil
}

// Destroy ends the object and what it owns. Calls nothing back; may be called twice and inside a callback. A client
// that is forgotten instead keeps its connection.
func (c *Client) Destroy() {
	c.destroyed = true
	if handle := c.handle; handle != nil {
		c.handle = nil
		handle.end()
	}
}
