package main

import (
	"bytes"
	"errors"
	"fmt"

	"dasnet/network"
)

const deepestReaction = 50

// The classes, by their numbers.
const (
	plain = iota
	classA
	classB
	silent
)

// object is what the driver keeps of an object. One of the class plain has no server.
type object struct {
	driver    *driver
	number    int64
	server    *network.Server
	reactions map[string]reaction // by callback
	kept      []delivery
}

// reaction is what to do inside a callback.
type reaction struct {
	action string
	bytes  []byte
	orphan *network.SharedOrphan
}

// delivery is what a data callback was given, and a copy of it.
type delivery struct{ given, copied []byte }

// recorderA and recorderB are the classes A and B, which override everything; network.Base overrides nothing.
type recorderA struct{ recorder }
type recorderB struct{ recorder }

type recorder struct{ object *object }

func (r recorder) OnConnect(*network.Server) error    { return r.object.fired("connect", "", nil) }
func (r recorder) OnDisconnect(*network.Server) error { return r.object.fired("disconnect", "", nil) }

func (r recorder) OnData(_ *network.Server, data []byte) error {
	r.object.keep(data)
	return r.object.fired("data", fmt.Sprintf(" %d %s", len(data), hexadecimal(data)), data)
}

func (r recorder) OnError(_ *network.Server, message string, code int) error {
	return r.object.fired("error", fmt.Sprintf(" %d %s", code, text(message)), nil)
}

func (r recorder) OnLog(_ *network.Server, message string) error {
	return r.object.fired("log", " "+text(message), nil)
}

func newObject(d *driver, number, class int64) *object {
	made := &object{driver: d, number: number, reactions: map[string]reaction{}}
	switch class {
	case plain:
	case classA:
		made.server = network.NewServer(recorderA{recorder{made}})
	case classB:
		made.server = network.NewServer(recorderB{recorder{made}})
	case silent:
		made.server = network.NewServer(network.Base{})
	default:
		panic(wrong("there is no class %d", class))
	}
	return made
}

// documented is what make_server and server_restore are given: the Server, or an object that is none.
func (o *object) documented() any {
	if o.server == nil {
		return o
	}
	return o.server
}

func (o *object) destroy() {
	if o.server != nil {
		o.server.Close()
	}
}

// fired writes the event of a callback, then does the reaction that was asked for. The callback returns its error.
func (o *object) fired(callback, words string, data []byte) error {
	d := o.driver
	d.event(o.number, callback+words)
	asked, found := o.reactions[callback]
	if !found {
		return nil
	}
	if asked.action == "raise" {
		return errors.New("raised on request")
	}
	outcome := "refused recursion -"
	if d.depth < deepestReaction {
		d.depth++
		outcome = guarded(func() string { return o.act(asked, data) })
		d.depth--
	}
	d.event(o.number, "did "+asked.action+" "+outcome)
	return nil
}

func (o *object) act(asked reaction, data []byte) string {
	switch asked.action {
	case "send":
		return boolean(o.server.Send(asked.bytes, len(asked.bytes)))
	case "echo":
		return boolean(o.server.Send(data, len(data)))
	case "save":
		return done(o.server.Save(asked.orphan))
	case "tick":
		return done(o.server.Tick())
	case "destroy":
		return done(o.server.Close())
	}
	return fmt.Sprintf("value %t %t %t", o.server.HasSession(), o.server.IsOpen(), o.server.IsConnected())
}

// What is kept at most of a session, in bytes: enough to see a buffer that is used again, and no more than that.
const mostKept = 1 << 20

func (o *object) keep(data []byte) {
	total := len(data)
	for _, each := range o.kept {
		total += len(each.given)
	}
	if total <= mostKept {
		o.kept = append(o.kept, delivery{data, append([]byte(nil), data...)})
	}
}

func (o *object) stillKept() bool {
	for _, each := range o.kept {
		if !bytes.Equal(each.given, each.copied) {
			return false
		}
	}
	return true
}
