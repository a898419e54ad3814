// Package conform holds what every connector must do, whatever the platform, as
// one suite of tests: it is run against the played platforms, and against a real
// one where there is one.
//
// Between connector and platform stands a wire that can be cut, answer in the
// platform's place, and remembers what crossed it.
package conform

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/ingest"
)

// Client is a connector.
type Client interface {
	ingest.Source
	ingest.Actor
	ingest.Account
}

// Setup is what a connector is made with.
type Setup struct {
	// URL is where the platform answers.
	URL  string
	HTTP *http.Client
	Log  *zap.Logger
	// Dead asks for a token that the platform does not accept any more.
	Dead bool
}

// Said is what somebody writes.
type Said struct {
	Text string
	// Author is a person; empty: anybody.
	Author string
	// Parent is the item that is answered; empty: none.
	Parent string
	// Own: the practice writes it, in the platform's own app.
	Own bool
}

// Stands is how a comment stands on the platform, as its own people see it.
type Stands struct {
	Hidden  bool
	Replies []string // the practice's public replies that stand
	Private []string // its private messages
}

// Stage is the other side of the platform.
type Stage interface {
	// Say writes and returns the platform's id of what was written.
	Say(t testing.TB, s Said) string
	Edit(t testing.TB, item, text string)
	Delete(t testing.TB, item string)
	Stands(t testing.TB, item string) Stands
}

// Subject is a connector with its platform.
type Subject struct {
	// Platform is the name that its comments bear.
	Platform string
	// URL is where the platform answers.
	URL   string
	Stage Stage
	New   func(t testing.TB, s Setup) Client
	// Secrets are the tokens and passwords that must never be seen.
	Secrets []string
	// Limited is the platform's answer to one call too many, Dead that to a token
	// it accepts no more.
	Limited, Dead Answer
	// Traceless: the platform does not tell whether a private message exists.
	Traceless bool
	// Unseen: the platform does not tell whether a comment is hidden.
	Unseen bool
	// Many is how many comments take several pages to read.
	Many int
	// Lacks names the tests that do not fit the platform, each with the reason.
	Lacks map[string]string
}

// Account is what the account of every connector is called.
const Account = "main"

// The words that are planted in texts and names: they must be in no error, log
// or sentence.
const (
	TextCanary   = "zztextzz"
	AuthorCanary = "zzauthorzz"
)

// bench is a connector under test.
type bench struct {
	testing.TB
	Subject
	Client
	wire *wire
	logs *observer.ObservedLogs
	said []string // everything the connector said to people
}

// Run runs the suite; each test on a platform and with a connector of its own,
// which subject makes.
func Run(t *testing.T, subject func(t testing.TB) Subject) {
	for _, test := range suite {
		t.Run(test.name, func(t *testing.T) {
			s := subject(t)
			if why := s.Lacks[test.name]; why != "" {
				t.Skip(why)
			}
			for name := range s.Lacks {
				if !listed(name) {
					t.Fatalf("there is no test %q to leave out", name)
				}
			}
			b := begin(t, s, false)
			test.run(b)
			b.holdsNoSecret()
		})
	}
}

func listed(name string) bool {
	for _, test := range suite {
		if test.name == name {
			return true
		}
	}
	return false
}

func begin(t testing.TB, s Subject, dead bool) *bench {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	b := &bench{TB: t, Subject: s, wire: newWire(t, s.URL), logs: logs}
	b.Client = s.New(t, Setup{URL: b.wire.url, HTTP: b.wire.client(), Log: zap.New(core), Dead: dead})
	return b
}

// people notes what a person may read.
func (b *bench) people(sentences ...string) { b.said = append(b.said, sentences...) }

// holdsNoSecret looks for what was planted in everything that was said or logged.
func (b *bench) holdsNoSecret() {
	b.Helper()
	for _, e := range b.logs.All() {
		enc := zapcore.NewMapObjectEncoder()
		for _, f := range e.Context {
			f.AddTo(enc)
		}
		b.people(e.Message)
		for k, v := range enc.Fields {
			if s, ok := v.(string); ok {
				b.people(k + " " + s)
			}
		}
	}
	for _, sentence := range b.said {
		for _, secret := range append([]string{TextCanary, AuthorCanary, "http://", "https://"}, b.Secrets...) {
			if secret != "" && strings.Contains(sentence, secret) {
				b.Errorf("somebody may read %q, which holds %q", sentence, secret)
			}
		}
	}
}
