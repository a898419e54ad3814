package wordpress

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/ingest"
	"triage/internal/ingest/wordpress/wptest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	wptest.StopShared()
	os.Exit(code)
}

// names is the key of the practice in these tests.
var names = ingest.NewNamer([]byte("key"))

// rig is a client in front of a site over real HTTP: the real WordPress, or what
// answer says in its place.
type rig struct {
	*testing.T
	*Client
	site   *wptest.Site // nil: answer alone
	url    string
	logs   *observer.ObservedLogs
	answer func(http.ResponseWriter, *http.Request) // where set, before the site
	next   http.Handler

	mu   sync.Mutex
	seen []string // "METHOD /uri body" of every request
}

// real is a client of the real WordPress with a post of its own.
func real(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	site := wptest.Shared(t)
	to, _ := url.Parse(site.URL)
	// The site takes the address asked for as its own: that of what is in between.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	change = append([]func(*Config){func(c *Config) { c.User, c.Password = site.User, site.Password }}, change...)
	r := standIn(t, proxy.ServeHTTP, change...)
	r.site = site
	return r
}

// standIn is a client of what answers in WordPress' place.
func standIn(t *testing.T, answer http.HandlerFunc, change ...func(*Config)) *rig {
	t.Helper()
	r := &rig{T: t, next: answer}
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	core, logs := observer.New(zapcore.DebugLevel)
	r.url, r.logs = web.URL, logs
	cfg := Config{Site: web.URL, User: "desk", Password: "word"}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	r.Client, err = New(cfg, Options{HTTP: web.Client(), Log: zap.New(core), Account: "main", Names: names})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(raw))
	r.mu.Lock()
	r.seen = append(r.seen, strings.TrimSpace(req.Method+" "+req.URL.RequestURI()+" "+string(raw)))
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		answer = r.next.ServeHTTP
	}
	answer(w, req)
}

// requests gives those seen since the last call.
func (r *rig) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen = nil
	return out
}

// writes gives those of them that would change something.
func (r *rig) writes() (out []string) {
	for _, one := range r.requests() {
		if !strings.HasPrefix(one, "GET ") {
			out = append(out, one)
		}
	}
	return out
}

// says lets every request be answered with this.
func (r *rig) says(status int, body string, header ...string) {
	r.answer = func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// post makes a post for this test alone.
func (r *rig) post() string {
	r.Helper()
	return r.site.AddPost(r.T, wptest.Post{Title: "Flu clinic"})
}

// collect gathers what is handed on, by item.
func collect(found map[string]ingest.Comment, order *[]string) ingest.Emit {
	return func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			found[c.Content.Item] = c
			if order != nil {
				*order = append(*order, c.Content.Item)
			}
		}
		return nil
	}
}

// sweep collects what a sweep hands on, by item.
func (r *rig) sweep() (map[string]ingest.Comment, error) {
	found := map[string]ingest.Comment{}
	_, err := r.Sweep(r.Context(), ingest.Mark{}, collect(found, nil))
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

func (r *rig) act(kind ingest.ActionKind, item, text string) ingest.Outcome {
	r.Helper()
	return r.Act(r.Context(), ingest.Action{Kind: kind, Item: item, Text: text})
}

func readErr(t *testing.T, err error) *ingest.ReadError {
	t.Helper()
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		t.Fatalf("no ReadError: %v", err)
	}
	return e
}
