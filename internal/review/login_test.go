package review

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"triage/internal/audit"
)

// book is an Audit in memory.
type book struct {
	mu   sync.Mutex
	acts []string
	full error
}

func (b *book) Append(_ context.Context, acts ...audit.Act) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full != nil {
		return b.full
	}
	for _, a := range acts {
		b.acts = append(b.acts, fmt.Sprint(a.By, " ", a.Do, " ", a.Note))
	}
	return nil
}

// count is how many acts are like this one.
func (b *book) count(act string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, a := range b.acts {
		if a == act {
			n++
		}
	}
	return n
}

func TestWhoComesAndGoesIsAudited(t *testing.T) {
	kept := &book{}
	w := newWorld(t, func(o *Options) { o.Audit = kept })
	b := w.as(t, "rita")
	b.post("/logout")
	for range 40 {
		b.post("/login", "name", "my-typed-password", "password", "guess-guess-guess")
	}
	w.now = w.now.Add(59 * time.Second) // which gives back two attempts, and is the same minute
	for range 40 {
		b.post("/login", "name", "my-typed-password", "password", "guess-guess-guess")
	}
	for act, want := range map[string]int{
		"rita signed-in from 127.0.0.1":           1,
		"rita signed-out from 127.0.0.1":          1,
		"nobody sign-in-failed from 127.0.0.1":    7,
		"nobody sign-in-throttled from 127.0.0.1": 1,
	} {
		if got := kept.count(act); got != want {
			t.Errorf("%q is recorded %d times, want %d", act, got, want)
		}
	}
	w.now = w.now.Add(time.Second)
	for range 2 { // of which one counts again
		b.post("/login", "name", "my-typed-password", "password", "guess-guess-guess")
	}
	if got := kept.count("nobody sign-in-throttled from 127.0.0.1"); got != 2 {
		t.Errorf("after a minute it is recorded %d times, want 2", got)
	}
	if all := strings.Join(kept.acts, "\n"); strings.Contains(all, "typed") || len(kept.acts) != 12 {
		t.Errorf("recorded:\n%s", all)
	}
}

// stuck is a session store that, once it is full, takes nothing.
type stuck struct {
	*memstore.MemStore
	full error
}

func (s *stuck) Delete(token string) error {
	if s.full != nil {
		return s.full
	}
	return s.MemStore.Delete(token)
}

func (s *stuck) Commit(token string, b []byte, ends time.Time) error {
	if s.full != nil {
		return s.full
	}
	return s.MemStore.Commit(token, b, ends)
}

func TestEverybodyCanSignOut(t *testing.T) {
	full := errors.New("no space")
	for name, tt := range map[string]struct {
		audit, sessions error
		lives           bool // the session, for whoever has copied the cookie
	}{
		"all is well":              {},
		"the audit takes nothing":  {audit: full},
		"the store takes nothing":  {audit: full, sessions: full, lives: true},
		"sessions cannot be ended": {sessions: full, lives: true},
	} {
		t.Run(name, func(t *testing.T) {
			kept, sessions := &book{}, &stuck{MemStore: memstore.NewWithCleanupInterval(0)}
			w := newWorld(t, func(o *Options) { o.Audit, o.Sessions = kept, sessions })
			b := w.as(t, "rita")
			kept.full, sessions.full = tt.audit, tt.sessions
			out := b.post("/logout")
			if out.status != http.StatusSeeOther || out.location != "/login" || !strings.Contains(out.header.Get("Clear-Site-Data"), `"cookies"`) {
				t.Errorf("signed out: %d to %q, %v", out.status, out.location, out.header)
			}
			if cookies := out.header.Values("Set-Cookie"); len(cookies) != 1 || !strings.Contains(cookies[0], "Max-Age=0") {
				t.Errorf("cookies %q", cookies)
			}
			if got := b.get("/"); got.location != "/login" {
				t.Errorf("she is still signed in: %d", got.status)
			}
			if all, _ := sessions.All(); (len(all) > 0) != tt.lives {
				t.Errorf("%d sessions are kept", len(all))
			}
			if failed := tt.audit != nil || tt.sessions != nil; strings.Contains(w.log.String(), `"error":"no space`) != failed {
				t.Errorf("log: %s", w.log)
			}
		})
	}
}
