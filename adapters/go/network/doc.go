// Package network is daslang's NETWORK module for Go: a server for one client at a time, and a client for one
// server, driven by a host's frame loop.
//
//	type echo struct{ network.Base }
//
//	func (echo) OnData(server *network.Server, data []byte) error {
//		_, err := server.Send(data, len(data))
//		return err
//	}
//
//	server := network.NewServer(echo{})
//	defer server.Close()
//	server.MakeServerAdapter()
//	if opened, err := server.Init(8000); err != nil || !opened {
//		return err
//	}
//	for running {
//		if err := server.Tick(); err != nil {
//			log.Print(err)
//		}
//	}
//
// A Client connects where a Server listens, and is told of what comes in the same way.
//
// Sockets block here, so each has goroutines that wait for it: one takes connections (listener.go), one reads a
// connection and one writes to it (connection.go, outbox.go). They know neither handle nor object and call nobody back.
// Each has a queue with an end to it, which only the host's own goroutine takes from or puts into: ticks empty the
// queues of what came, send fills the one of what goes.
//
// Everything else belongs to the goroutine that calls: the functions and methods here are for one goroutine, as
// callbacks come on it. None of them waits for the network, but that Connect does, for as long as it is told to, and
// that closing gives a peer a moment to take what was sent to it.
//
// An HttpServer has many clients at once and hands each to net/http, by way of a connection that ticks feed: httpwire.go
// makes of net/http's goroutines something that a tick can call.
//
// An HttpClient sends what http.Request.Write has written, and has http.ReadResponse read what ticks feed it
// (httphearing.go): the two that http.Transport stands on as well. Transport itself does on its own what is for ticks
// here. It connects, sends again and ends connections between them, on goroutines that a tick cannot wait for. By a timer
// of 50 milliseconds it decides whether a connection is kept, which on a busy machine is chance. What a server says
// unasked it writes to the program's log, and may take for the answer to a request that comes at that moment. And it
// gives up behind the fifth interim answer, of which there may be any number.
//
// Words in square brackets name the clause of the documentation that a rule comes from.
package network
