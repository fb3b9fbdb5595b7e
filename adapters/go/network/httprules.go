package network

import (
	"net/http"
	"regexp"
	"strings"
)

// What RFC 9110 and RFC 9112 ask of a request where net/http lets pass what they rule out. Here is no parser: a request
// is looked at as net/http gives it, and what does not show there stands in baseline.toml.

var (
	hostForm = regexp.MustCompile(`^(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\]|` +
		`\[v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+\])(?::[0-9]*)?$`)
	absoluteForm = regexp.MustCompile(`^(?i:https?)://([^/?#:][^/?#]*)(?:[/?].*)?$`)
	targetForm   = regexp.MustCompile(`^[!"$-~]+$`)
	nameForm     = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	digits       = regexp.MustCompile(`^[0-9]+$`)
)

// perField is what a field takes beside its name and value: colon, space and line end.
const perField = 4

// objection is the status with which a request is turned down, before its body is read; 0 if there is none.
func objection(r *http.Request, limits HttpLimits) int {
	switch {
	case r.ProtoMajor != 1:
		return http.StatusHTTPVersionNotSupported
	case len(r.Method)+len(r.RequestURI)+len("  HTTP/1.1") > limits.RequestLine:
		return http.StatusRequestURITooLong
	case tooManyFields(r, limits):
		return http.StatusRequestHeaderFieldsTooLarge
	case r.Method == http.MethodConnect:
		return http.StatusNotImplemented
	case !targetFits(r) || !hostForm.MatchString(r.Host):
		return http.StatusBadRequest
	}
	for _, length := range r.Header["Content-Length"] {
		if !digits.MatchString(length) {
			return http.StatusBadRequest
		}
	}
	for name, values := range r.Header {
		if !fieldForm(name, values) {
			return http.StatusBadRequest
		}
	}
	if r.ContentLength > int64(limits.Body) {
		return http.StatusRequestEntityTooLarge
	}
	return 0
}

func tooManyFields(r *http.Request, limits HttpLimits) bool {
	count, size := 1, len("Host")+len(r.Host)+perField
	for name, values := range r.Header {
		for _, value := range values {
			count++
			size += len(name) + len(value) + perField
		}
	}
	return count > limits.Fields || size > limits.Head
}

func targetFits(r *http.Request) bool {
	target := r.RequestURI
	if !targetForm.MatchString(target) {
		return false
	}
	if strings.HasPrefix(target, "/") || target == "*" && r.Method == http.MethodOptions {
		return true
	}
	found := absoluteForm.FindStringSubmatch(target)
	return found != nil && hostForm.MatchString(found[1])
}

func fieldForm(name string, values []string) bool {
	if !nameForm.MatchString(name) {
		return false
	}
	for _, value := range values {
		if !isValue(value) {
			return false
		}
	}
	return true
}

// isValue looks at bytes: to a regular expression those beyond ASCII are broken runes.
func isValue(value string) bool {
	for i := 0; i < len(value); i++ {
		if c := value[i]; c != '\t' && c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// checkAnswer gives the fields of an answer as net/http takes them. An *AnswerError is what HTTP forbids.
func checkAnswer(status int, headers []HttpField) (http.Header, error) {
	if status < 200 || status > 599 {
		return nil, &AnswerError{"its status is not 200 to 599"}
	}
	// Without a type of its own net/http would guess one.
	checked := http.Header{"Content-Type": nil}
	for _, field := range headers {
		if !nameForm.MatchString(field.Name) {
			return nil, &AnswerError{"one of its names is not that of a field"}
		}
		if !isValue(field.Value) {
			return nil, &AnswerError{"the field " + field.Name + " has a control character in its value"}
		}
		switch name := http.CanonicalHeaderKey(field.Name); name {
		case "Content-Length", "Transfer-Encoding", "Trailer": // where an answer ends is not for the program to say
		case "Connection":
			for _, word := range strings.Split(field.Value, ",") {
				if strings.EqualFold(strings.TrimSpace(word), "close") {
					checked.Set(name, "close")
				}
			}
		default:
			checked[name] = append(checked[name], field.Value)
		}
	}
	return checked, nil
}
