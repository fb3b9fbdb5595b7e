package network

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Calls that cannot be carried out. Each is a mistake of the caller, and its text says the next step.
var (
	ErrNullHandle     = errors.New("the handle is nil: pass the one that MakeServer or MakeClient made")
	ErrNoHandle       = errors.New("the object has no handle: make its adapter, or restore one, first")
	ErrClosedHandle   = errors.New("the handle is closed: make another")
	ErrNoServerField  = errors.New("the object has no field for a handle: pass a *Server")
	ErrEmptyOrphan    = errors.New("the orphan holds no handle: save one into it first")
	ErrWrongHandle    = errors.New("the orphan holds the handle of another kind of object")
	ErrOccupiedOrphan = errors.New("the orphan holds a handle already: restore that one first")
)

// SizeError is a send whose size is negative or beyond the buffer. Nothing was sent.
type SizeError struct{ Size, Capacity int }

func (e *SizeError) Error() string {
	return fmt.Sprintf("size must be 0 to %d, the bytes that the buffer holds, not %d", e.Capacity, e.Size)
}

// TimeoutError is a connect whose timeout is negative. Nothing was tried.
type TimeoutError struct{ Timeout time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("a timeout of %v is none: give 0 or more", e.Timeout)
}

// AnswerError is an answer that HTTP forbids. Nothing was sent.
type AnswerError struct{ What string }

func (e *AnswerError) Error() string { return "the answer cannot be sent: " + e.What }

// CallbackError is what a callback returned. It comes out of the call during which the callback fired.
type CallbackError struct {
	Callback string
	Err      error
}

func (e *CallbackError) Error() string { return fmt.Sprintf("%s failed: %v", e.Callback, e.Err) }

// Unwrap gives what the callback returned.
func (e *CallbackError) Unwrap() error { return e.Err }

func failed(callback string, err error) error {
	if err == nil {
		return nil
	}
	return &CallbackError{callback, err}
}

// Codes for OnError where the system has none; those of the system are positive.
const (
	CodeUnknown          = -1
	CodeNotConnected     = -2
	CodeQueueFull        = -3
	CodeAlreadyOpen      = -4
	CodeNoSuchPort       = -5
	CodeAlreadyConnected = -6
	CodeNoRequest        = -7  // HTTP has no such request
	CodeNoAnswer         = -8  // the server's answer is none
	CodeTooLarge         = -9  // its answer is beyond a limit
	CodeServerLeft       = -10 // its answer is not whole, or there is none
	CodeTimeOut          = -11 // a limit on ticks is reached
	CodeCancelled        = -12
)

// codeOf gives the system's number of an error, never 0.
func codeOf(err error) int {
	var number syscall.Errno
	if errors.As(err, &number) && number != 0 {
		return int(number)
	}
	return CodeUnknown
}
