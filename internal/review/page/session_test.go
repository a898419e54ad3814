package page

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"triage/internal/people"
)

// store counts what a session store sees.
type store struct {
	kept map[string][]byte
	ends map[string]time.Time
}

func (s *store) Find(token string) ([]byte, bool, error) {
	b, ok := s.kept[token]
	return b, ok && time.Now().Before(s.ends[token]), nil
}

func (s *store) Delete(token string) error { delete(s.kept, token); return nil }

func (s *store) Commit(token string, b []byte, ends time.Time) error {
	s.kept[token], s.ends[token] = b, ends
	return nil
}

func TestSessionsEndAndTheirStoreSeesHashes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{map[string][]byte{}, map[string]time.Time{}}
		p := &Site{Now: time.Now}
		p.Sessions = p.newSessions(Options{Store: s, Idle: 30 * time.Minute})
		token := startSession(t, p)
		if _, ok := s.kept[hashToken(token)]; !ok || len(s.kept) != 1 || len(hashToken(token)) != 64 {
			t.Fatalf("the store sees %d keys", len(s.kept))
		}
		use := func(quiet bool) bool { return useSession(t, p, token, quiet) }
		for range 20 { // used every 29 minutes
			<-time.After(29 * time.Minute)
			if !use(false) {
				t.Fatal("a session in use ended")
			}
		}
		for range 29 { // a page left open asks, nobody uses it
			<-time.After(time.Minute)
			if !use(true) {
				t.Fatal("a session ended too early")
			}
		}
		<-time.After(2 * time.Minute)
		if use(true) || use(false) {
			t.Error("a page left open keeps its reader signed in")
		}
		token = startSession(t, p)
		for range 26 { // 12 hours and more
			<-time.After(28 * time.Minute)
			use(false)
		}
		if use(false) {
			t.Error("a session outlives 12 hours")
		}
	})
}

func startSession(t *testing.T, p *Site) string {
	t.Helper()
	ctx, err := p.Sessions.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	p.Sessions.Put(ctx, people.SessionUser, "rita")
	token, _, err := p.Sessions.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// useSession asks a route with the session and reports whether it knew her.
func useSession(t *testing.T, p *Site, token string, quiet bool) bool {
	t.Helper()
	known := false
	h := p.session(Route{Quiet: quiet}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		known = p.Sessions.GetString(r.Context(), people.SessionUser) == "rita"
	}))
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "triage", Value: token})
	h.ServeHTTP(httptest.NewRecorder(), r)
	return known
}
