package network

import (
	"net/http"
	"time"
)

const (
	// Pieces that are read ahead of ticks, beside the one in the goroutine.
	httpPiecesAhead = 1
	// Bytes that wait to be sent, from which on the client's next request is not called back.
	mostUnread = 64 << 10
	// How long a client is waited for that says nothing behind its last answer, where no limit on stalls says so: as many
	// ticks, and this time, for a host that does not pause goes through a thousand ticks in no time.
	retiredTicks = 1000
	retiredTime  = time.Second
)

// httpConnection is one client of an HttpServer: the connection, which its goroutines read and write, and the wire, which
// net/http does. Only the host's goroutine touches it.
type httpConnection struct {
	raw      *connection
	wire     *wire
	exchange int  // of the request that waits for the host, 0 if there is none
	ended    bool // the client says nothing more
	retired  bool // net/http has ended it, and what it wrote is on its way
	silent   int  // ticks without a byte,
	since    time.Time
	waiting  int // bytes that waited to be sent in the tick before
}

func newHttpConnection(raw *connection) *httpConnection {
	return &httpConnection{raw: raw, wire: newWire(raw), since: time.Now()}
}

// feed gives net/http what has come, so many pieces at most or up to a whole request, and tells how many.
func (c *httpConnection) feed(pieces int) int {
	fed := 0
	for ; fed < pieces; fed++ {
		if _, full, _ := c.wire.look(); full || c.retired || c.ended {
			break
		}
		piece, ended := c.raw.next()
		if ended {
			c.ended = true
			c.wire.end()
			c.wire.settle()
		}
		if piece == nil {
			break
		}
		c.rest()
		c.wire.feed(piece)
		c.wire.settle()
	}
	return fed
}

// next is the request that waits and was not told yet, if the client has read enough of what it was sent before.
func (c *httpConnection) next() *asked {
	waiting, _, _ := c.wire.look()
	if waiting == nil || waiting.told || c.raw.outbox.size() > mostUnread {
		return nil
	}
	return waiting
}

// respond answers the request that was told. False when the client is gone.
func (c *httpConnection) respond(status int, headers http.Header, body []byte) bool {
	c.exchange = 0
	if c.broken() {
		return false
	}
	c.rest()
	c.wire.respond(answer{status, headers, body})
	return true
}

// broken tells whether the client is gone for good. One that has only ended its sending side is not.
func (c *httpConnection) broken() bool {
	if c.raw.outbox.failed() != nil {
		return true
	}
	select {
	case <-c.raw.unread:
		return c.raw.cause != nil
	default:
		return false
	}
}

// over looks after the end, once per tick: whether the connection is gone, or has just been ended.
func (c *httpConnection) over(stall int) bool {
	if c.retired && c.raw.isGone() {
		return true
	}
	if c.broken() || c.stalled(stall) {
		c.close()
		return true
	}
	if _, _, closed := c.wire.look(); closed && !c.retired {
		c.retired = true
		c.rest()
		c.raw.retire()
	}
	return false
}

// stalled tells whether nothing has moved for so many ticks, 0 for no limit, though it is the client's turn.
func (c *httpConnection) stalled(limit int) bool {
	waiting := c.raw.outbox.size()
	if waiting != c.waiting || c.exchange != 0 && waiting == 0 {
		c.rest()
	}
	c.waiting = waiting
	c.silent++
	if limit > 0 {
		return c.silent > limit && !c.reads()
	}
	return c.retired && c.silent > retiredTicks && time.Since(c.since) > retiredTime
}

// reads tells whether something has come that a tick will take soon: all ticks of a limit may take less time than the
// goroutine that has to notice.
func (c *httpConnection) reads() bool {
	if _, full, _ := c.wire.look(); full || c.ended {
		return false
	}
	return comes(c.raw.conn) || len(c.raw.pieces) > 0 // in the order in which bytes go
}

func (c *httpConnection) rest() { c.silent, c.since = 0, time.Now() }

// close ends it at once, and the goroutines with it.
func (c *httpConnection) close() {
	c.wire.Close()
	if c.retired {
		c.raw.cutOff()
	} else {
		c.raw.close(0)
	}
}
