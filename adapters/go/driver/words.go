package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"dasnet/network"
)

// What a line is made of: the words of an outcome on the way out, and those of a command on the way in.

// refusal is an error with a kind of its own.
type refusal struct{ kind, message string }

func (r refusal) Error() string { return r.message }

// wrong says that the command itself is, which tells nothing of the module.
func wrong(format string, values ...any) refusal {
	return refusal{"driver", fmt.Sprintf(format, values...)}
}

const unsupported = "unsupported"

// kinds are the names of the module's errors.
var kinds = map[error]string{
	network.ErrNullHandle:     "null-handle",
	network.ErrNoHandle:       "no-handle",
	network.ErrClosedHandle:   "closed-handle",
	network.ErrNoServerField:  "no-server-field",
	network.ErrWrongHandle:    "wrong-handle",
	network.ErrEmptyOrphan:    "empty-orphan",
	network.ErrOccupiedOrphan: "occupied-orphan",
}

func refused(err error) string {
	var special refusal
	var size *network.SizeError
	var timeout *network.TimeoutError
	var answer *network.AnswerError
	var callback *network.CallbackError
	kind := "error"
	switch {
	case errors.As(err, &callback): // first, for what it carries may be any of the others
		kind = "callback-failed"
	case errors.As(err, &special):
		kind = special.kind
	case errors.As(err, &size):
		kind = "bad-size"
	case errors.As(err, &timeout):
		kind = "bad-timeout"
	case errors.As(err, &answer):
		kind = "bad-answer"
	default:
		for known, name := range kinds {
			if errors.Is(err, known) {
				kind = name
			}
		}
	}
	return "refused " + kind + " " + text(err.Error())
}

// done is the outcome of a call that returns nothing but an error.
func done(err error) string {
	if err != nil {
		return refused(err)
	}
	return "value"
}

// boolean is the outcome of a call that returns one, or an error.
func boolean(result bool, err error) string {
	if err != nil {
		return refused(err)
	}
	return "value " + strconv.FormatBool(result)
}

// counted is the outcome of a call that returns a number, or an error.
func counted(result int, err error) string {
	if err != nil {
		return refused(err)
	}
	return number(result)
}

func number(count int) string { return "value " + strconv.Itoa(count) }

// guarded makes a refusal of a panic: of one about a word, and of one of the module, which is told on standard error.
func guarded(call func() string) (outcome string) {
	defer func() {
		failure := recover()
		if failure == nil {
			return
		}
		special, ok := failure.(refusal)
		if !ok {
			special = refusal{"panic", fmt.Sprint(failure)}
			fmt.Fprintf(os.Stderr, "panic: %v\n%s", failure, debug.Stack())
		}
		outcome = refused(special)
	}()
	return call()
}

// text is UTF-8 in which all but a few characters are written as their bytes.
func text(message string) string {
	switch message {
	case "":
		return "-"
	case "-":
		return "%2D"
	}
	var word strings.Builder
	for _, c := range []byte(strings.ToValidUTF8(message, "?")) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("._~-", c) >= 0:
			word.WriteByte(c)
		default:
			fmt.Fprintf(&word, "%%%02X", c)
		}
	}
	return word.String()
}

func hexadecimal(data []byte) string {
	if len(data) == 0 {
		return "-"
	}
	return hex.EncodeToString(data)
}

// arguments are the words of a command behind its name. One that is not there, or is not what it has to be, ends the
// command in a panic with a refusal.
type arguments []string

func (a arguments) word(place int) string {
	if place >= len(a) {
		panic(wrong("too few words"))
	}
	return a[place]
}

func (a arguments) number(place int) int64 {
	value, err := strconv.ParseInt(a.word(place), 10, 64)
	if err != nil {
		panic(wrong("%s is no number", a[place]))
	}
	return value
}

// integer is a number for the module, which takes int: what does not fit is refused here, and does not wrap.
func (a arguments) integer(place int) int {
	value := a.number(place)
	if int64(int(value)) != value {
		panic(refusal{"out-of-range", a[place] + " is no int"})
	}
	return int(value)
}

// text is one that is percent-encoded.
func (a arguments) text(place int) string {
	word := a.word(place)
	if word == "-" {
		return ""
	}
	decoded, err := url.PathUnescape(word)
	if err != nil {
		panic(wrong("an argument is not a percent-encoded text"))
	}
	return decoded
}

// The longest time that can be waited for, in milliseconds: a day. More is as good as that.
const longestTimeout = 24 * 60 * 60 * 1000

// destination is host, port and timeout. Beyond what the module's type can count a timeout is cut, and does not wrap.
func (a arguments) destination(place int) *destination {
	timeout := a.number(place + 2)
	switch {
	case timeout > longestTimeout:
		timeout = longestTimeout
	case timeout < -longestTimeout:
		timeout = -longestTimeout
	}
	return &destination{a.text(place), a.integer(place + 1), time.Duration(timeout) * time.Millisecond}
}

func (a arguments) bytes(place int) []byte {
	word := a.word(place)
	if word == "-" {
		return nil
	}
	data, err := hex.DecodeString(word)
	if err != nil {
		panic(wrong("an argument is not bytes in hex"))
	}
	return data
}

// fields are lines "name: value", each ended by CR LF; without a colon a line is a name with no value.
func (a arguments) fields(place int) []network.HttpField {
	var fields []network.HttpField
	lines := strings.Split(string(a.bytes(place)), "\r\n")
	for _, line := range lines[:len(lines)-1] {
		name, value, _ := strings.Cut(line, ":")
		fields = append(fields, network.HttpField{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return fields
}

func lines(fields []network.HttpField) []byte {
	var joined bytes.Buffer
	for _, field := range fields {
		joined.WriteString(field.Name + ": " + field.Value + "\r\n")
	}
	return joined.Bytes()
}

const largestBuffer = 256 << 20

// buffer is bytes and, behind them, how often they are repeated.
func (a arguments) buffer(place int) []byte {
	piece, repeat := a.bytes(place), a.number(place+1)
	if repeat < 0 || len(piece) > 0 && repeat > int64(largestBuffer/len(piece)) {
		panic(wrong("a buffer of %d times %d bytes cannot be made", repeat, len(piece)))
	}
	if len(piece) == 0 {
		return nil
	}
	return bytes.Repeat(piece, int(repeat))
}
