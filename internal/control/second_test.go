package control

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"triage/internal/people"
)

const chosen = "hers-alone-winter-gravel"

// Whoever is invited chooses her password by the link, once; nothing of it is in the
// log or the audit.
func TestInvitations(t *testing.T) {
	s := newService(t)
	s.options.Page = "https://triage.cedar.example/"
	me := s.client(t, "")
	var added, again Login
	must(t, me.Call(t.Context(), http.MethodPost, "/users", NewUser{Name: "Dana", Role: people.Officer, Invite: true}, &added))
	link, code, ok := strings.Cut(added.Link, "#")
	if !ok || link != "https://triage.cedar.example/welcome" || added.Password != "" || time.Until(added.Ends) > people.InvitationLife {
		t.Errorf("added: %+v", added)
	}
	var all []User
	must(t, me.Call(t.Context(), http.MethodGet, "/users", nil, &all))
	if len(all) != 1 || !all[0].Invited {
		t.Errorf("listed: %+v", all)
	}
	if u, err := s.options.People.Accept(t.Context(), code, chosen, "test"); err != nil || u.Role != people.Officer {
		t.Errorf("%v: %v", u.Name, err)
	}
	must(t, me.Call(t.Context(), http.MethodPost, "/users/invite", User{Name: "dana"}, &again))
	if _, err := s.options.People.Login(t.Context(), "dana", chosen, "test"); err != nil || again.Link == added.Link {
		t.Errorf("the old password, until another is chosen: %v", err)
	}
	s.hides(t, code, again.Link[strings.Index(again.Link, "#")+1:])
}

// hides fails where a secret is in the log or the audit.
func (s *service) hides(t *testing.T, secrets ...string) {
	t.Helper()
	records, err := json.Marshal(s.told(t))
	must(t, err)
	for _, secret := range secrets {
		if secret == "" || strings.Contains(s.log.String()+string(records), secret) {
			t.Errorf("a secret is in the log or the audit, or is none: %q", secret)
		}
	}
}

func TestAnAdminGivesAnAppAndTakesItAway(t *testing.T) {
	s := newService(t)
	s.users(t)
	me := s.client(t, "admin")
	var app App
	must(t, me.Call(t.Context(), http.MethodPost, "/users/second", Second{Name: "reviewer"}, &app))
	key, err := otp.NewKeyFromURL(app.Address)
	must(t, err)
	if key.Issuer() != "Test" || key.AccountName() != "reviewer" || len(app.Codes) != 10 {
		t.Errorf("given: %s for %s, %d codes", key.Issuer(), key.AccountName(), len(app.Codes))
	}
	code, err := totp.GenerateCode(key.Secret(), time.Now())
	must(t, err)
	if _, by, err := s.options.People.Confirm(t.Context(), "reviewer", code, "test"); err != nil || by != people.ByApp {
		t.Errorf("by %s: %v", by, err)
	}
	var all []User
	must(t, me.Call(t.Context(), http.MethodGet, "/users", nil, &all))
	i := slices.IndexFunc(all, func(u User) bool { return u.Name == "reviewer" })
	if !slices.Equal(all[i].Second, []string{people.ByApp}) {
		t.Errorf("listed: %+v", all[i])
	}
	s.hides(t, key.Secret(), app.Codes[0])
	before, err := s.Users.Get(t.Context(), "reviewer")
	must(t, err)
	must(t, me.Call(t.Context(), http.MethodPost, "/users/second", Second{Name: "reviewer", Off: true}, nil))
	after, err := s.Users.Get(t.Context(), "reviewer")
	must(t, err)
	if after.Second() || after.Mark() == before.Mark() {
		t.Error("she still needs it, or her sessions go on")
	}
}

func TestAnAdminEndsSessions(t *testing.T) {
	s := newService(t)
	s.users(t)
	me := s.client(t, "admin")
	data, err := scs.GobCodec{}.Encode(time.Now().Add(time.Hour), map[string]any{people.SessionUser: "viewer", people.SessionBrowser: "Firefox on Mac"})
	must(t, err)
	for _, token := range []string{"one", "two"} {
		must(t, s.Sessions.Commit(token, data, time.Now().Add(time.Hour)))
	}
	var all []people.Session
	at := "/users/sessions?" + url.Values{"name": {"Viewer"}}.Encode()
	must(t, me.Call(t.Context(), http.MethodGet, at, nil, &all))
	if len(all) != 2 || all[0].Browser != "Firefox on Mac" {
		t.Errorf("sessions: %+v", all)
	}
	var ended Ended
	must(t, me.Call(t.Context(), http.MethodPost, "/users/sessions", User{Name: "viewer"}, &ended))
	must(t, me.Call(t.Context(), http.MethodGet, at, nil, &all))
	if ended.Sessions != 2 || len(all) != 0 {
		t.Errorf("%d ended, left are %+v", ended.Sessions, all)
	}
	if err := me.Call(t.Context(), http.MethodGet, "/users/sessions?name=nobody", nil, &all); err == nil || !strings.Contains(err.Error(), "no such user") {
		t.Errorf("of nobody: %v", err)
	}
}
