package network

import (
	"io"
	"net"
	"runtime"
	"time"
)

const (
	// The most bytes of one data callback.
	pieceSize = 64 << 10
	// Pieces that are read ahead of ticks, and pieces that one tick tells at most: with full ones 1 MiB. Beyond the
	// first bound the peer is not read, and the system holds it up; the second keeps a flood from holding up the
	// frame.
	piecesAhead   = 16
	piecesPerTick = 16
	// What is thrown away at most of a peer that goes on sending when nobody listens any more.
	mostDiscarded = 64 << 20
)

// giveWay lets goroutines that have something to do have their turn. On a single processor ticks could else follow one
// another without any of them: the runtime takes its time to notice that the host waits for something.
func giveWay() { runtime.Gosched() }

// connection is what ticks tell of, whoever made it, with a goroutine that reads it and one that writes to it. What was
// read and not told is here, and so goes with the handle through save and restore, and with the connection when that
// ends: no byte gets lost and none gets to the next one [server-class.one-client].
type connection struct {
	conn    net.Conn
	pieces  chan []byte   // what was read, in order; closed behind the last
	cause   error         // why reading ended, nil for the end of its bytes; to be read once pieces is closed
	outbox  *outbox       // what is to be written
	leaving chan struct{} // closed when nobody will ask for pieces any more
	unread  chan struct{} // closed by the reading goroutine at its end
	unsent  chan struct{} // closed by the writing goroutine at its end
	gone    chan struct{} // closed when the connection is
}

// attend starts to read a connection, so many pieces ahead, and to write to it. Until then its bytes stay with the system.
func attend(conn net.Conn, ahead int) *connection {
	c := &connection{
		conn:    conn,
		pieces:  make(chan []byte, ahead),
		outbox:  newOutbox(),
		leaving: make(chan struct{}),
		unread:  make(chan struct{}),
		unsent:  make(chan struct{}),
		gone:    make(chan struct{}),
	}
	go c.read()
	go c.write()
	return c
}

func (c *connection) read() {
	defer close(c.unread)
	defer close(c.pieces)
	buffer := make([]byte, pieceSize)
	for {
		count, err := c.conn.Read(buffer)
		if count > 0 {
			select {
			case c.pieces <- append([]byte(nil), buffer[:count]...): // a copy: the piece is the callback's to keep
			case <-c.leaving:
				// To close on unread bytes would reset the connection, and that can overtake the last words.
				io.CopyN(io.Discard, c.conn, mostDiscarded)
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				c.cause = err
			}
			return
		}
	}
}

func (c *connection) write() {
	defer close(c.unsent)
	if err := c.outbox.drain(c.conn); err != nil {
		// Whatever the failure was: reading comes to an end too, which is how a tick finds the departure.
		endReading(c.conn)
	}
}

// next gives the next piece that was read; nil when there is none at present, and then also whether none will come.
func (c *connection) next() (piece []byte, ended bool) {
	select {
	case piece, more := <-c.pieces:
		return piece, !more
	default:
		return nil, false
	}
}

// farewell says why a peer is gone of which no more will come.
func (c *connection) farewell() string {
	if c.cause != nil {
		return c.cause.Error()
	}
	if err := c.outbox.failed(); err != nil {
		return err.Error()
	}
	return "the end of its bytes"
}

// close ends the connection, after as long as the peer may take for what waits to be sent to it. Both goroutines have
// ended when it returns.
func (c *connection) close(grace time.Duration) {
	c.conn.SetDeadline(time.Now().Add(grace))
	c.leave()
	c.end()
}

// closeLater ends the connection once all that waits is sent, however long the peer takes, and waits for nothing.
func (c *connection) closeLater() {
	c.leave()
	go func() {
		<-c.unsent
		c.conn.SetReadDeadline(time.Now().Add(grace)) // one that sends without a pause must not hold this up
		c.end()
	}()
}

// retire ends the connection once all that waits is sent and the peer, which is told that this was all, has nothing more
// to say either: what it still sends is thrown away. Waits for nothing.
func (c *connection) retire() {
	c.leave()
	go func() {
		<-c.unsent
		if half, ok := c.conn.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
		<-c.unread
		c.conn.Close()
		close(c.gone)
	}()
}

// cutOff ends at once what closeLater or retire began.
func (c *connection) cutOff() {
	c.conn.SetDeadline(time.Now())
	<-c.gone
}

// isGone tells whether what closeLater or retire began has come to its end.
func (c *connection) isGone() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

func (c *connection) leave() {
	close(c.leaving)
	c.outbox.finish()
}

func (c *connection) end() {
	<-c.unsent
	// The reading goroutine ends behind what has arrived, and not with bytes left in the system.
	endReading(c.conn)
	<-c.unread
	c.conn.Close()
	close(c.gone)
}

// endReading lets reads find the end of the bytes behind what has arrived. Where that fails the connection is broken,
// and reads find out by themselves.
func endReading(conn net.Conn) {
	if half, ok := conn.(interface{ CloseRead() error }); ok {
		half.CloseRead()
	}
}
