package main

import (
	"fmt"

	"dasnet/network"
)

// recorderA and recorderB are the classes A and B of servers and of clients, which override everything; network.Base
// and network.ClientBase override nothing.
type recorderA[Object any] struct{ recorder[Object] }
type recorderB[Object any] struct{ recorder[Object] }

type recorder[Object any] struct{ object *object }

func (r recorder[Object]) OnConnect(*Object) error    { return r.object.fired("connect", "", nil) }
func (r recorder[Object]) OnDisconnect(*Object) error { return r.object.fired("disconnect", "", nil) }

func (r recorder[Object]) OnData(_ *Object, data []byte) error {
	r.object.keep(data)
	return r.object.fired("data", fmt.Sprintf(" %d %s", len(data), hexadecimal(data)), data)
}

func (r recorder[Object]) OnError(_ *Object, message string, code int) error {
	return r.object.fired("error", fmt.Sprintf(" %d %s", code, text(message)), nil)
}

func (r recorder[Object]) OnLog(_ *Object, message string) error {
	return r.object.fired("log", " "+text(message), nil)
}

// httpRecorder is the classes of HTTP servers.
type httpRecorder struct{ object *object }
type httpRecorderB struct{ httpRecorder }

func (r httpRecorder) OnRequest(_ *network.HttpServer, request network.HttpRequest) error {
	words := fmt.Sprintf(" %d %s %s %s %s %s", request.Exchange, text(request.Method), text(request.Target),
		text(request.Version), hexadecimal(lines(request.Headers)), hexadecimal(request.Body))
	r.object.exchange = request.Exchange
	return r.object.fired("request", words, nil)
}

func (r httpRecorder) OnError(_ *network.HttpServer, message string, code int) error {
	return r.object.fired("error", fmt.Sprintf(" %d %s", code, text(message)), nil)
}

func (r httpRecorder) OnLog(_ *network.HttpServer, message string) error {
	return r.object.fired("log", " "+text(message), nil)
}

// askerRecorder is the classes of HTTP clients.
type askerRecorder struct{ object *object }
type askerRecorderB struct{ askerRecorder }

func (r askerRecorder) OnResponse(_ *network.HttpClient, response network.HttpResponse) error {
	words := fmt.Sprintf(" %d %d %s %s %s", response.Exchange, response.Status, text(response.Reason),
		hexadecimal(lines(response.Headers)), hexadecimal(response.Body))
	return r.object.fired("response", words, nil)
}

func (r askerRecorder) OnFailure(_ *network.HttpClient, exchange int, message string, code int) error {
	return r.object.fired("failure", fmt.Sprintf(" %d %d %s", exchange, code, text(message)), nil)
}

func (r askerRecorder) OnError(_ *network.HttpClient, message string, code int) error {
	return r.object.fired("error", fmt.Sprintf(" %d %s", code, text(message)), nil)
}

func (r askerRecorder) OnLog(_ *network.HttpClient, message string) error {
	return r.object.fired("log", " "+text(message), nil)
}
