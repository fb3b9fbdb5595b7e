package network

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"sync"
)

// hearing is how net/http reads the answer to one request: it blocks for bytes, on a goroutine of the hearing, and ticks
// put them there. feed and end return when nothing more can be done with what has come, so they are calls to whoever
// makes them: they wait for no server, only for a goroutine that computes.
type hearing struct {
	limits HttpClientLimits
	asked  *asking

	lock    sync.Mutex
	changed *sync.Cond
	pending []byte
	begun   bool  // a byte has come
	ended   bool  // no more will,
	cause   error // and this is why, nil where the server simply left
	waits   bool  // for bytes, of which there are none
	room    int   // bytes that a head may still take
	heard   *heard
}

// heard is what came of it: an answer, or why there is none.
type heard struct {
	response HttpResponse
	err      error
	keeps    bool // another request may follow on the connection, as far as the answer says
}

// unheard is an answer that is turned down.
type unheard struct {
	message string
	code    int
}

func (u *unheard) Error() string { return u.message }

func hear(asked *asking, limits HttpClientLimits) *hearing {
	h := &hearing{limits: limits, asked: asked}
	h.changed = sync.NewCond(&h.lock)
	go h.run()
	return h
}

// --- the host's side

// feed gives bytes of the server, and tells what came of the request, nil for nothing yet.
func (h *hearing) feed(data []byte) *heard {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.pending = append(h.pending, data...)
	h.begun, h.waits = true, false
	return h.settle()
}

// end says that no more will come, and why, and tells what came of the request. An answer that lasts to the end of its
// connection is whole where the server simply left, and else it is not.
func (h *hearing) end(cause error) *heard {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.ended, h.cause, h.waits = true, cause, false
	return h.settle()
}

func (h *hearing) settle() *heard {
	h.changed.Broadcast()
	for !h.waits && h.heard == nil {
		h.changed.Wait()
	}
	return h.heard
}

// --- the goroutine

func (h *hearing) run() {
	buffered := bufio.NewReader(h)
	response, keeps, err := h.read(buffered)
	h.lock.Lock()
	defer h.lock.Unlock()
	// Bytes behind an answer are nobody's, and so are those that follow.
	keeps = keeps && buffered.Buffered() == 0 && len(h.pending) == 0
	h.heard = &heard{response, err, keeps}
	h.pending = nil
	h.changed.Broadcast()
}

// Read is for net/http.
func (h *hearing) Read(buffer []byte) (int, error) {
	h.lock.Lock()
	defer h.lock.Unlock()
	for len(h.pending) == 0 && !h.ended {
		h.waits = true
		h.changed.Broadcast()
		h.changed.Wait()
	}
	switch {
	case len(h.pending) == 0 && h.cause != nil:
		return 0, &unheard{"the connection broke in the middle of the answer: " + h.cause.Error(), codeOf(h.cause)}
	case len(h.pending) == 0:
		return 0, io.EOF
	case h.room == 0:
		return 0, &unheard{fmt.Sprintf("the head of the answer has more than %d bytes", h.limits.Head), CodeTooLarge}
	case h.room > 0 && len(buffer) > h.room:
		buffer = buffer[:h.room]
	}
	count := copy(buffer, h.pending)
	h.pending = h.pending[count:]
	if h.room > 0 {
		h.room -= count
	}
	return count, nil
}

// bound says how many bytes may still be read, less than 0 for any number.
func (h *hearing) bound(room int) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.room = room
}

func (h *hearing) read(buffered *bufio.Reader) (told HttpResponse, keeps bool, err error) {
	response, err := h.readHead(buffered)
	if err != nil {
		return told, false, err
	}
	h.bound(-1)
	tooLarge := &unheard{fmt.Sprintf("the body of the answer has more than %d bytes", h.limits.Body), CodeTooLarge}
	if response.Body != http.NoBody && response.ContentLength > int64(h.limits.Body) {
		return told, false, tooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, int64(h.limits.Body)+1))
	if err != nil {
		return told, false, cut(err)
	}
	if len(body) > h.limits.Body {
		return told, false, tooLarge
	}
	_, reason, _ := strings.Cut(response.Status, " ")
	// net/http lets a lone CR in it pass, which is none of a reason [RFC 9112, section 2.2].
	reason = strings.ReplaceAll(reason, "\r", " ")
	told = HttpResponse{h.asked.exchange, response.StatusCode, reason, answeredFields(response), body}
	// A Transfer-Encoding in HTTP/1.0 makes an answer of which two readers see different ends, and net/http overlooks it
	// without a word: every answer of that version is the last of its connection [RFC 9112, section 6.1].
	return told, !response.Close && response.ProtoAtLeast(1, 1), nil
}

// readHead gives the final answer, without its body. Any number of interim ones may come before it.
func (h *hearing) readHead(buffered *bufio.Reader) (*http.Response, error) {
	for {
		h.bound(h.limits.Head)
		response, err := http.ReadResponse(buffered, h.asked.request)
		if err != nil {
			return nil, cut(err)
		}
		if what := objectionToAnswer(response); what != "" {
			return nil, &unheard{what, CodeNoAnswer}
		}
		if response.StatusCode >= 200 {
			return response, nil
		}
	}
}

// cut tells of an error of net/http. The end of the bytes in the middle of an answer has several there.
func cut(err error) error {
	var special *unheard
	switch {
	case errors.As(err, &special):
		return special
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &unheard{"the server left in the middle of its answer", CodeServerLeft}
	}
	return &unheard{"the answer is none: " + err.Error(), CodeNoAnswer}
}

// objectionToAnswer looks at a head where net/http lets pass what RFC 9110 and RFC 9112 rule out; empty: at nothing.
func objectionToAnswer(response *http.Response) string {
	switch {
	case response.ProtoMajor != 1:
		return "the answer is of another version: " + response.Proto
	case response.StatusCode < 100:
		return "the answer has no status of three digits: " + response.Status
	case response.StatusCode == http.StatusSwitchingProtocols:
		return "the server speaks another protocol from here on, which this client does not"
	}
	for name, values := range response.Header {
		if !fieldForm(name, values) {
			return "the answer has a field that is none: " + name
		}
	}
	return ""
}

// answeredFields gives the fields of an answer. Of their order net/http keeps that among fields of one name.
func answeredFields(response *http.Response) []HttpField {
	names := make([]string, 0, len(response.Header))
	for name := range response.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	var fields []HttpField
	for _, name := range names {
		for _, value := range response.Header[name] {
			fields = append(fields, HttpField{name, value})
		}
	}
	if len(response.TransferEncoding) > 0 {
		fields = append(fields, HttpField{"Transfer-Encoding", strings.Join(response.TransferEncoding, ", ")})
	}
	return fields
}
