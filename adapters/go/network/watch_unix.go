//go:build linux || darwin || freebsd || netbsd || openbsd

package network

import (
	"net"
	"sync/atomic"
	"syscall"
)

// watched is a connection of which a tick can tell whether a byte has come, though the goroutine that reads it may not
// have had a turn since. A limit that counts ticks would else count those in which that goroutine waits for a processor.
type watched struct {
	*net.TCPConn
	raw    syscall.RawConn
	taking atomic.Bool  // a read has begun to take what is there, or has it and the next has not begun
	failed atomic.Value // a syscall.Errno, which the system tells once, to whoever asks first
}

// watch is to come before the first read.
func watch(conn net.Conn) net.Conn {
	socket, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return conn
	}
	return &watched{TCPConn: socket, raw: raw}
}

func (w *watched) Read(buffer []byte) (int, error) {
	w.taking.Store(false)
	// Waits for something to come, and takes nothing. A deadline that ends it ends the other read as well.
	w.raw.Read(func(fd uintptr) bool { return w.peek(fd) != syscall.EAGAIN })
	w.taking.Store(true)
	if failure := w.failed.Load(); failure != nil {
		return 0, failure.(syscall.Errno)
	}
	return w.TCPConn.Read(buffer)
}

// comes tells whether something has come, an end included, that has not been handed on yet. Of a byte on its way from the system to the
// reading goroutine and on, one of the two is true at any time.
func comes(conn net.Conn) bool {
	w, ok := conn.(*watched)
	if !ok {
		return false
	}
	came := false
	w.raw.Control(func(fd uintptr) { came = w.peek(fd) != syscall.EAGAIN })
	return came || w.taking.Load() || w.failed.Load() != nil
}

func (w *watched) peek(fd uintptr) error {
	for {
		_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK)
		if failure, ok := err.(syscall.Errno); ok && failure != syscall.EAGAIN && failure != syscall.EINTR {
			w.failed.Store(failure)
		}
		if err != syscall.EINTR {
			return err
		}
	}
}
