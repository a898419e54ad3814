package oauth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/internal/ingest"
)

func TestTokenIsRenewedBeforeItsEnd(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	i.want(s, "access-1")
	i.pass(115 * time.Minute)
	i.want(s, "access-1")
	i.pass(90 * time.Second) // within five minutes of the end, at the latest
	i.want(s, "access-2")
	i.pass(6 * time.Hour)
	i.want(s, "access-3")
	if n := i.calls(); n != 3 {
		t.Errorf("%d calls", n)
	}
	if k.kept.Access != "access-3" || k.kept.Refresh != "refresh-3" || !k.kept.Expires.Equal(i.now.Add(2*time.Hour)) {
		t.Error("something else is kept")
	}
	if i.auth[0] == "" || !strings.HasPrefix(i.auth[0], "Basic ") {
		t.Errorf("the app is named by %q", i.auth[0])
	}
}

// A new refresh token is kept before the access token that came with it is used.
func TestKeptBeforeItIsUsed(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	saw := ""
	k.saving = func(g ingest.Grant) {
		if token, ok := s.usable(""); g.Access == "access-1" && (ok || token != "") {
			saw = token
		}
	}
	i.want(s, "access-1")
	if saw != "" || k.kept.Refresh != "refresh-1" {
		t.Errorf("%q was in use before it was kept", saw)
	}
}

func TestManyAskAndOneRenews(t *testing.T) {
	i, k := open(t), &shelf{}
	var g sync.WaitGroup
	for range 4 { // processes
		s, _ := i.source(k)
		for range 20 {
			g.Go(func() {
				if token, err := s.Token(t.Context()); err != nil || token != "access-1" {
					t.Errorf("got %q, %v", token, err)
				}
			})
		}
	}
	g.Wait()
	if n := i.calls(); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// While one renews early, nobody else waits for it.
func TestNobodyWaitsWhileTheTokenIsGood(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	i.want(s, "access-1")
	i.pass(118 * time.Minute)
	asked, answer := make(chan struct{}), make(chan struct{})
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		_, _ = w.Write([]byte(`{"access_token":"access-2","refresh_token":"r","expires_in":7200}`))
	}
	done := make(chan string)
	go func() { token, _ := s.Token(context.Background()); done <- token }()
	<-asked
	i.want(s, "access-1")
	close(answer)
	if token := <-done; token != "access-2" {
		t.Errorf("then %q", token)
	}
}

// What another process renewed is taken over, also from a copy of the store that
// lags behind.
func TestProcessesShareOneGrant(t *testing.T) {
	i, k := open(t), &shelf{}
	a, _ := i.source(k)
	b, _ := i.source(k)
	i.want(a, "access-1")
	i.want(b, "access-1")
	i.pass(2 * time.Hour)
	i.want(a, "access-2")
	k.lags = 3
	i.want(b, "access-2")
	if n := i.calls(); n != 2 {
		t.Errorf("%d calls", n)
	}
	if token, err := b.Refused(t.Context(), "access-1"); err != nil || token != "access-2" || i.calls() != 0 {
		t.Errorf("of a token that is old news: %q, %v", token, err)
	}
}

// A clock that is wrong, or a token withdrawn early: one renewal, then it is over.
func TestRefusedIsRenewedOnce(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	i.want(s, "access-1")
	i.pass(2 * time.Minute)
	token, err := s.Refused(t.Context(), "access-1")
	if err != nil || token != "access-2" {
		t.Fatalf("%q, %v", token, err)
	}
	if _, err := s.Refused(t.Context(), "access-2"); kindOf(err) != ingest.Dead || i.calls() != 2 {
		t.Errorf("the new one is refused too: %v", err)
	}
	i.pass(2 * time.Minute)
	if token, err := s.Refused(t.Context(), "access-2"); err != nil || token != "access-3" {
		t.Errorf("later: %q, %v", token, err)
	}
}

// A store that takes nothing costs no refresh token: nothing is renewed until it
// takes something again.
func TestStoreThatTakesNothing(t *testing.T) {
	i, k := open(t), &shelf{fails: errors.New("no space")}
	s, logs := i.source(k)
	for range 3 {
		if _, err := s.Token(t.Context()); kindOf(err) != ingest.Temporary {
			t.Errorf("%v", err)
		}
		i.pass(time.Minute)
	}
	if n := i.calls(); n != 0 || logs.FilterMessageSnippet("not renewed").Len() != 3 {
		t.Errorf("%d calls, and nobody was told", n)
	}
	k.fails = nil
	i.want(s, "access-1")
	k.fails = errors.New("no space")
	i.pass(118 * time.Minute)
	i.want(s, "access-1") // is still good
	if n := i.calls(); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// A store that fails just after the platform gave a token.
func TestWhatCouldNotBeKept(t *testing.T) {
	i, k := open(t), &shelf{}
	s, logs := i.source(k)
	k.saving = func(g ingest.Grant) {
		if g.Access != "" {
			k.fails = errors.New("no space")
		}
	}
	i.want(s, "access-1") // in memory
	if logs.FilterMessageSnippet("in memory only").Len() != 1 || k.kept.Access != "" {
		t.Error("nobody was told")
	}
	i.pass(time.Hour)
	i.want(s, "access-1")
	k.fails, k.saving = nil, nil
	i.pass(time.Minute)
	i.want(s, "access-1")
	if k.kept.Refresh != "refresh-1" || i.calls() != 1 {
		t.Error("what was renewed is not kept when there is room again")
	}
	i.pass(2 * time.Hour)
	i.want(s, "access-2")
}
