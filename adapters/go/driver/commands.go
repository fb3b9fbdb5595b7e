package main

import (
	"runtime"

	"dasnet/network"
)

const (
	version  = "0.1.0"
	profiles = "core,lowlevel,client,client-lowlevel,http,http-client"
)

// carryOut carries out a command and gives its outcome.
func (d *driver) carryOut(name string, a arguments) string {
	switch name {
	case "hello":
		return "value 1 network-go " + version + " " + text("Go "+runtime.Version()) + " " + profiles
	case "reset", "bye":
		d.forget()
		return "value"
	case "new":
		return d.make(a.number(0), a.number(1))
	case "http_new":
		return d.makeServerWithLimits(a)
	case "http_client_new":
		return d.makeClientWithLimits(a)
	case "react":
		return d.react(a)

	case "adapter":
		d.object(a, 0).makeAdapter()
		return "value"
	case "init":
		return boolean(d.object(a, 0).asOpened().Init(a.integer(1)))
	case "has_session":
		return boolean(d.server(a).HasSession(), nil)
	case "is_open":
		return boolean(d.object(a, 0).asSaved().IsOpen(), nil)
	case "is_connected":
		return boolean(d.object(a, 0).asConnected().IsConnected(), nil)
	case "tick":
		return done(d.object(a, 0).asTicked().Tick())
	case "send":
		return boolean(d.object(a, 0).asEither().Send(a.buffer(1), a.integer(3)))
	case "save":
		return done(d.object(a, 0).asSaved().Save(d.orphan(a, 1)))
	case "restore":
		return done(d.object(a, 0).asSaved().Restore(d.orphan(a, 1)))
	case "holds":
		return boolean(d.orphan(a, 0).Holds(), nil)
	case "destroy":
		d.object(a, 0).destroy()
		return "value"

	case "make_server":
		if a.number(0) == 0 {
			return boolean(network.MakeServer(nil), nil)
		}
		return boolean(network.MakeServer(d.object(a, 0).documented()), nil)
	case "server_init":
		return boolean(network.ServerInit(d.handle(a), a.integer(1)))
	case "server_is_open":
		return boolean(network.ServerIsOpen(d.handle(a)))
	case "server_is_connected":
		return boolean(network.ServerIsConnected(d.handle(a)))
	case "server_tick":
		return done(network.ServerTick(d.handle(a)))
	case "server_send":
		return boolean(network.ServerSend(d.handle(a), a.buffer(1), a.integer(3)))
	case "server_restore":
		return done(network.ServerRestore(d.handle(a), d.object(a, 1).documented()))

	case "connect":
		object := d.object(a, 0)
		object.asClient()
		object.last = a.destination(1)
		return object.connectAgain()
	case "close":
		return done(d.object(a, 0).asClosed().Close())
	case "make_client":
		if a.number(0) == 0 {
			return boolean(network.MakeClient(nil), nil)
		}
		return boolean(network.MakeClient(d.object(a, 0).documented()), nil)
	case "client_connect":
		to := a.destination(1)
		return boolean(network.ClientConnect(d.clientHandle(a), to.host, to.port, to.timeout))
	case "client_is_connected":
		return boolean(network.ClientIsConnected(d.clientHandle(a)))
	case "client_tick":
		return done(network.ClientTick(d.clientHandle(a)))
	case "client_send":
		return boolean(network.ClientSend(d.clientHandle(a), a.buffer(1), a.integer(3)))
	case "client_close":
		return done(network.ClientClose(d.clientHandle(a)))

	case "respond":
		headers, body := a.fields(3), a.buffer(4)
		return boolean(d.object(a, 0).asHttp().Respond(a.integer(1), a.integer(2), headers, body))
	case "http_init":
		return boolean(d.object(a, 0).asAsker().Init(a.text(1), a.integer(2)))
	case "request":
		headers, body := a.fields(3), a.buffer(4)
		return counted(d.object(a, 0).asAsker().Request(a.text(1), a.text(2), headers, body))
	case "cancel":
		d.object(a, 0).asAsker().Cancel(a.integer(1))
		return "value"

	case "ticks":
		return repeated(a.number(1), d.object(a, 0).asTicked().Tick)
	case "reloads":
		server, orphan := d.object(a, 0).asSaved(), d.orphan(a, 1)
		return repeated(a.number(2), func() error {
			if err := server.Save(orphan); err != nil {
				return err
			}
			return server.Restore(orphan)
		})
	case "send_reused":
		object, buffer := d.object(a, 0).asEither(), a.buffer(1)
		result, err := object.Send(buffer, a.integer(3))
		for place := range buffer {
			buffer[place] = 0
		}
		return boolean(result, err)
	case "kept":
		d.object(a, 0).asEither() // a plain object has no callbacks
		return boolean(d.object(a, 0).stillKept(), nil)
	case "child":
		return d.startChild()
	case "reap":
		if d.child == nil {
			panic(wrong("there is no child process"))
		}
		d.endChild()
		return "value"
	case "descriptors":
		return descriptors()
	case "memory":
		return memory()
	case "threads":
		return threads()
	}
	return unsupported
}

func (d *driver) startChild() string {
	if d.child != nil {
		panic(wrong("there is a child process already"))
	}
	child, err := startChild()
	if err != nil {
		return unsupported
	}
	d.child = child
	return "value"
}

func (d *driver) endChild() {
	if d.child != nil {
		d.child.end()
		d.child = nil
	}
}

// repeated calls so many times, and ends with the first call that fails.
func repeated(count int64, call func() error) string {
	for ; count > 0; count-- {
		if err := call(); err != nil {
			return refused(err)
		}
	}
	return "value"
}

func (d *driver) make(number, class int64) string {
	if number < 1 || d.objects[number] != nil {
		panic(wrong("object %d cannot be made, or was made before", number))
	}
	d.objects[number] = newObject(d, number, class)
	return "value"
}

func (d *driver) makeServerWithLimits(a arguments) string {
	d.make(a.number(0), a.number(1))
	limits := &d.object(a, 0).asHttp().Limits
	return limited(
		a, &limits.RequestLine, &limits.Head, &limits.Fields, &limits.Body, &limits.Connections, &limits.Stall,
	)
}

func (d *driver) makeClientWithLimits(a arguments) string {
	d.make(a.number(0), a.number(1))
	limits := &d.object(a, 0).asAsker().Limits
	return limited(a, &limits.Head, &limits.Body, &limits.Stall, &limits.Deadline)
}

// limited sets the limits of what was made. One of 0 stays as it is.
func limited(a arguments, limits ...*int) string {
	for place, limit := range limits {
		if given := a.integer(place + 2); given != 0 {
			*limit = given
		}
	}
	return "value"
}

var callbacks = map[string]bool{
	"connect": true, "disconnect": true, "data": true, "error": true, "log": true, "request": true,
	"response": true, "failure": true,
}

func (d *driver) react(a arguments) string {
	object, callback := d.object(a, 0), a.word(1)
	asked := reaction{action: a.word(2)}
	if !callbacks[callback] {
		panic(wrong("%s is no callback", callback))
	}
	switch asked.action {
	case "none":
		delete(object.reactions, callback)
		return "value"
	case "send":
		asked.bytes = a.bytes(3)
	case "save":
		asked.orphan = d.orphan(a, 3)
	case "respond":
		asked.status, asked.headers, asked.bytes = a.integer(3), a.fields(4), a.bytes(5)
	case "request":
		asked.method, asked.target, asked.headers, asked.bytes = a.text(3), a.text(4), a.fields(5), a.bytes(6)
	case "echo", "tick", "destroy", "query", "raise", "connect", "close", "is_connected":
	default:
		panic(wrong("there is no reaction %s", asked.action))
	}
	object.reactions[callback] = asked // on a plain or silent object it never happens
	return "value"
}

func (d *driver) object(a arguments, place int) *object {
	found := d.objects[a.number(place)]
	if found == nil {
		panic(wrong("no object %s was made", a[place]))
	}
	return found
}

// server is that of the first argument.
func (d *driver) server(a arguments) *network.Server { return d.object(a, 0).asServer() }

// handle is nil for object 0, and for what has none.
func (d *driver) handle(a arguments) *network.NetworkServer {
	if a.number(0) == 0 || d.object(a, 0).server == nil {
		return nil
	}
	return d.server(a).Handle()
}

func (d *driver) clientHandle(a arguments) *network.NetworkClient {
	if a.number(0) == 0 || d.object(a, 0).client == nil {
		return nil
	}
	return d.object(a, 0).client.Handle()
}

// orphan is made when first named.
func (d *driver) orphan(a arguments, place int) *network.SharedOrphan {
	number := a.number(place)
	if d.orphans[number] == nil {
		d.orphans[number] = &network.SharedOrphan{}
	}
	return d.orphans[number]
}
