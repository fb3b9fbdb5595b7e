package main

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"dasnet/network"
)

const deepestReaction = 50

// The classes, by their numbers.
const (
	plain = iota
	classA
	classB
	silent
	clientA
	clientB
	silentClient
	httpA
	httpB
	silentHttp
	askerA
	askerB
	silentAsker
)

// object is what the driver keeps of an object: a server or a client of either kind, or none in one of the class plain.
type object struct {
	driver    *driver
	number    int64
	server    *network.Server
	client    *network.Client
	http      *network.HttpServer
	asker     *network.HttpClient
	last      *destination        // of the client's connect commands
	reactions map[string]reaction // by callback
	kept      []delivery
	exchange  int // of the request that is being told of
}

// common is what Server and Client can both do.
type common interface {
	IsConnected() bool
	Tick() error
	Send(data []byte, size int) (bool, error)
}

// ticked is what all of them can do, and the others are what some can.
type (
	ticked    interface{ Tick() error }
	connected interface{ IsConnected() bool }
	closed    interface{ Close() error }
	opened    interface{ Init(port int) (bool, error) }
	saved     interface {
		ticked
		IsOpen() bool
		Save(orphan *network.SharedOrphan) error
		Restore(orphan *network.SharedOrphan) error
	}
)

// destination is what connect is given.
type destination struct {
	host    string
	port    int
	timeout time.Duration
}

// reaction is what to do inside a callback.
type reaction struct {
	action string
	bytes  []byte
	orphan *network.SharedOrphan
	// Of respond and of request, which have the body in bytes.
	status         int
	method, target string
	headers        []network.HttpField
}

// delivery is what a data callback was given, and a copy of it.
type delivery struct{ given, copied []byte }

func newObject(d *driver, number, class int64) *object {
	made := &object{driver: d, number: number, reactions: map[string]reaction{}}
	switch class {
	case plain:
	case classA:
		made.server = network.NewServer(recorderA[network.Server]{recorder[network.Server]{made}})
	case classB:
		made.server = network.NewServer(recorderB[network.Server]{recorder[network.Server]{made}})
	case silent:
		made.server = network.NewServer(network.Base{})
	case clientA:
		made.client = network.NewClient(recorderA[network.Client]{recorder[network.Client]{made}})
	case clientB:
		made.client = network.NewClient(recorderB[network.Client]{recorder[network.Client]{made}})
	case silentClient:
		made.client = network.NewClient(network.ClientBase{})
	case httpA:
		made.http = network.NewHttpServer(httpRecorder{made})
	case httpB:
		made.http = network.NewHttpServer(httpRecorderB{httpRecorder{made}})
	case silentHttp:
		made.http = network.NewHttpServer(network.HttpBase{})
	case askerA:
		made.asker = network.NewHttpClient(askerRecorder{made})
	case askerB:
		made.asker = network.NewHttpClient(askerRecorderB{askerRecorder{made}})
	case silentAsker:
		made.asker = network.NewHttpClient(network.HttpClientBase{})
	default:
		panic(wrong("there is no class %d", class))
	}
	return made
}

// documented is what the functions are given that take any object: the Server or Client, or an object that is neither.
func (o *object) documented() any {
	switch {
	case o.server != nil:
		return o.server
	case o.client != nil:
		return o.client
	}
	return o
}

// asServer and asClient are for methods that one of the classes has alone, asEither for those that both have.
func (o *object) asServer() *network.Server {
	if o.server == nil {
		panic(refusal{"no-such-method", "the object is no Server"})
	}
	return o.server
}

func (o *object) asClient() *network.Client {
	if o.client == nil {
		panic(refusal{"no-such-method", "the object is no Client"})
	}
	return o.client
}

func (o *object) asEither() common {
	if o.client != nil {
		return o.client
	}
	return o.asServer()
}

func (o *object) asHttp() *network.HttpServer {
	if o.http == nil {
		panic(refusal{"no-such-method", "the object is no HttpServer"})
	}
	return o.http
}

func (o *object) asAsker() *network.HttpClient {
	if o.asker == nil {
		panic(refusal{"no-such-method", "the object is no HttpClient"})
	}
	return o.asker
}

func (o *object) asConnected() connected {
	if o.asker != nil {
		return o.asker
	}
	return o.asEither()
}

func (o *object) asClosed() closed {
	if o.asker != nil {
		return o.asker
	}
	return o.asClient()
}

func (o *object) asOpened() opened {
	if o.http != nil {
		return o.http
	}
	return o.asServer()
}

func (o *object) asSaved() saved {
	switch {
	case o.http != nil:
		return o.http
	case o.asker != nil:
		return o.asker
	}
	return o.asServer()
}

func (o *object) asTicked() ticked {
	if o.client != nil {
		return o.client
	}
	return o.asSaved()
}

func (o *object) makeAdapter() {
	switch {
	case o.client != nil:
		o.client.MakeClientAdapter()
	case o.http != nil:
		o.http.MakeHttpServerAdapter()
	case o.asker != nil:
		o.asker.MakeHttpClientAdapter()
	default:
		o.asServer().MakeServerAdapter()
	}
}

// connectAgain connects where the last connect command said.
func (o *object) connectAgain() string {
	if o.last == nil {
		panic(wrong("object %d was never told to connect", o.number))
	}
	return boolean(o.asClient().Connect(o.last.host, o.last.port, o.last.timeout))
}

func (o *object) destroy() {
	if o.server != nil {
		o.server.Close()
	}
	if o.client != nil {
		o.client.Destroy()
	}
	if o.http != nil {
		o.http.Close()
	}
	if o.asker != nil {
		o.asker.Destroy()
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
		return boolean(o.asEither().Send(asked.bytes, len(asked.bytes)))
	case "echo":
		return boolean(o.asEither().Send(data, len(data)))
	case "save":
		return done(o.asSaved().Save(asked.orphan))
	case "tick":
		return done(o.asTicked().Tick())
	case "respond":
		return boolean(o.asHttp().Respond(o.exchange, asked.status, asked.headers, asked.bytes))
	case "request":
		return counted(o.asAsker().Request(asked.method, asked.target, asked.headers, asked.bytes))
	case "destroy":
		o.destroy()
		return "value"
	case "connect":
		return o.connectAgain()
	case "close":
		return done(o.asClosed().Close())
	case "is_connected":
		return boolean(o.asConnected().IsConnected(), nil)
	}
	server := o.asServer()
	return fmt.Sprintf("value %t %t %t", server.HasSession(), server.IsOpen(), server.IsConnected())
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
