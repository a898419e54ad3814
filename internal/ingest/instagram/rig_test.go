package instagram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/ingest"
)

func start(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	r := &rig{T: t, byID: map[string]*item{}}
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	core, logs := observer.New(zapcore.DebugLevel)
	r.url, r.logs = web.URL, logs
	cfg := Config{Account: ownID, Page: pageID, BaseURL: web.URL, Token: canary}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	r.Client, err = New(cfg, Options{HTTP: web.Client(), Log: zap.New(core), Account: "main", Now: func() time.Time { return time.Now().Add(r.later) }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// requests gives those seen since the last call.
func (r *rig) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen, r.body = nil, nil
	return out
}

// says lets every request be answered with this.
func (r *rig) says(status int, body string, header ...string) {
	r.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

// fails lets the requests whose path ends so be answered with this.
func (r *rig) fails(match string, status int, body string) {
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.HasSuffix(req.URL.Path, match) {
			return false
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func collect(found map[string]ingest.Comment) ingest.Emit {
	return func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			found[c.Content.Item] = c
		}
		return nil
	}
}

func (r *rig) sweep() (map[string]ingest.Comment, error) {
	found := map[string]ingest.Comment{}
	_, err := r.Sweep(r.Context(), ingest.Mark{}, collect(found))
	return found, err
}

func (r *rig) mustSweep() map[string]ingest.Comment {
	r.Helper()
	found, err := r.sweep()
	if err != nil {
		r.Fatal(err)
	}
	return found
}

// peek hands on what a peek finds; known are the items that were found before.
func (r *rig) peek(known map[string]ingest.Comment) (map[string]ingest.Comment, error) {
	found := map[string]ingest.Comment{}
	err := r.Peek(r.Context(), ingest.Mark{Time: r.now().Add(-time.Minute)}, func(item string) bool { _, ok := known[item]; return ok }, collect(found))
	return found, err
}

func readErr(t *testing.T, err error) *ingest.ReadError {
	t.Helper()
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		t.Fatalf("no ReadError: %v", err)
	}
	return e
}

func some(n int, make func(i int)) {
	for i := range n {
		make(i)
	}
}

func text(i int) string { return fmt.Sprint("text ", i) }
