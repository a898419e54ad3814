package graph

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	fb "github.com/huandu/facebook/v2"

	"triage/internal/ingest"
)

// rig is an API in front of a server that answers as told.
type rig struct {
	*testing.T
	*API
	url    string
	tokens *tokens
	answer func(http.ResponseWriter, *http.Request)

	mu   sync.Mutex
	seen []string // "METHOD /path TOKEN" of every request
	form url.Values
}

// tokens gives the current one and, when it is refused, the next.
type tokens struct {
	mu      sync.Mutex
	current string
	next    []string
	refusal error
	refused []string
}

func (k *tokens) Token(context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == "" {
		return "", k.refusal
	}
	return k.current, nil
}

func (k *tokens) Refused(_ context.Context, token string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refused = append(k.refused, token)
	if len(k.next) == 0 {
		return "", k.refusal
	}
	k.current, k.next = k.next[0], k.next[1:]
	return k.current, nil
}

func (k *tokens) set(token string) { k.mu.Lock(); k.current = token; k.mu.Unlock() }

func start(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{T: t, tokens: &tokens{current: "token", refusal: &ingest.ReadError{Kind: ingest.Dead, Why: "none left"}}}
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	r.url = web.URL
	opt := Options{Words: Words{"Facebook", "Page"}, BaseURL: web.URL, Version: "v26.0", Tokens: r.tokens, HTTP: web.Client()}
	for _, f := range change {
		f(&opt)
	}
	r.API = New(opt)
	return r
}

func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	_ = req.ParseForm()
	r.mu.Lock()
	r.seen = append(r.seen, req.Method+" "+req.URL.Path+" "+strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "))
	r.form = req.Form
	r.mu.Unlock()
	r.answer(w, req)
}

// requests gives those seen since the last call.
func (r *rig) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen = nil
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

func readErr(t *testing.T, err error) *ingest.ReadError {
	t.Helper()
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		t.Fatalf("no ReadError: %v", err)
	}
	return e
}

var hello = Order{Path: "1/comments", Params: Params{"message": "hi"}, Made: "id"}

const deadAnswer = `{"error":{"message":"x","code":190,"error_subcode":463}}`

// onlyFor answers with what was asked for to one token and refuses the others.
func (r *rig) onlyFor(token, body string) {
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusBadRequest)
			body = deadAnswer
		}
		_, _ = io.WriteString(w, body)
	}
}

// A read that is refused for a dead token is made once more with another one; a
// write never is.
func TestTokensAreRenewed(t *testing.T) {
	r := start(t)
	r.tokens.next = []string{"new"}
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") == "Bearer token" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, deadAnswer)
			return
		}
		_, _ = io.WriteString(w, `{"id":"1"}`)
	}
	if o, err := r.Read(t.Context(), "1", nil); err != nil || o.Text("id") != "1" || strings.Join(r.requests(), ",") != "GET /v26.0/1 token,GET /v26.0/1 new" {
		t.Errorf("%v, %v", o, err)
	}
	r.tokens.set("token")
	r.tokens.next = []string{"new"}
	out := r.Write(t.Context(), hello)
	if out.Result != ingest.Later || out.StopPosting || out.After != time.Minute || out.Code != "190/463" || len(r.requests()) != 1 {
		t.Errorf("%+v", out)
	}
	if out := r.Write(t.Context(), hello); out.Result != ingest.Done || out.Item != "1" {
		t.Errorf("with the new token: %+v", out)
	}
}

// No other token is to be had, the other one is dead too, or it cannot be said.
func TestTokensThatEnd(t *testing.T) {
	busy := &ingest.ReadError{Kind: ingest.Temporary, Why: "the other service is busy"}
	full := errors.New("disk full")
	for name, c := range map[string]struct {
		next    []string
		refusal error
		kind    ingest.ReadKind
		calls   int
	}{
		"none":        {nil, &ingest.ReadError{Kind: ingest.Dead, Why: "none left"}, ingest.Dead, 1},
		"the same":    {[]string{"token"}, nil, ingest.Dead, 1},
		"empty":       {[]string{""}, nil, ingest.Dead, 1},
		"dead too":    {[]string{"worse", "never asked for"}, nil, ingest.Dead, 2},
		"not now":     {nil, busy, ingest.Temporary, 1},
		"our trouble": {nil, full, "", 1},
		"out of time": {nil, context.DeadlineExceeded, "", 1},
	} {
		r := start(t)
		r.says(400, deadAnswer)
		r.tokens.next, r.tokens.refusal = c.next, c.refusal
		_, err := r.Read(t.Context(), "1", nil)
		if KindOf(err) != c.kind || len(r.requests()) != c.calls || c.kind == ingest.Dead && CodeOf(err) != "190/463" || c.kind == "" && !errors.Is(err, c.refusal) {
			t.Errorf("%s: %v", name, err)
		}
		r.tokens.set("token")
		r.tokens.next = nil
		if out := r.Write(t.Context(), hello); out.Result != ingest.Refused || !out.StopPosting || len(r.requests()) != 1 {
			t.Errorf("%s: written as %+v", name, out)
		}
	}
}

// There is no token to begin with.
func TestNoTokenAtAll(t *testing.T) {
	for name, c := range map[string]struct {
		refusal error
		write   ingest.Outcome
	}{
		"dead":    {&ingest.ReadError{Kind: ingest.Dead, Code: "x", Why: "connect again"}, ingest.Outcome{Result: ingest.Refused, Code: "x", Why: "connect again", StopPosting: true}},
		"trouble": {errors.New("disk full"), ingest.Outcome{Result: ingest.Later, After: time.Minute, Why: "the Page's token could not be had and nothing was sent; nothing to do, it is tried again by itself"}},
	} {
		r := start(t)
		r.tokens.current, r.tokens.refusal = "", c.refusal
		if _, err := r.Read(t.Context(), "1", nil); !errors.Is(err, c.refusal) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.Permit(t.Context(), nil, nil); !errors.Is(err, c.refusal) {
			t.Errorf("%s: %v", name, err)
		}
		if out := r.Write(t.Context(), hello); out != c.write {
			t.Errorf("%s: %+v", name, out)
		}
		if n := len(r.requests()); n != 0 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

func TestSlowAnswerIsUnclear(t *testing.T) {
	r := start(t, func(o *Options) { o.HTTP = &http.Client{Timeout: 30 * time.Millisecond} })
	r.answer = func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }
	if out := r.Write(t.Context(), hello); out.Result != ingest.Unclear || len(r.requests()) != 1 {
		t.Errorf("%+v", out)
	}
}

func TestUnreachableIsLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	r := start(t, func(o *Options) { o.BaseURL = "http://" + l.Addr().String() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), ctx} {
		if out := r.Write(ctx, hello); out.Result != ingest.Later || out.After <= 0 {
			t.Errorf("%+v", out)
		}
	}
}

// Our clock and theirs, contexts and bodies all go through the library.
func TestLibraryHonoursContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(t)
	r.answer = func(_ http.ResponseWriter, req *http.Request) {
		cancel()
		<-req.Context().Done()
	}
	if _, err := r.Read(ctx, "1_1", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("said %v", err)
	}
}

// The wire facts: form fields, JSON values, an overridden method.
func TestWritesOnTheWire(t *testing.T) {
	r := start(t)
	r.says(200, `{"id":"1","success":true}`)
	for want, o := range map[string]Order{
		"POST /v26.0/1/comments token format=json&message=hi":      hello,
		"POST /v26.0/1_2 token format=json&method=DELETE":          {Path: "1_2", Delete: true},
		`POST /v26.0/m token a={"b":"c"}&format=json&hide=true`:    {Path: "m", Params: Params{"a": map[string]string{"b": "c"}, "hide": true}},
		"POST /v26.0/a/b token format=json":                        {Path: Escape("a/b")},
		"POST /v26.0/..%2F?x= token format=json (never in a path)": {Path: Escape("../?x=")},
	} {
		if out := r.Write(t.Context(), o); out.Result != ingest.Done {
			t.Errorf("%s: %+v", want, out)
		}
		form, _ := url.QueryUnescape(r.form.Encode())
		if got := r.requests()[0] + " " + form; got != want && !strings.Contains(want, "never") {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// alone is the library by itself, as its manual shows it.
func (r *rig) alone() *fb.Session {
	s := fb.New("", "").Session("token")
	s.BaseURL, s.Version = r.url+"/", "v26.0"
	return s
}
