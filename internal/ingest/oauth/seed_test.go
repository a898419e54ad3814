package oauth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// Somebody connected the account while its token was being renewed.
func TestAPersonWins(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		k.mu.Lock()
		k.kept = ingest.Grant{Access: "hers", Client: "client", Seed: s.seed, Made: i.clock(), Revision: 7}
		k.mu.Unlock()
		_, _ = w.Write([]byte(`{"access_token":"access-1","refresh_token":"refresh-1","expires_in":7200}`))
	}
	if _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	i.want(s, "hers")
	if k.kept.Access != "hers" {
		t.Error("hers was overwritten")
	}
}

func TestSeedAndKept(t *testing.T) {
	kept := ingest.Grant{Access: "kept", Refresh: "r", Client: "client", Seed: SeedOf(ingest.Grant{Refresh: "refresh-0"}), Revision: 3}
	for name, c := range map[string]struct {
		seed, client, want string
	}{
		"the old file":     {"refresh-0", "client", "kept"},
		"a new file":       {"refresh-9", "client", "access-10"},
		"taken out":        {"", "client", "kept"},
		"another app":      {"refresh-0", "other", "access-10"},
		"other, no file":   {"", "other", ""},
		"nothing is known": {"", "", ""},
	} {
		i, k := open(t), &shelf{kept: kept}
		k.kept.Made = i.now
		i.n = map[string]int{"access-10": 9}[c.want]
		if i.answer = nil; c.want == "access-10" && c.seed == "refresh-0" {
			i.answer = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"access_token":"access-10","refresh_token":"refresh-10","expires_in":7200}`))
			}
		}
		s, _ := i.source(k, func(o *Options) { o.Seed, o.Client = ingest.Grant{Refresh: c.seed}, c.client })
		token, err := s.Token(t.Context())
		if token != c.want || (err == nil) != (c.want != "") || err != nil && kindOf(err) != ingest.Dead {
			t.Errorf("%s: %q, %v", name, token, err)
		}
		if c.want == "access-10" && (k.kept.Access != c.want || k.kept.Seed == kept.Seed && c.seed != "refresh-0") {
			t.Errorf("%s: the new one is not kept as such", name)
		}
	}
}

func TestDeadRestsUntilAPersonConnects(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	i.n = 5 // the seed was used elsewhere
	for range 3 {
		_, err := s.Token(t.Context())
		var e *ingest.ReadError
		if !errors.As(err, &e) || e.Kind != ingest.Dead || e.Code != "invalid_grant" || !strings.Contains(e.Why, "triage connect") {
			t.Fatalf("%v", err)
		}
	}
	if n := i.calls(); n != 1 {
		t.Errorf("%d calls", n)
	}
	i.pass(restDead)
	if _, err := s.Token(t.Context()); kindOf(err) != ingest.Dead || i.calls() != 1 {
		t.Errorf("not tried again: %v", err)
	}
	k.kept = ingest.Grant{Access: "new", Client: "client", Seed: SeedOf(ingest.Grant{Refresh: "refresh-0"}), Made: i.now, Revision: k.kept.Revision + 1}
	i.want(s, "new")
}

// A renewal that fails early costs nothing while the token is good.
func TestTroubleBeforeTheEndIsNone(t *testing.T) {
	i, k := open(t), &shelf{}
	s, logs := i.source(k)
	i.want(s, "access-1")
	i.pass(118 * time.Minute)
	i.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	i.want(s, "access-1")
	i.want(s, "access-1")
	if i.calls() != 2 || logs.FilterMessageSnippet("used on").Len() != 1 {
		t.Error("not tried, or not told once")
	}
	i.pass(3 * time.Minute)
	if _, err := s.Token(t.Context()); kindOf(err) != ingest.Temporary {
		t.Errorf("after the end: %v", err)
	}
	i.answer = nil
	i.pass(restTemporary)
	i.want(s, "access-2")
}

// Whoever asked goes away: what was begun comes to its end, and is kept.
func TestRenewingIsBroughtToItsEnd(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	ctx, cancel := context.WithCancel(t.Context())
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		_, _ = w.Write([]byte(`{"access_token":"access-1","refresh_token":"refresh-1","expires_in":7200}`))
	}
	if token, err := s.Token(ctx); err != nil || token != "access-1" || k.kept.Refresh != "refresh-1" {
		t.Errorf("%q, %v", token, err)
	}
	fresh, _ := i.source(&shelf{})
	if _, err := fresh.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("nothing was begun: %v", err)
	}
}

// A token that nothing renews, such as a Page's.
func TestTokenThatIsNotRenewed(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k, func(o *Options) { o.Renewer, o.Seed = nil, ingest.Grant{Access: "page"} })
	i.want(s, "page")
	if _, err := s.Refused(t.Context(), "page"); kindOf(err) != ingest.Dead {
		t.Errorf("%v", err)
	}
	k.kept = ingest.Grant{Access: "new page", Client: "client", Seed: s.seed, Revision: 1}
	i.pass(lookEvery)
	i.want(s, "new page")
	if i.calls() != 0 {
		t.Error("somebody was asked")
	}
}

func TestPermit(t *testing.T) {
	i, k := open(t), &shelf{}
	s, _ := i.source(k)
	if p, err := s.Permit(t.Context()); err != nil || !p.Expires.IsZero() {
		t.Errorf("renewed for ever: %+v, %v", p, err)
	}
	i.pass(2 * time.Hour)
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"access_token":"a","expires_in":3599,"refresh_token_expires_in":604799}`))
	}
	if p, err := s.Permit(t.Context()); err != nil || !p.Expires.Equal(i.now.Add(604799*time.Second)) || k.kept.Refresh != "refresh-1" {
		t.Errorf("an app in testing: %+v, %v", p, err)
	}
	i.pass(57 * time.Minute)
	i.answer = nil // says invalid_grant
	i.n = 9
	if p, err := s.Permit(t.Context()); err != nil || !p.Expires.Equal(k.kept.Expires) {
		t.Errorf("no longer renewed: %+v, %v", p, err)
	}
}

// A token that lasts long and is not renewed for days is announced before its end,
// whatever the trouble; one that lasts two hours is not.
func TestTroubleWithALongTokenIsAnnounced(t *testing.T) {
	for life, announced := range map[time.Duration]bool{60 * 24 * time.Hour: true, 2 * time.Hour: false} {
		i, k := open(t), &shelf{}
		i.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		k.kept = ingest.Grant{Access: "kept", Refresh: "r", Client: "client", Seed: SeedOf(ingest.Grant{Refresh: "refresh-0"}), Made: i.now, Expires: i.now.Add(life), Revision: 1}
		s, _ := i.source(k, func(o *Options) { o.Early = LongLivedEarly })
		i.pass(life * 99 / 100 / 2)
		if p, err := s.Permit(t.Context()); err != nil || !p.Expires.IsZero() {
			t.Errorf("%v, half way: %+v, %v", life, p, err)
		}
		i.pass(life * 80 / 100 / 2)
		if p, err := s.Permit(t.Context()); err != nil || p.Expires.IsZero() == announced || i.calls() != 1 {
			t.Errorf("%v, near the end: %+v, %v", life, p, err)
		}
	}
}

// A new token comes into the files of several processes one after the other. None
// that has the old one still brings it back, and no refresh token is used twice.
func TestProcessesWithDifferentFiles(t *testing.T) {
	i, k := open(t), &shelf{}
	old, _ := i.source(k)
	i.want(old, "access-1")
	i.n = 9 // a person got another one
	withNew := func(o *Options) { o.Seed = ingest.Grant{Refresh: "refresh-9"} }
	fresh, _ := i.source(k, withNew)
	i.want(fresh, "access-10")
	i.pass(lookEvery)
	i.want(old, "access-10")
	again, logs := i.source(k) // it starts anew, or somebody lets it check
	i.want(again, "access-10")
	if logs.FilterMessageSnippet("used before").Len() != 1 {
		t.Error("it does not say that its token is not in use")
	}
	i.pass(2 * time.Hour)
	i.want(old, "access-11")
	i.want(fresh, "access-11")
	restarted, logs := i.source(k, withNew)
	i.want(restarted, "access-11")
	if n := i.calls(); n != 3 || logs.Len() != 0 {
		t.Errorf("%d calls, logged %v", n, logs.All())
	}
}
