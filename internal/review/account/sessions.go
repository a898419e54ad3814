package account

import (
	"net/http"

	"triage/internal/people"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// accountPage is what somebody sees of her own access.
type accountPage struct {
	said
	Me       people.User
	App      *thing
	Passkeys []thing
	Sessions []place
	// CanKeys: passkeys work here. Needs: her role signs in with two steps. Proved: she
	// showed lately that it is she. Known: her sessions are.
	CanKeys, Needs, Proved, Known bool
}

// thing is an app or a passkey.
type thing struct{ ID, Name, Added, Used string }

// place is where somebody is signed in.
type place struct {
	people.Session
	Here             bool
	Browser          string
	SinceAt, UsedAgo string
}

// Show shows somebody her own access.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, http.StatusOK, "")
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, notice string) error {
	v := page.VisitOf(r)
	out := accountPage{said: p.said(r, "Your account", notice), Me: v.User, CanKeys: p.Keys != nil,
		Needs: p.People.Required && v.User.Role.May(people.Decide), Known: p.Live != nil, Proved: p.proved(r)}
	if u := v.User; u.TOTP.Secret != "" {
		out.App = p.thing(v.Words, "", "", people.Passkey{Added: u.TOTP.Added, Used: u.TOTP.Used})
	}
	for _, k := range v.User.Passkeys {
		out.Passkeys = append(out.Passkeys, *p.thing(v.Words, k.ID(), k.Name, k))
	}
	if p.Live != nil {
		all, err := p.Live.Of(r.Context(), v.User.Name)
		if err != nil {
			return err
		}
		here := p.SessionID(r.Context())
		for _, s := range all {
			out.Sessions = append(out.Sessions, place{s, s.ID == here, browser(v.Words, s.Browser), v.Words.Clock(s.Since, p.Now()), v.Words.Ago(p.Now().Sub(s.Used))})
		}
	}
	return p.Render(w, r, status, "account", out)
}

// browser is what somebody signed in with, if that is known.
func browser(words *say.Words, name string) string {
	if name == "" {
		return words.Say("a browser")
	}
	return name
}

func (p *Pages) thing(words *say.Words, id, name string, k people.Passkey) *thing {
	out := &thing{ID: id, Name: name, Added: words.Clock(k.Added, p.Now())}
	if !k.Used.IsZero() {
		out.Used = words.Clock(k.Used, p.Now())
	}
	return out
}

// EndSession ends one of one's sessions.
func (p *Pages) EndSession(w http.ResponseWriter, r *http.Request) error {
	me := page.VisitOf(r).User
	if p.Live == nil {
		return back(w, r)
	}
	all, err := p.Live.Of(r.Context(), me.Name)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID != r.PathValue("id") {
			continue // another's, or over
		}
		if err := p.Live.End(r.Context(), s.ID); err != nil {
			return err
		}
		p.record(r, "session-ended", me.Name, "")
	}
	return back(w, r)
}

// EndOthers ends all of one's sessions but this one.
func (p *Pages) EndOthers(w http.ResponseWriter, r *http.Request) error {
	me := page.VisitOf(r).User
	if p.Live == nil {
		return back(w, r)
	}
	if _, err := people.EndAll(r.Context(), p.Live, me.Name, p.SessionID(r.Context())); err != nil {
		return err
	}
	p.record(r, "sessions-ended", me.Name, "all others")
	return back(w, r)
}

// still is how a page learns whether its reader is signed in, and for how many seconds
// more if nothing is used.
type still struct {
	User string `json:"user"`
	Left int    `json:"left"`
}

// Still tells a page about its reader; of one who was signed out the guard does.
// Whether it counts as use is the route's to say.
func (p *Pages) Still(w http.ResponseWriter, r *http.Request) error {
	p.Answer(w, http.StatusOK, still{page.VisitOf(r).User.Name, int(p.Left(r.Context()).Seconds())})
	return nil
}
