package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/oauth2"

	"triage/internal/ingest"
)

// shelf keeps grants in memory, as all processes of a practice see them.
type shelf struct {
	alone sync.Mutex

	mu    sync.Mutex
	kept  ingest.Grant
	fails error
	lags  int // so many reads still see what was kept before
	old   ingest.Grant
	saves int
	// saving is called before anything is kept.
	saving func(ingest.Grant)
}

func (k *shelf) Load(context.Context, string, string) (ingest.Grant, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lags > 0 {
		k.lags--
		return k.old, nil
	}
	return k.kept, nil
}

func (k *shelf) Save(_ context.Context, platform, account string, g ingest.Grant) (uint64, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.saving != nil {
		k.saving(g)
	}
	switch {
	case k.fails != nil:
		return 0, k.fails
	case g.Revision != k.kept.Revision:
		return 0, ingest.ErrStale
	case platform != "x" || account != "main":
		return 0, errors.New("the account of somebody else")
	}
	k.saves++
	g.Revision++
	k.old, k.kept = k.kept, g
	return g.Revision, nil
}

func (k *shelf) Alone(ctx context.Context, _, _ string, work func(context.Context) error) error {
	for !k.alone.TryLock() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	defer k.alone.Unlock()
	return work(ctx)
}

// idp stands in for a platform's token address: each refresh token is good for
// one use.
type idp struct {
	*testing.T
	*httptest.Server
	answer func(http.ResponseWriter, *http.Request)

	mu    sync.Mutex
	now   time.Time
	n     int
	asked []url.Values
	auth  []string
}

func open(t *testing.T) *idp {
	i := &idp{T: t, now: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)}
	i.Server = httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(i.Close)
	return i
}

func (i *idp) serve(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	i.mu.Lock()
	i.asked = append(i.asked, r.Form)
	i.auth = append(i.auth, r.Header.Get("Authorization"))
	want, answer := fmt.Sprint("refresh-", i.n), i.answer
	i.mu.Unlock()
	switch {
	case answer != nil:
		answer(w, r)
	case r.Form.Get("refresh_token") != want:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"used before"}`))
	default:
		i.mu.Lock()
		defer i.mu.Unlock()
		i.n++
		_, _ = fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":7200,"token_type":"bearer","scope":"a b"}`, i.n, i.n)
	}
}

func (i *idp) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now
}

func (i *idp) pass(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.now = i.now.Add(d)
}

func (i *idp) calls() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := len(i.asked)
	i.asked = nil
	return n
}

func (i *idp) app() *App {
	return &App{OAuth: oauth2.Config{ClientID: "client", ClientSecret: "secret", Endpoint: oauth2.Endpoint{
		AuthURL: i.URL + "/authorize", TokenURL: i.URL + "/token", AuthStyle: oauth2.AuthStyleInHeader}},
		HTTP: ingest.NewHTTP(i.Client()), Now: i.clock}
}

// source is a process that reads the account.
func (i *idp) source(k *shelf, change ...func(*Options)) (*Source, *observer.ObservedLogs) {
	core, logs := observer.New(zapcore.DebugLevel)
	o := Options{Platform: "x", Account: "main", Grants: k, Renewer: i.app(), Client: "client", Seed: ingest.Grant{Refresh: "refresh-0"},
		Log: zap.New(core), Now: i.clock}
	for _, f := range change {
		f(&o)
	}
	return New(o), logs
}

func (i *idp) want(s *Source, token string) {
	i.Helper()
	if got, err := s.Token(i.Context()); err != nil || got != token {
		i.Fatalf("got %q, %v; want %q", got, err, token)
	}
}

func kindOf(err error) ingest.ReadKind {
	var e *ingest.ReadError
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
