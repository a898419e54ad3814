package office_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review"
	"triage/internal/settings"
	"triage/internal/store"
	"triage/internal/vault"
)

const password = "four-unrelated-garden-words"

// world is a desk over a real store, with vic, rita, otto and ada, one of each role,
// and ada's colleague Bea.
type world struct {
	*store.Store
	people *people.People
	server *httptest.Server
}

// some settings as the service has them, with checks of their own.
func some() []settings.Setting {
	text := func(ok ...string) func(string) (any, error) {
		return func(s string) (any, error) {
			for _, o := range ok {
				if s == o {
					return s, nil
				}
			}
			return nil, fmt.Errorf("%q is no such thing: write something else", s)
		}
	}
	limit := func(s string) (any, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n > 1000 {
			return nil, fmt.Errorf("%d is out of range: write 1 to 1000 actions an account and day", n)
		}
		return n, nil
	}
	eyes := func(s string) (any, error) { return strconv.ParseBool(s) }
	return []settings.Setting{
		{Name: "posting.mode", Default: "shadow", Parse: text("shadow", "review"), Widens: func(_, to any) bool { return to == any("review") }},
		{Name: "posting.undo", Default: "1m", Parse: func(s string) (any, error) { return time.ParseDuration(s) }},
		{Name: "posting.daily_cap", Default: "50", Parse: limit},
		{Name: "posting.automatic", Default: "", Parse: text("", "possible", "clear", "possible; clear")},
		{Name: "review.four_eyes", Default: "false", Parse: eyes, Eyes: true},
		{Name: "a.new_one", Default: "x", About: "what nobody knows", Parse: text("x", "y")},
	}
}

var hashed = sync.OnceValue(func() string {
	s := &shelf{}
	if err := (&people.People{Store: s}).Add(context.Background(), "x", people.Viewer, password); err != nil {
		panic(err)
	}
	return s.kept.Hash
})

// shelf keeps one user, for its hash.
type shelf struct {
	people.Store
	kept people.User
}

func (s *shelf) Create(_ context.Context, u people.User) error { s.kept = u; return nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	b, err := bus.Start(t.Context(), bus.Options{Dir: t.TempDir(), Log: zap.NewNop()})
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	st, err := store.Open(t.Context(), b, store.Options{Ring: vault.Ring{{1}}, AuditKey: bytes.Repeat([]byte{7}, 32), Practice: "Cedar",
		Log: zap.NewNop(), Now: time.Now, Settings: some()})
	must(t, err)
	w := &world{Store: st, people: &people.People{Store: st.Users}}
	for name, role := range map[string]people.Role{"vic": people.Viewer, "rita": people.Reviewer, "otto": people.Officer, "ada": people.Admin, "bea": people.Admin} {
		must(t, st.Users.Create(t.Context(), people.User{Name: name, Role: role, Hash: hashed(), Created: time.Now()}))
	}
	desk := &respond.Desk{Cases: st.Cases, Texts: st.Texts, Log: zap.NewNop(), Now: time.Now, Rules: func() respond.Rules { return respond.Rules{} }}
	pages, err := review.New(review.Options{Desk: desk, People: w.people, Audit: st.Audit, Sessions: st.Sessions, Practice: "Cedar Family Practice",
		Settings: st.Settings, URL: "https://desk.cedar.example"})
	must(t, err)
	w.server = httptest.NewServer(pages)
	t.Cleanup(w.server.Close)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// acts is what the audit has, one a line: who, what, on what, and the note.
func (w *world) acts(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	must(t, w.Audit.Export(t.Context(), &out, audit.ExportOptions{Format: "jsonl"}))
	return out.String()
}

// value is a setting in force.
func (w *world) value(name string) settings.Listed {
	for _, l := range w.Settings.List() {
		if l.Name == name {
			return l
		}
	}
	return settings.Listed{}
}

// visitor is a browser in which somebody is signed in.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
}

func (w *world) as(t *testing.T, name string) visitor {
	t.Helper()
	v := w.stranger(t)
	if got := v.post("/login", "name", name, "password", password); got.status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", name, got.status)
	}
	return v
}

func (w *world) stranger(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return visitor{t, w.server.URL, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what a visitor got.
type answer struct {
	t        *testing.T
	status   int
	body, to string
	header   http.Header
}

func (v visitor) get(path string) answer { v.t.Helper(); return v.ask("GET", path) }

func (v visitor) post(path string, form ...string) answer {
	v.t.Helper()
	return v.ask("POST", path, form...)
}

func (v visitor) ask(method, path string, form ...string) answer {
	v.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(values.Encode()))
	must(v.t, err)
	if method == "POST" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := v.http.Do(req)
	must(v.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(v.t, err)
	return answer{v.t, res.StatusCode, string(body), res.Header.Get("Location"), res.Header}
}

// says fails unless the answer has this status and these words.
func (a answer) says(status int, words ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Errorf("status %d, want %d", a.status, status)
	}
	for _, s := range words {
		if !strings.Contains(a.body, s) {
			_, page, _ := strings.Cut(a.body, "<main")
			a.t.Errorf("the page does not say %q:\n%s", s, page)
		}
	}
	return a
}

func (a answer) lacks(words ...string) answer {
	a.t.Helper()
	for _, s := range words {
		if strings.Contains(a.body, s) {
			a.t.Errorf("the page says %q", s)
		}
	}
	return a
}

// field is the value of the first input of a name.
func (a answer) field(name string) string {
	a.t.Helper()
	_, rest, ok := strings.Cut(a.body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !ok {
		a.t.Errorf("no field %s", name)
	}
	return value
}
