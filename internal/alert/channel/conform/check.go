package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Tell opens the kind's channel to its stand-in, tells the notice and returns what people
// read.
func (k Kind) Tell(t *testing.T, n alert.Notice) string {
	t.Helper()
	ch, in := k.Start(t, Fine)
	if err := ch.Notify(t.Context(), n); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	return strings.Join(slices.Concat(in.All()...), "\n")
}

// Opened is the channel of a section that is right.
func Opened(t testing.TB, s channel.Section, o channel.Options) alert.Channel {
	t.Helper()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	ch, err := s.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// Strictly reads a body that must hold nothing but what a provider documents.
func Strictly(t testing.TB, body []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%v in %s", err, body)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("more than one value: %s", body)
	}
}

// Asked checks what all requests of ours with JSON have in common.
func Asked(t testing.TB, r Request, path string) {
	t.Helper()
	if r.Method != http.MethodPost || r.URL.Path != path || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s, %q", r.Method, r.URL, r.Header.Get("Content-Type"))
	}
	if agent := r.Header.Get("User-Agent"); agent != "triage" {
		t.Errorf("the agent is %q", agent)
	}
}

// OneOf checks that a value is one that the provider documents.
func OneOf(t testing.TB, what, got string, may ...string) {
	t.Helper()
	if !slices.Contains(may, got) {
		t.Errorf("%s is %q", what, got)
	}
}

// AtMost checks the length of a value in characters.
func AtMost(t testing.TB, what, got string, runes int) {
	t.Helper()
	if n := utf8.RuneCountInString(got); n > runes {
		t.Errorf("%s has %d characters, %d are taken", what, n, runes)
	}
}

// Recorded opens a channel to a provider that keeps the requests it takes, answers
// with that status, and gives those that came since it was last asked.
func Recorded(t *testing.T, status int, open func(base string, o channel.Options) alert.Channel) (alert.Channel, func() []Request) {
	var got []Request
	ch, in := OverHTTP{
		Open: func(_ testing.TB, base string, o channel.Options) alert.Channel { return open(base, o) },
		Take: func(_ testing.TB, w http.ResponseWriter, r Request) []string {
			got = append(got, r)
			w.WriteHeader(status)
			return nil
		},
	}.Start(t, Fine)
	return ch, func() []Request {
		defer func() { got = nil }()
		if len(got) != len(in.All()) {
			t.Error("requests were lost")
		}
		in.Empty()
		return got
	}
}

// Form reads a form that must have these fields, each once, and may have those.
func Form(t testing.TB, r Request, must, may string) url.Values {
	t.Helper()
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
		t.Errorf("%s %s, %q", r.Method, r.URL, r.Header.Get("Content-Type"))
	}
	got, err := url.ParseQuery(string(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(must) {
		if got.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
	for name, values := range got {
		if !strings.Contains(" "+must+" "+may+" ", " "+name+" ") || len(values) != 1 {
			t.Errorf("%s is not known, or there several times: %q", name, values)
		}
	}
	return got
}

// Answer is a provider's, in JSON.
type Answer struct {
	Status int
	Body   string
}

// FailedWith opens a channel to somebody who answers so, and returns what becomes of a
// notice to that address.
func FailedWith(t *testing.T, a Answer, to string, open func(base string) channel.Section) *alert.Failure {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	}))
	defer server.Close()
	err := Opened(t, open(server.URL), channel.Options{HTTP: server.Client()}).Notify(t.Context(), Notice(to, Message(alert.New, alert.Page, 1)))
	f, ok := errors.AsType[*alert.Failure](err)
	if !ok {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	return f
}
