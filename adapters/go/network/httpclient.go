package network

// HttpResponse is a whole answer to the request of that number. Reason is what stood behind the status, perhaps nothing.
// Body is the callee's to keep.
type HttpResponse struct {
	Exchange, Status int
	Reason           string
	Headers          []HttpField
	Body             []byte
}

// HttpClientLimits is what a server may send: bytes of a head, and of a body. And in how many ticks a request fails in
// which nothing moves, or in how many in all, 0 for never.
type HttpClientLimits struct{ Head, Body, Stall, Deadline int }

// DefaultHttpClientLimits are those of NewHttpClient.
var DefaultHttpClientLimits = HttpClientLimits{64 << 10, 16 << 20, 0, 0}

// HttpClientClass is what a class derived from HttpClient consists of; see Callbacks. Of OnResponse and OnFailure exactly
// one tells of each request that was accepted, inside a tick.
type HttpClientClass interface {
	// OnResponse tells of an answer that is whole, whatever its status. A redirection is handed over like any other.
	OnResponse(client *HttpClient, response HttpResponse) error
	// OnFailure tells that there will be no answer, and why, by the system's number or one of the constants; never 0.
	OnFailure(client *HttpClient, exchange int, message string, code int) error
	OnError(client *HttpClient, message string, code int) error
	OnLog(client *HttpClient, message string) error
}

// HttpClientBase is an HttpClientClass whose callbacks do nothing. Embed it, and override those you need.
type HttpClientBase struct{}

func (HttpClientBase) OnResponse(*HttpClient, HttpResponse) error    { return nil }
func (HttpClientBase) OnFailure(*HttpClient, int, string, int) error { return nil }
func (HttpClientBase) OnError(*HttpClient, string, int) error        { return nil }
func (HttpClientBase) OnLog(*HttpClient, string) error               { return nil }

// HttpClient is the class to derive from, where a program is to ask over HTTP: an HttpClientClass and, in a field, the
// handle. Until it has one, IsOpen, IsConnected and Cancel give false, and Tick and Close do nothing.
type HttpClient struct {
	// Limits are those of the handle that is made, and travel with it.
	Limits HttpClientLimits

	class  HttpClientClass
	handle *NetworkHttpClient
}

// NewHttpClient makes an object of a class, without a handle. Class nil: HttpClientBase.
func NewHttpClient(class HttpClientClass) *HttpClient {
	if class == nil {
		class = HttpClientBase{}
	}
	return &HttpClient{Limits: DefaultHttpClientLimits, class: class}
}

func (c *HttpClient) onResponse(response HttpResponse) error {
	return failed("OnResponse", c.class.OnResponse(c, response))
}

func (c *HttpClient) onFailure(exchange int, message string, code int) error {
	return failed("OnFailure", c.class.OnFailure(c, exchange, message, code))
}

func (c *HttpClient) onError(message string, code int) error {
	return failed("OnError", c.class.OnError(c, message, code))
}

func (c *HttpClient) onLog(message string) error {
	return failed("OnLog", c.class.OnLog(c, message))
}

// MakeHttpClientAdapter makes the handle, which asks nobody yet. One from before is ended.
func (c *HttpClient) MakeHttpClientAdapter() {
	earlier := c.handle
	c.handle = &NetworkHttpClient{owner: c, limits: c.Limits}
	if earlier != nil {
		earlier.close()
	}
}

// Init names the server to ask from now on, by a name or a literal of IPv4 or IPv6, and connects to nothing yet. False,
// after OnError, for what can be no server, and where there is one already: Close comes first.
func (c *HttpClient) Init(host string, port int) (bool, error) {
	if c.handle == nil {
		return false, ErrNoHandle
	}
	return c.handle.init(host, port)
}

// IsOpen tells whether there is a server to ask.
func (c *HttpClient) IsOpen() bool { return c.handle != nil && c.handle.server != nil }

// IsConnected tells whether there is a connection, in use or kept for the next request, as far as ticks have told.
func (c *HttpClient) IsConnected() bool { return c.handle != nil && c.handle.connection != nil }

// Tick connects, sends, reads, tells what came of requests, and returns; to be called once per frame. It does a bounded
// amount. An error is that of a callback.
func (c *HttpClient) Tick() error {
	if c.handle == nil {
		return nil
	}
	return c.handle.tick()
}

// Request asks for something, and gives the number of the exchange, from 1 on. Target is a path, with or without a query,
// "" for "/". Content-Length and Transfer-Encoding are the client's own, Host where it is not given. It waits for nobody
// and sends nothing before the next tick. 0, after OnError, without a server and for what HTTP forbids. An error is that
// of the callback.
func (c *HttpClient) Request(method, target string, headers []HttpField, body []byte) (int, error) {
	if c.handle == nil {
		return 0, c.onError("nothing asked: there is no handle", CodeNotConnected)
	}
	return c.handle.request(method, target, headers, body)
}

// Cancel gives a request up: the next tick tells that it failed. False when it has had its outcome, or never was.
func (c *HttpClient) Cancel(exchange int) bool { return c.handle != nil && c.handle.cancel(exchange) }

// Close ends the connection and forgets the server; Init may follow. The next tick tells that what was accepted failed.
// Calls nothing back, may be called twice, and returns no error.
func (c *HttpClient) Close() error {
	if c.handle != nil {
		c.handle.leave()
	}
	return nil
}

// Save moves the handle into an empty orphan, with its connection, its requests and what is to be told. Calls nothing back.
func (c *HttpClient) Save(orphan *SharedOrphan) error {
	if c.handle == nil {
		return ErrNoHandle
	}
	if orphan.handle != nil {
		return ErrOccupiedOrphan
	}
	if err := c.handle.bind(nil); err != nil {
		return err
	}
	orphan.handle, c.handle = c.handle, nil
	return nil
}

// Restore moves the handle out of an orphan into this object, which is called back from now on. One it had is ended.
func (c *HttpClient) Restore(orphan *SharedOrphan) error {
	if orphan.handle == nil {
		return ErrEmptyOrphan
	}
	held, ok := orphan.handle.(*NetworkHttpClient)
	if !ok {
		return ErrWrongHandle
	}
	if err := held.bind(c); err != nil {
		return err
	}
	earlier := c.handle
	c.handle, orphan.handle = held, nil
	if earlier != nil {
		earlier.close()
	}
	return nil
}

// Destroy ends the object and what it owns. Calls nothing back; may be called twice and inside a callback.
func (c *HttpClient) Destroy() {
	if handle := c.handle; handle != nil {
		c.handle = nil
		handle.close()
	}
}
