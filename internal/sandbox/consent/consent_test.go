package consent

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox/board"
)

// The example of RFC 7636, appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

var start = time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)

// decide sends a request to the page, as a browser does.
func decide(d *Desk, how, button string, ask Ask) board.Reply {
	r := httptest.NewRequest(http.MethodGet, "/page?state=s", nil)
	if button != "" {
		r = httptest.NewRequest(http.MethodPost, "/page?state=s", strings.NewReader("decision="+button))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	_ = r.ParseForm()
	return d.Decide(r, how, ask, Page{Platform: "Place", App: "App <b>", Account: "Cedar", Wishes: []string{"read.all"}}, url.Values{"scope": {"read.all"}})
}

func TestThePageAndItsButtons(t *testing.T) {
	for _, c := range []struct {
		how, button string
		status      int
		goes        string // what the address that it goes back to has; empty: it shows the page
	}{
		{"ask", "", 200, ""},
		{"ask", "perhaps", 200, ""},
		{"ask", "allow", 303, "code="},
		{"ask", "deny", 303, "error=access_denied"},
		{"allow", "", 302, "code="},
		{"deny", "", 302, "error=access_denied"},
	} {
		d := &Desk{Prefix: "4/", Now: func() time.Time { return start }}
		out := decide(d, c.how, c.button, Ask{Redirect: "http://127.0.0.1:9/back?kept=1", State: "a b&c"})
		to, err := url.Parse(out.Header["Location"])
		if err != nil || out.Status != c.status || (c.goes == "") != (to.Host == "") || !strings.Contains(to.RawQuery, c.goes) {
			t.Errorf("%s, %q: %d to %v, %v", c.how, c.button, out.Status, to, err)
			continue
		}
		q := to.Query()
		switch {
		case c.goes == "":
			if page := string(out.Body); !strings.Contains(page, `value="allow"`) || !strings.Contains(page, "App &lt;b&gt;") || !strings.Contains(page, "read.all") {
				t.Errorf("the page is %s", page)
			}
		case q.Get("kept") != "1" || q.Get("state") != "a b&c" || to.Host != "127.0.0.1:9" || to.Path != "/back":
			t.Errorf("%s, %q goes to %v", c.how, c.button, to)
		case q.Has("code") == q.Has("error") || q.Has("code") != q.Has("scope"):
			t.Errorf("%s, %q goes to %v", c.how, c.button, to)
		}
		if out.Header["Cache-Control"] != "no-store" || out.Header["Referrer-Policy"] != "no-referrer" {
			t.Errorf("%s: %v", c.how, out.Header)
		}
	}
}

func TestACodeIsGoodOnceAndForAMinute(t *testing.T) {
	now := start
	d := &Desk{Prefix: "4/", Now: func() time.Time { return now }}
	give := func() string {
		to, _ := url.Parse(decide(d, "allow", "", Ask{Redirect: "http://127.0.0.1:9/", Scopes: 5, Offline: true}).Header["Location"])
		return to.Query().Get("code")
	}
	code := give()
	now = now.Add(Life - time.Nanosecond)
	if ask, ok := d.Take(code); !ok || ask.Scopes != 5 || !ask.Offline || !strings.HasPrefix(code, "4/") {
		t.Error("a code is not good for a minute:", code, ask, ok)
	}
	if _, ok := d.Take(code); ok {
		t.Error("a code is good twice")
	}
	code = give()
	now = now.Add(Life)
	if _, ok := d.Take(code); ok {
		t.Error("a code is good after a minute")
	}
	give()
	now = now.Add(Life)
	code = give()
	if len(d.codes) != 1 {
		t.Errorf("%d codes are kept, of which one is good", len(d.codes))
	}
	d.Forget()
	if _, ok := d.Take(code); ok {
		t.Error("a code outlives a reset")
	}
	if _, ok := d.Take(""); ok {
		t.Error("no code is a code")
	}
}

func TestChallenge(t *testing.T) {
	if !IsChallenge(challenge) || IsChallenge(challenge[1:]) || IsChallenge("") || IsChallenge(strings.Repeat("=", 43)) {
		t.Error("what a challenge looks like")
	}
	ask := Ask{Challenge: challenge}
	if !ask.Proves(verifier) || ask.Proves(verifier+"x") || ask.Proves("") || ask.Proves(challenge) {
		t.Error("what proves a challenge")
	}
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:8765/callback":    true,
		"http://127.0.0.1/":                 true,
		"http://[::1]:8765/":                true,
		"http://localhost:8765/":            false, // not among the hosts of this test
		"https://127.0.0.1:8765/":           false,
		"http://evil.example/":              false,
		"http://127.0.0.1@evil.example/":    false,
		"http://127.0.0.1.evil.example/":    false,
		"http://evil.example/?127.0.0.1":    false,
		"http://evil.example\\@127.0.0.1/":  false,
		"http://me@127.0.0.1/":              false,
		"http://127.0.0.1/#f":               false,
		"urn:ietf:wg:oauth:2.0:oob":         false,
		"//127.0.0.1/":                      false,
		"":                                  false,
		"http://127.0.0.1:99999999999/%zz/": false,
	} {
		if got := Loopback(address, "127.0.0.1", "::1"); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestTokensTellWhatTheyAre(t *testing.T) {
	m := Mint{Prefix: "sandbox-place", Secret: "s"}
	short, long := m.Make("access", start.Add(time.Hour), 9), m.Make("refresh", time.Time{}, 3)
	forged := strings.Replace(short, "-9-", "-f-", 1)
	for _, c := range []struct {
		what, kind, token string
		at                time.Time
		scopes            uint64
		ok                bool
	}{
		{"good", "access", short, start, 9, true},
		{"nearly over", "access", short, start.Add(time.Hour - time.Second), 9, true},
		{"over", "access", short, start.Add(time.Hour), 9, false},
		{"does not end", "refresh", long, start.Add(9999 * time.Hour), 3, true},
		{"another kind", "refresh", short, start, 0, false},
		{"more than was granted", "access", forged, start, 0, false},
		{"cut", "access", short[:len(short)-1], start, 0, false},
		{"made up", "access", "sandbox-place-access-0-f-00-00", start, 0, false},
		{"nothing", "access", "", start, 0, false},
	} {
		if scopes, ok := m.Read(c.kind, c.token, c.at); ok != c.ok || scopes != c.scopes {
			t.Errorf("%s: %x, %v", c.what, scopes, ok)
		}
	}
	if _, ok := (Mint{Prefix: "sandbox-place", Secret: "other"}).Read("access", short, start); ok {
		t.Error("a token of elsewhere is good")
	}
	if forged == short || m.Make("access", start, 9) == m.Make("access", start, 9) {
		t.Error("tokens repeat")
	}
}

func TestScopes(t *testing.T) {
	s := Scopes{"a", "b", "c.d"}
	set, unknown := s.Read(" c.d  a x a y")
	if s.Text(set) != "a c.d" || strings.Join(unknown, ",") != "x,y" {
		t.Error(s.Text(set), unknown)
	}
	for text, want := range map[string]bool{"": true, "a": true, "a c.d": true, "b": false, "a b": false, "a x": false} {
		if s.Holds(set, text) != want {
			t.Errorf("%q is held: %v", text, !want)
		}
	}
}
