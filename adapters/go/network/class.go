package network

// Callbacks is what a class derived from Server or Client consists of. They fire on the goroutine of the call that
// leads to them, may call every method of the object, and may fail: their error comes out of that call as a
// *CallbackError, and the object goes on.
type Callbacks[Object any] interface {
	// OnConnect tells that there is a connection: a client was taken, or a server reached. Send works from here on.
	OnConnect(object *Object) error
	// OnDisconnect tells that the peer is gone. All that it sent has been told before.
	OnDisconnect(object *Object) error
	// OnData brings bytes of the peer, at least one. The slice is the callee's to keep.
	OnData(object *Object, data []byte) error
	// OnError tells what failed. The code is the system's number of the error, or one of the constants; never 0.
	OnError(object *Object, message string, code int) error
	// OnLog tells something that is worth a line in a log.
	OnLog(object *Object, message string) error
}

// Silence is a class whose callbacks do nothing.
type Silence[Object any] struct{}

func (Silence[Object]) OnConnect(*Object) error            { return nil }
func (Silence[Object]) OnDisconnect(*Object) error         { return nil }
func (Silence[Object]) OnData(*Object, []byte) error       { return nil }
func (Silence[Object]) OnError(*Object, string, int) error { return nil }
func (Silence[Object]) OnLog(*Object, string) error        { return nil }

type (
	// Class is what a class derived from Server consists of.
	Class = Callbacks[Server]
	// Base is a Class whose callbacks do nothing. Embed it, and override those you need.
	Base = Silence[Server]
	// ClientClass is what a class derived from Client consists of.
	ClientClass = Callbacks[Client]
	// ClientBase is to a ClientClass what Base is to a Class.
	ClientBase = Silence[Client]
)

// owner is an object as its handle sees it.
type owner interface {
	onConnect() error
	onDisconnect() error
	onData(data []byte) error
	onError(message string, code int) error
	onLog(message string) error

	// A destroyed object is not called back, though the handle be another's; one that gets a handle again is.
	isDestroyed() bool
	setDestroyed(destroyed bool)
}

// derived is an object with its class, the owner in every Server and Client.
type derived[Object any] struct {
	object    *Object
	class     Callbacks[Object]
	destroyed bool
}

// derive gives an object its class. Class nil: its callbacks do nothing.
func derive[Object any](object *Object, class Callbacks[Object]) derived[Object] {
	if class == nil {
		class = Silence[Object]{}
	}
	return derived[Object]{object: object, class: class}
}

func (d *derived[Object]) onConnect() error {
	return failed("OnConnect", d.class.OnConnect(d.object))
}

func (d *derived[Object]) onDisconnect() error {
	return failed("OnDisconnect", d.class.OnDisconnect(d.object))
}

func (d *derived[Object]) onData(data []byte) error {
	return failed("OnData", d.class.OnData(d.object, data))
}

func (d *derived[Object]) onError(message string, code int) error {
	return failed("OnError", d.class.OnError(d.object, message, code))
}

func (d *derived[Object]) onLog(message string) error {
	return failed("OnLog", d.class.OnLog(d.object, message))
}

func (d *derived[Object]) isDestroyed() bool           { return d.destroyed }
func (d *derived[Object]) setDestroyed(destroyed bool) { d.destroyed = destroyed }
