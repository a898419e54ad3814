package office

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/review/page"
)

// personPage is one person, and what an admin may do about her.
type personPage struct {
	page.Frame
	row
	// Done says what was just done, Notice that nothing was.
	Done, Notice string
	Roles        []option
	// Safer: she has a second step. Invited: a link of hers is good.
	Safer, Invited bool
	Sessions       []place
}

// place is where somebody is signed in.
type place struct{ ID, Browser, Place, Since, Used string }

// done says what was done, by the code that the address carries.
var done = map[string]string{
	"role":     "Her role is another one now, with her next click.",
	"out":      "She is shut out, everywhere and at once. What she did stays recorded.",
	"in":       "She can sign in again.",
	"second":   "Her second step is taken away, and she is signed out everywhere. Her password alone lets her in now.",
	"sessions": "She is signed out there.",
}

// ShowPerson shows one person to whoever may change what she may do.
func (p *Pages) ShowPerson(w http.ResponseWriter, r *http.Request) error {
	v := page.VisitOf(r)
	u, err := p.People.Get(r.Context(), r.PathValue("name"))
	if errors.Is(err, people.ErrNotFound) {
		return errNobody
	}
	if err != nil {
		return err
	}
	out := personPage{Frame: p.Frame(r, u.Name), Roles: roles(v.Words, u.Role), Safer: u.Second(), Invited: p.Now().Before(u.Invitation.Ends)}
	out.row = p.row(v, u)
	switch code := r.URL.Query().Get("done"); {
	case code == "nothing":
		out.Notice = v.Words.Say("It is so already. Nothing was changed.")
	case done[code] != "":
		out.Done = v.Words.Say(done[code])
	}
	if p.Live != nil {
		live, err := p.Live.Of(r.Context(), u.Name)
		if err != nil {
			return err
		}
		for _, s := range live {
			out.Sessions = append(out.Sessions, place{s.ID, v.Words.Whole(s.Browser), s.Place, v.Words.Clock(s.Since, p.Now()), v.Words.Ago(p.Now().Sub(s.Used))})
		}
	}
	return p.Render(w, r, http.StatusOK, "person", out)
}

// about does something about another person, one at a time and only while whoever
// asks still is an admin: so there always is one.
func (p *Pages) about(w http.ResponseWriter, r *http.Request, then string, do func(u people.User) error) error {
	if err := page.Form(r); err != nil {
		return err
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	me, err := p.People.Get(r.Context(), page.VisitOf(r).User.Name)
	if err != nil {
		return err
	}
	if !mayManage(me) {
		return page.ErrRole
	}
	u, err := p.People.Get(r.Context(), r.PathValue("name"))
	switch {
	case errors.Is(err, people.ErrNotFound):
		return errNobody
	case err != nil:
		return err
	case u.Name == me.Name:
		return errMyself
	}
	switch err := do(u); {
	case errors.Is(err, errNothing):
		then = "nothing"
	case err != nil:
		return err
	}
	if then != "" {
		http.Redirect(w, r, "/people/"+u.Name+"?done="+then, http.StatusSeeOther)
	}
	return nil
}

// ChangeRole gives somebody another role.
func (p *Pages) ChangeRole(w http.ResponseWriter, r *http.Request) error {
	return p.about(w, r, "role", func(u people.User) error {
		role, ok := people.ParseRole(r.PostFormValue("role"))
		if !ok {
			return page.ErrForm
		}
		if role == u.Role {
			return errNothing
		}
		return p.Recorded(r, audit.Act{Do: "role-changed", On: u.Name, Note: string(u.Role) + " to " + string(role)},
			p.stillAdmin(r, func(ctx context.Context) error { return p.People.SetRole(ctx, u.Name, role) },
				func(ctx context.Context) error { return p.People.SetRole(ctx, u.Name, u.Role) }))
	})
}

// ShutOut keeps somebody out, at once, and LetIn lets her in again.
func (p *Pages) ShutOut(w http.ResponseWriter, r *http.Request) error { return p.access(w, r, true) }

// LetIn lets somebody in again who was shut out.
func (p *Pages) LetIn(w http.ResponseWriter, r *http.Request) error { return p.access(w, r, false) }

func (p *Pages) access(w http.ResponseWriter, r *http.Request, out bool) error {
	do, then := "user-enabled", "in"
	if out {
		do, then = "user-disabled", "out"
	}
	return p.about(w, r, then, func(u people.User) error {
		if u.Disabled == out {
			return errNothing
		}
		return p.Recorded(r, audit.Act{Do: do, On: u.Name},
			p.stillAdmin(r, func(ctx context.Context) error { return p.People.SetDisabled(ctx, u.Name, out) },
				func(ctx context.Context) error { return p.People.SetDisabled(ctx, u.Name, !out) }))
	})
}

// stillAdmin makes a change, and takes it back if whoever makes it is no admin any more
// once it is made. Other processes have turns of their own: of two admins who shut each
// other out in two of them, at least one finds out.
func (p *Pages) stillAdmin(r *http.Request, change, back func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := change(ctx); err != nil {
			return err
		}
		me, err := p.People.Get(ctx, page.VisitOf(r).User.Name)
		if err == nil && mayManage(me) {
			return nil
		}
		return errors.Join(page.ErrRole, err, back(context.WithoutCancel(ctx)))
	}
}

func mayManage(u people.User) bool { return !u.Disabled && u.Role.May(people.Manage) }

// NewLink lets somebody choose another password, by a link that is shown once.
func (p *Pages) NewLink(w http.ResponseWriter, r *http.Request) error {
	return p.about(w, r, "", func(u people.User) error {
		if u.Disabled {
			return errOut
		}
		var code string
		err := p.Recorded(r, audit.Act{Do: "user-invited", On: u.Name}, func(ctx context.Context) (err error) {
			code, err = p.People.Invite(ctx, u.Name)
			return err
		})
		if err != nil {
			return err
		}
		return p.handOver(w, r, u.Name, code, u.Hash == "")
	})
}

// RemoveSecond takes away every second step of somebody who lost it.
func (p *Pages) RemoveSecond(w http.ResponseWriter, r *http.Request) error {
	return p.about(w, r, "second", func(u people.User) error {
		return p.Recorded(r, audit.Act{Do: "second-factors-removed", On: u.Name}, func(ctx context.Context) error { return p.People.Reset(ctx, u.Name) })
	})
}

// EndSessions signs somebody out: in one place if the form names it, else everywhere.
func (p *Pages) EndSessions(w http.ResponseWriter, r *http.Request) error {
	return p.about(w, r, "sessions", func(u people.User) error {
		if p.Live == nil {
			return nil
		}
		id, do := r.PostFormValue("session"), "sessions-ended"
		if id != "" {
			do = "session-ended"
		}
		return p.Recorded(r, audit.Act{Do: do, On: u.Name}, func(ctx context.Context) error {
			if id == "" {
				_, err := people.EndAll(ctx, p.Live, u.Name, "")
				return err
			}
			live, err := p.Live.Of(ctx, u.Name)
			if err != nil || !slices.ContainsFunc(live, func(s people.Session) bool { return s.ID == id }) {
				return err // another's, or over
			}
			return p.Live.End(ctx, id)
		})
	})
}

// errNothing: it is so already.
var errNothing = errors.New("nothing changed")

var (
	errNobody = &page.Refusal{Status: http.StatusNotFound, Title: "Nobody of this name",
		Say: "Nobody of this name works at this desk. Go back to the list of people."}
	errMyself = &page.Refusal{Status: http.StatusUnprocessableEntity, Title: "Not for yourself",
		Say: "You cannot take away or change your own access here, so that nobody shuts herself out. Ask another admin. Your password and your second step are in your account."}
	errOut = &page.Refusal{Status: http.StatusUnprocessableEntity, Title: "She is shut out",
		Say: "No link was made: she is shut out. Let her in again first."}
)
