package network

import (
	"errors"
	"io"
	"sync"
)

// QueueLimit is how many bytes may wait to be sent to a client. A send beyond it is refused as a whole.
const QueueLimit = 64 << 20

const (
	// Small sends share a block of this size, lest a million of them cost a block each.
	blockSize = 4 << 10
	// What is given to the system at once: after each such piece there is room for more in the queue.
	writeSize = 64 << 10
)

var errQueueFull = errors.New("too many bytes wait already")

// outbox is the queue between sends and the goroutine that writes them to the client. It is the one thing that both
// touch at the same time, hence the lock.
type outbox struct {
	lock    sync.Mutex
	changed *sync.Cond // blocks, finished or failure changed
	blocks  [][]byte
	// Bytes that the system has not taken: those in blocks, and of the block that is being written the rest.
	waiting  int
	finished bool
	failure  error
}

func newOutbox() *outbox {
	o := &outbox{}
	o.changed = sync.NewCond(&o.lock)
	return o
}

// put queues a copy of all of the data, or nothing of it and says why.
func (o *outbox) put(data []byte) error {
	o.lock.Lock()
	defer o.lock.Unlock()
	if o.failure != nil {
		return o.failure
	}
	if len(data) > QueueLimit-o.waiting {
		return errQueueFull
	}
	if len(data) == 0 {
		return nil
	}
	last := len(o.blocks) - 1
	if last >= 0 && cap(o.blocks[last])-len(o.blocks[last]) >= len(data) {
		o.blocks[last] = append(o.blocks[last], data...)
	} else {
		capacity := len(data)
		if capacity < blockSize {
			capacity = blockSize
		}
		o.blocks = append(o.blocks, append(make([]byte, 0, capacity), data...))
	}
	o.waiting += len(data)
	o.changed.Signal()
	return nil
}

// settled tells whether nothing waits, or nothing of it can be sent any more.
func (o *outbox) settled() bool {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.waiting == 0
}

// size tells how many bytes wait.
func (o *outbox) size() int {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.waiting
}

// failed gives why writing ended before it was finished, if it did.
func (o *outbox) failed() error {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.failure
}

// finish lets the goroutine end once nothing waits.
func (o *outbox) finish() {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.finished = true
	o.changed.Signal()
}

// drain is the goroutine: it writes what is put until that fails, or finish was called and nothing waits. A failure is
// kept for the next put, and returned.
func (o *outbox) drain(to io.Writer) error {
	for block := o.take(); block != nil; block = o.take() {
		for len(block) > 0 {
			piece := block
			if len(piece) > writeSize {
				piece = piece[:writeSize]
			}
			count, err := to.Write(piece)
			o.written(count, err)
			if err != nil {
				return err
			}
			block = block[count:]
		}
	}
	return nil
}

// take gives the first block, which put can then not add to any more. It waits for one; nil: none will come.
func (o *outbox) take() []byte {
	o.lock.Lock()
	defer o.lock.Unlock()
	for len(o.blocks) == 0 {
		if o.finished {
			return nil
		}
		o.blocks = nil // what a flood needed is not needed for ever
		o.changed.Wait()
	}
	block := o.blocks[0]
	o.blocks[0] = nil
	o.blocks = o.blocks[1:]
	return block
}

func (o *outbox) written(count int, err error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.waiting -= count
	if err != nil {
		o.failure, o.blocks, o.waiting = err, nil, 0
	}
}
