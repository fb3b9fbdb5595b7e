package network

import (
	"context"
	"net"
	"strconv"
)

// dialing is a connection that is being made, by a goroutine: the tick that finds it done takes it.
type dialing struct {
	cancel context.CancelFunc
	done   chan struct{} // closed by the goroutine at its end
	conn   net.Conn      // to be read once done is closed, and so is err
	err    error
}

func dial(host string, port int) *dialing {
	ended, cancel := context.WithCancel(context.Background())
	d := &dialing{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(d.done)
		var dialer net.Dialer
		d.conn, d.err = dialer.DialContext(ended, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	}()
	return d
}

// finished tells whether it has come to an end, well or not.
func (d *dialing) finished() bool {
	select {
	case <-d.done:
		d.cancel()
		return true
	default:
		return false
	}
}

// stop gives it up. Its goroutine has ended when it returns: what it waits for ends with the cancellation.
func (d *dialing) stop() {
	d.cancel()
	<-d.done
	if d.conn != nil {
		d.conn.Close()
	}
}
