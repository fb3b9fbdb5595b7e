package network

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// What an HttpClient sends: net/http writes a request, once, and is given what RFC 9110 and RFC 9112 let be one.

// headGuess is what a head mostly has room in.
const headGuess = 1 << 10

// asking is a request that was accepted.
type asking struct {
	exchange int
	request  *http.Request // without its body: what its answer is read with
	sent     []byte        // all of it, as it goes out
	since    int           // the tick in which it was accepted
}

// last tells whether it says that nothing follows on its connection.
func (a *asking) last() bool { return a.request.Close }

// idempotent tells whether twice does no more than once [RFC 9110, section 9.2.2].
func (a *asking) idempotent() bool {
	switch a.request.Method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE":
		return true
	}
	return false
}

// authority is a server as it stands in the field Host, with its port where that is not 80.
func authority(host string, port int) (string, error) {
	named := net.JoinHostPort(host, strconv.Itoa(port))
	if address, _, zoned := strings.Cut(host, "%"); zoned && strings.Contains(host, ":") {
		named = net.JoinHostPort(address, strconv.Itoa(port)) // only this side knows the zone
	}
	if host == "" || !hostForm.MatchString(named) {
		return "", fmt.Errorf("%q is no name of a host", host)
	}
	return strings.TrimSuffix(named, ":80"), nil
}

// ask makes the bytes of a request. An error is what HTTP forbids, or cannot be asked of a server.
func ask(server, method, target string, headers []HttpField, body []byte) (*asking, error) {
	if target == "" {
		target = "/"
	}
	if !nameForm.MatchString(method) || method == http.MethodConnect {
		return nil, fmt.Errorf("%q is no method of a server", method)
	}
	place, err := placeOf(server, method, target)
	if err != nil {
		return nil, err
	}
	request := &http.Request{Method: method, URL: place, Host: server, Header: http.Header{}, ContentLength: int64(len(body))}
	if err := addFields(request, headers); err != nil {
		return nil, err
	}
	if len(body) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	var sent bytes.Buffer
	sent.Grow(len(body) + headGuess)
	if err := request.Write(&sent); err != nil {
		return nil, err
	}
	request.Body = nil
	return &asking{request: request, sent: sent.Bytes()}, nil
}

// placeOf gives a target as net/http writes it: to the byte as it is.
func placeOf(server, method, target string) (*url.URL, error) {
	if !targetForm.MatchString(target) || target[0] != '/' && !(target == "*" && method == http.MethodOptions) {
		return nil, fmt.Errorf("%q is no path, with or without a query", target)
	}
	place := &url.URL{Scheme: "http", Host: server, Opaque: target}
	if strings.HasPrefix(target, "//") { // which is opaque to net/url as the name of a host
		path, query, asked := strings.Cut(target, "?")
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return nil, fmt.Errorf("%q has a percent sign without two digits", target)
		}
		place = &url.URL{Scheme: "http", Host: server, Path: decoded, RawPath: path, RawQuery: query, ForceQuery: asked}
	}
	if place.RequestURI() != target {
		return nil, fmt.Errorf("%q would be written in another way", target)
	}
	return place, nil
}

// addFields gives a request the program's fields. Where its body ends is not for the program to say.
func addFields(request *http.Request, headers []HttpField) error {
	hosts := 0
	for _, field := range headers {
		if !fieldForm(field.Name, []string{field.Value}) {
			return fmt.Errorf("the field %q has a name or a value that is none", field.Name)
		}
		value := strings.Trim(field.Value, "\t ")
		switch name := http.CanonicalHeaderKey(field.Name); name {
		case "Content-Length", "Transfer-Encoding", "Trailer":
		case "Host":
			if hosts++; hosts > 1 || value == "" || !hostForm.MatchString(value) {
				return errors.New("more than one field Host, or one that is no host")
			}
			request.Host = value
		case "Connection":
			if others := withoutClose(request, value); others != "" {
				request.Header.Add(name, others)
			}
		default:
			request.Header.Add(name, value)
		}
	}
	return nil
}

// withoutClose gives what else stands in a field Connection, for close is net/http's to say.
func withoutClose(request *http.Request, value string) string {
	var others []string
	for _, word := range strings.Split(value, ",") {
		if word = strings.TrimSpace(word); strings.EqualFold(word, "close") {
			request.Close = true
		} else if word != "" {
			others = append(others, word)
		}
	}
	return strings.Join(others, ", ")
}
