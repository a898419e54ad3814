package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/settings"
)

// mayGive is who may give which command. One that is not here fails.
var mayGive = map[string][]string{
	"GET /users":           {"operator", "admin"},
	"POST /users":          {"operator", "admin"},
	"POST /users/passwd":   {"operator", "admin"},
	"POST /users/disable":  {"operator", "admin"},
	"POST /users/invite":   {"operator", "admin"},
	"POST /users/second":   {"operator", "admin"},
	"GET /users/sessions":  {"operator", "admin"},
	"POST /users/sessions": {"operator", "admin"},
	"GET /settings":        {"operator", "viewer", "reviewer", "privacy", "admin"},
	"POST /settings":       {"privacy", "admin"},
	"POST /backfill":       {"operator", "admin"},
	"POST /sweep":          {"operator", "privacy", "admin"},
	"GET /sweep":           {"operator", "privacy", "admin"},
	"GET /report":          {"viewer", "reviewer", "privacy", "admin"},
	"GET /check":           {"operator", "viewer", "reviewer", "privacy", "admin"},
	"GET /grants":          {"operator", "admin"},
	"POST /grants":         {"operator", "admin"},
	"POST /erase":          {"privacy", "admin"},
	"POST /label":          {"reviewer", "privacy", "admin"},
	"GET /labels":          {"privacy"},
	"POST /audit/verify":   {"operator", "privacy", "admin"},
	"GET /audit/export":    {"operator", "privacy", "admin"},
	"GET /backup/{part}":   {"operator", "admin"},
}

// theCase is one that there is.
var theCase = strings.Repeat("a", 20)

// commands are one of each, and which act the audit has of it; empty: none.
var commands = map[string]struct{ body, query, act string }{
	"POST /users":          {body: `{"name":"New-%d","role":"viewer"}`, act: "user-added new-%d viewer"},
	"POST /users/passwd":   {body: `{"name":"viewer"}`, act: "password-set viewer"},
	"POST /users/disable":  {body: `{"name":"out","disabled":true}`, act: "user-disabled out"},
	"POST /users/invite":   {body: `{"name":"viewer"}`, act: "user-invited viewer"},
	"POST /users/second":   {body: `{"name":"viewer"}`, act: "app-given viewer"},
	"GET /users/sessions":  {query: "?name=viewer"},
	"POST /users/sessions": {body: `{"name":"viewer"}`, act: "sessions-ended viewer"},
	"POST /settings":       {body: `{"name":"posting.undo","value":"4%ds"}`, act: "setting-changed posting.undo 30s to 4%ds"},
	"GET /grants":          {query: "?platform=facebook&account=main&client=c"},
	"POST /grants":         {body: `{"platform":"facebook","account":"main","grant":{"access":"` + planted + `","client":"c"}}`, act: "account-connected main facebook"},
	"POST /backfill":       {body: `{"account":"main","since":"2026-01-31T00:00:00Z"}`, act: "backfill-ordered main 2026-01-31"},
	"POST /sweep":          {body: `{"since":"2026-01-31T00:00:00Z"}`, act: "sweep-ordered  2026-01-31"},
	"GET /sweep":           {query: "?look", act: "sweep-reported  sha256=4ebc3dc7f132382006dd91b66a97b3630c2fb695be312a6423aac3aaac83204b"},
	"POST /erase":          {body: `{"platform":"youtube","author":"nobody"}`},
	"POST /label":          {body: `{"case":"` + theCase + `","level":"clear"}`}, // in the case's history
	"GET /labels":          {act: "exported  labels"},
	"GET /audit/export":    {query: "?format=jsonl", act: "exported  audit"},
	"GET /backup/{part}":   {act: "backup-made  keys"},
}

func TestWhoMayGiveWhichCommand(t *testing.T) {
	s := newService(t)
	s.users(t)
	s.comments(t, "somebody", 3)
	s.file(t, ingest.Comment{ID: theCase, Version: "v"}) // of which no words are kept
	callers := []string{"operator", "viewer", "reviewer", "privacy", "admin", "out", "nobody", "no such/name"}
	for route := range acts {
		if mayGive[route] == nil {
			t.Errorf("%s: nobody decided who may", route)
		}
		for n, as := range callers {
			may := slices.Contains(mayGive[route], as)
			before, state := len(s.told(t)), s.state(t)
			status, body := s.give(t, route, as, n)
			if (status == http.StatusOK) != may || !may && status != http.StatusForbidden {
				t.Errorf("%s by %s: HTTP %d %.200s", route, as, status, body)
			}
			s.silent(t, body)
			acts := s.since(t, before)
			if !may {
				if route == "GET /labels" && len(acts) == 1 && strings.HasSuffix(acts[0], " refused  export labels") {
					acts = nil // whoever tries is known
				}
				if len(acts) > 0 || s.state(t) != state || !strings.Contains(body, "--as") {
					t.Errorf("%s by %s: refused with %s, and yet: %v", route, as, body, acts)
				}
				continue
			}
			by := as
			if as == "operator" {
				by = "os/" + OSUser()
			}
			var want []string
			if act := commands[route].act; act != "" {
				want = []string{by + " " + numbered(act, n)}
			}
			if !slices.Equal(acts, want) {
				t.Errorf("%s by %s: the audit has %q, want %q", route, as, acts, want)
			}
			must(t, s.reset(t))
		}
	}
}

func numbered(format string, n int) string {
	if strings.Contains(format, "%d") {
		return fmt.Sprintf(format, n)
	}
	return format
}

// give gives one command as somebody.
func (s *service) give(t *testing.T, route, as string, n int) (status int, body string) {
	t.Helper()
	method, path, _ := strings.Cut(strings.Replace(route, "{part}", "keys", 1), " ")
	req, err := http.NewRequestWithContext(t.Context(), method, "http://triage"+path+commands[route].query, strings.NewReader(numbered(commands[route].body, n)))
	must(t, err)
	if as != "operator" {
		req.Header.Set(As, as)
	}
	client, end := Local(Handler(s.options))
	defer end()
	resp, err := client.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	must(t, err)
	if why := resp.Trailer.Get(Failure); why != "" {
		t.Errorf("%s: %s", route, why)
	}
	return resp.StatusCode, string(data)
}

// state is what commands can change.
func (s *service) state(t *testing.T) string {
	t.Helper()
	users, err := s.Users.All(t.Context())
	must(t, err)
	slices.SortFunc(users, func(a, b people.User) int { return strings.Compare(a.Name, b.Name) })
	comments, err := s.Comments.Count(t.Context())
	must(t, err)
	return fmt.Sprint(users, s.Settings.List()[0].Value, comments)
}

// reset sets back what the next command is to change.
func (s *service) reset(t *testing.T) error {
	t.Helper()
	l := s.Settings.List()[0]
	return s.Settings.Set(t.Context(), settings.Change{Name: l.Name, Value: "30s", By: "test", Version: l.Version})
}

// What fails is in the audit as not done, and changes nothing.
func TestFailedCommands(t *testing.T) {
	s := newService(t)
	s.users(t)
	me := s.client(t, "admin")
	for _, tt := range []struct {
		path      string
		in        any
		say       string
		recorded  string
		statusOne int
	}{
		{"/users", User{Name: "viewer", Role: people.Viewer}, "already", "user-added viewer viewer", 409},
		{"/users", User{Name: "9lives", Role: people.Viewer}, "letter", "", 400},
		{"/users", User{Name: "new", Role: people.Operator}, "--role", "", 400},
		{"/users", User{Name: "new", Role: "owner"}, "--role", "", 400},
		{"/users", User{Name: strings.Repeat("x", 300), Role: people.Viewer}, "letter", "", 400},
		{"/users/passwd", User{Name: "nobody"}, "no such user", "password-set nobody", 404},
		{"/users/disable", User{Name: "nobody", Disabled: true}, "no such user", "user-disabled nobody", 404},
		{"/users/invite", User{Name: "nobody"}, "no such user", "user-invited nobody", 404},
		{"/users/invite", User{Name: "out"}, "shut out", "user-invited out", 400},
		{"/users/second", Second{Name: "nobody"}, "no such user", "app-given nobody", 404},
		{"/users/second", Second{Name: "nobody", Off: true}, "no such user", "second-factors-removed nobody", 404},
		{"/users/second", Second{Name: "9lives"}, "letter", "", 400},
		{"/users/sessions", User{Name: "nobody"}, "no such user", "", 404},
		{"/settings", Change{Name: "posting.undo", Value: "soon"}, "30s", "", 400},
		{"/settings", Change{Name: "posting.undo", Value: "1\ns"}, "30s", "", 400},
		{"/settings", Change{Name: "nothing", Value: "1"}, "settings list", "", 404},
		{"/settings", Change{Value: "1"}, "settings list", "", 404},
		{"/erase", Erase{Comment: "short"}, "--comment", "", 400},
		{"/erase", Erase{}, "one of", "", 400},
		{"/erase", Erase{Platform: "facebook"}, "one of", "", 400}, // and not what nobody is known to have written
		{"/erase", Erase{Author: "x"}, "one of", "", 400},
		{"/erase", Erase{Platform: "usenet", Author: "x"}, "facebook, youtube", "", 400},
		{"/erase", Erase{Platform: "facebook", Author: "x", Comment: strings.Repeat("a", 20)}, "one of", "", 400},
	} {
		before, state := len(s.told(t)), s.state(t)
		err := me.Call(t.Context(), http.MethodPost, tt.path, tt.in, nil)
		if err == nil || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("%s %+v: %v", tt.path, tt.in, err)
		}
		var want []string
		if tt.recorded != "" {
			do, on, _ := strings.Cut(tt.recorded, " ")
			on, _, _ = strings.Cut(on, " ")
			want = []string{"admin " + tt.recorded, "admin not-done " + on + " " + do}
		}
		if got := s.since(t, before); !slices.Equal(got, want) || s.state(t) != state {
			t.Errorf("%s %+v: the audit has %q, want %q", tt.path, tt.in, got, want)
		}
	}
	if err := me.Fetch(t.Context(), "/backup/everything", io.Discard); err == nil || !strings.Contains(err.Error(), "parts") {
		t.Errorf("backup of everything: %v", err)
	}
	if err := me.Fetch(t.Context(), "/audit/export?from=yesterday", io.Discard); err == nil || !strings.Contains(err.Error(), "--from") {
		t.Errorf("export: %v", err)
	}
	s.silent(t)
}

// What cannot be written into the audit is not done.
func TestNothingIsDoneWithoutTheAudit(t *testing.T) {
	s := newService(t)
	s.users(t)
	me := s.client(t, "")
	must(t, s.bus.Close())
	for _, path := range []string{"/users", "/users/passwd"} {
		var l Login
		if err := me.Call(t.Context(), http.MethodPost, path, User{Name: "new", Role: people.Viewer}, &l); err == nil || l.Password != "" {
			t.Errorf("%s: %v, %+v", path, err, l)
		}
	}
	var w bytes.Buffer
	if err := me.Fetch(t.Context(), "/backup/data", &w); err == nil || w.Len() > 0 {
		t.Errorf("backup: %v, %d bytes", err, w.Len())
	}
}

func TestBodiesThatAreNoCommand(t *testing.T) {
	s := newService(t)
	path, _ := s.serve(t)
	client, ok := Dial(path)
	if !ok {
		t.Fatal("nobody answers")
	}
	defer client.CloseIdleConnections()
	me := &Client{HTTP: client}
	for what, body := range map[string]string{
		"nothing": "", "broken": `{"name":`, "unknown field": `{"name":"a","nick":"b"}`, "a list": `[]`, "a number for a name": `{"name":7}`,
		"two megabytes": `{"name":"` + strings.Repeat("x", 2<<20) + `"}`,
	} {
		if err := me.Send(t.Context(), "/users", strings.NewReader(body), nil); err == nil || !strings.Contains(err.Error(), "same version") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, path := range []string{"/", "/nothing", "/users/"} {
		if err := me.Call(t.Context(), http.MethodGet, path, nil, nil); err == nil || !strings.Contains(err.Error(), "same version") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if len(s.told(t)) > 0 {
		t.Error("the audit tells of what was no command")
	}
}

// A user who was added signs in with the password that was made for her.
func TestPasswordsAreToldOnce(t *testing.T) {
	s := newService(t)
	me := s.client(t, "")
	var added, changed Login
	must(t, me.Call(t.Context(), http.MethodPost, "/users", User{Name: " Dana ", Role: people.Officer}, &added))
	if u, err := s.options.People.Login(t.Context(), "dana", added.Password, "test"); err != nil || u.Role != people.Officer || added.Name != "dana" {
		t.Errorf("%+v: %v", u, err)
	}
	me.As = "DANA"
	var all []Setting
	must(t, me.Call(t.Context(), http.MethodGet, "/settings", nil, &all))
	me.As = ""
	must(t, me.Call(t.Context(), http.MethodPost, "/users/passwd", User{Name: "dana"}, &changed))
	if _, err := s.options.People.Login(t.Context(), "dana", added.Password, "test"); !errors.Is(err, people.ErrDenied) {
		t.Errorf("the old password: %v", err)
	}
	records, err := json.Marshal(s.told(t))
	must(t, err)
	for _, secret := range []string{added.Password, changed.Password} {
		if secret == "" || strings.Contains(s.log.String()+string(records), secret) {
			t.Error("a password is in the log or the audit")
		}
	}
	if all[0].Name != "posting.undo" || all[0].Value != "30s" || all[0].History == nil && len(all[0].History) != 0 {
		t.Errorf("settings: %+v", all)
	}
}

func TestSettingsAreChangedAndGivenBack(t *testing.T) {
	s := newService(t)
	s.users(t)
	me := s.client(t, "privacy")
	var now Setting
	must(t, me.Call(t.Context(), http.MethodPost, "/settings", Change{Name: "posting.undo", Value: "45s"}, &now))
	if now.Value != "45s" || now.FromFile || len(now.History) != 1 || now.History[0].By != "privacy" {
		t.Errorf("changed: %+v", now)
	}
	must(t, me.Call(t.Context(), http.MethodPost, "/settings", Change{Name: "posting.undo", Reset: true}, &now))
	if now.Value != "30s" || !now.FromFile || len(now.History) != 2 {
		t.Errorf("given back: %+v", now)
	}
	if got, want := s.since(t, 0), []string{"privacy setting-changed posting.undo 30s to 45s", "privacy setting-changed posting.undo 45s to from-file"}; !slices.Equal(got, want) {
		t.Errorf("the audit has %q", got)
	}
}
