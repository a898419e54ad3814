package office

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// peoplePage lists who works at the desk.
type peoplePage struct {
	page.Frame
	// Trouble is about what was typed into the form.
	Trouble string
	People  []row
	// Adds: she may add and change people. The form holds Name and Roles.
	Adds  bool
	Name  string
	Roles []option
}

// row is one person, in the reader's words.
type row struct {
	Name, Does, Second, Signed, State string
	Me, Out                           bool
}

// does says what a role may do, as sentences of the source.
var does = map[people.Role]string{
	people.Viewer:   "Sees the list of cases, and no words of any comment.",
	people.Reviewer: "Reads comments, answers them and says what is not sensitive. Right for the front desk.",
	people.Officer:  "The same, and may publish what the check refuses, erase words, read the record and change settings.",
	people.Admin:    "The same, and decides who works here.",
}

// roles are all roles to choose from.
func roles(w *say.Words, chosen people.Role) []option {
	var out []option
	for _, role := range people.Roles {
		out = append(out, option{Value: string(role), Label: say.Capital(w.Say(string(role))), Hint: w.Say(does[role]), On: role == chosen})
	}
	return out
}

// ShowPeople lists who works at the desk.
func (p *Pages) ShowPeople(w http.ResponseWriter, r *http.Request) error {
	return p.listPeople(w, r, http.StatusOK, peoplePage{Roles: roles(page.VisitOf(r).Words, people.Reviewer)})
}

func (p *Pages) listPeople(w http.ResponseWriter, r *http.Request, status int, out peoplePage) error {
	v := page.VisitOf(r)
	all, err := p.People.All(r.Context())
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b people.User) int {
		if a.Disabled != b.Disabled {
			return map[bool]int{true: 1, false: -1}[a.Disabled]
		}
		return strings.Compare(a.Name, b.Name)
	})
	out.Frame, out.Adds = p.Frame(r, v.Words.Say("People")), v.User.Role.May(people.Manage)
	for _, u := range all {
		out.People = append(out.People, p.row(v, u))
	}
	return p.Render(w, r, status, "people", out)
}

func (p *Pages) row(v page.Visit, u people.User) row {
	w := v.Words
	return row{Name: u.Name, Does: w.Say(string(u.Role)), Second: second(w, u), Me: u.Name == v.User.Name, Out: u.Disabled, State: p.state(w, u), Signed: p.signed(w, u)}
}

// second says what she signs in with beside a password.
func second(w *say.Words, u people.User) string {
	switch app := u.TOTP.Secret != ""; {
	case app && len(u.Passkeys) > 0:
		return w.Say("App and passkey")
	case app:
		return w.Say("App")
	case len(u.Passkeys) > 0:
		return w.Say("Passkey")
	}
	return w.Say("None")
}

// state says whether somebody can sign in; empty: as everybody can.
func (p *Pages) state(w *say.Words, u people.User) string {
	invited := p.Now().Before(u.Invitation.Ends)
	switch {
	case u.Disabled:
		return w.Say("Shut out")
	case invited:
		return w.Say("Has a link until %s", w.Clock(u.Invitation.Ends, p.Now()))
	case u.Hash == "" && !u.Invitation.Ends.IsZero():
		return w.Say("Her link is over")
	case p.People.SetUp(u):
		return w.Say("Sets up a second step next time")
	}
	return ""
}

// signed says when somebody signed in last.
func (p *Pages) signed(w *say.Words, u people.User) string {
	if u.In.IsZero() {
		return w.Say("Never yet")
	}
	return w.Clock(u.In, p.Now())
}

// AddPerson makes somebody a user and shows the link by which she comes in.
func (p *Pages) AddPerson(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	words, name := page.VisitOf(r).Words, strings.ToLower(strings.TrimSpace(r.PostFormValue("name")))
	role, known := people.ParseRole(r.PostFormValue("role"))
	again := func(trouble string) error {
		return p.listPeople(w, r, http.StatusUnprocessableEntity, peoplePage{Trouble: words.Say(trouble), Name: name, Roles: roles(words, role)})
	}
	switch {
	case people.CheckName(name) != nil:
		return again("A name begins with a letter from a to z. Up to 31 more letters, digits, _ or - may follow, and nothing else. Nobody was added.")
	case !known:
		return again("Choose what she may do. Nobody was added.")
	}
	var code string
	err := p.Recorded(r, audit.Act{Do: "user-added", On: name, Note: string(role)}, func(ctx context.Context) (err error) {
		code, err = p.People.AddInvited(ctx, name, role)
		return err
	})
	switch {
	case errors.Is(err, people.ErrExists):
		return again("There is somebody of this name already. Nobody was added: choose another name, or open her in the list.")
	case err != nil:
		return err
	}
	return p.handOver(w, r, name, code, true)
}

// linkPage shows the link by which somebody comes in, once.
type linkPage struct {
	page.Frame
	Name, Link, Page, Code, Ends string
	// New: she is new here, and chooses her first password.
	New bool
}

// handOver shows a link. It is nowhere else: not in an address, a log or the store.
func (p *Pages) handOver(w http.ResponseWriter, r *http.Request, name, code string, isNew bool) error {
	v := page.VisitOf(r)
	out := linkPage{Frame: p.Frame(r, v.Words.Say("A link for %s", name)), Name: name, Code: code, New: isNew,
		Ends: v.Words.Clock(p.Now().Add(people.InvitationLife), p.Now())}
	out.Here = "/people"
	out.Link = people.Link(cmp.Or(p.URL, p.asked(r)), code)
	out.Page, _, _ = strings.Cut(out.Link, "#")
	return p.Render(w, r, http.StatusOK, "link", out)
}

// asked is the address by which the desk was asked for.
func (p *Pages) asked(r *http.Request) string {
	if p.Secure {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
