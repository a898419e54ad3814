package cases

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
	"triage/internal/review/page"
)

// team is what colleagues arrange about a case: who looks after it, and their notes.
type team struct {
	// Assignee is who looks after it; empty: nobody in particular. Mine: the reader.
	Assignee string
	Mine     bool
	// Others are those to whom it can be given; nil: the reader may not.
	Others []string
	Notes  []noteLine
	// Hidden says how many notes there are that her role may not read.
	Hidden string
	// Write is a new note; nil: none can be written.
	Write *textField
	// MayAssign: she may give it to somebody.
	MayAssign bool
}

// noteLine is one note.
type noteLine struct {
	By, When string
	// Words are what it says; empty: they were erased.
	Words []inert.Piece
}

// team opens the notes of a case and asks for more.
func (v *reader) team(ctx context.Context, c respond.Case, t *typed) (out team, err error) {
	out = team{Assignee: c.Assignee, Mine: c.Assignee == v.User.Name, MayAssign: v.User.Role.May(people.Decide)}
	if !v.User.Role.May(people.Reveal) {
		if len(c.Notes) > 0 {
			out.Hidden = v.Words.Count(len(c.Notes), "%d note, which your role may not read.")
		}
		return out, nil
	}
	notes, err := v.Desk.Notes(ctx, c)
	if err != nil {
		return out, err
	}
	for _, n := range notes {
		words, _ := inert.Text(n.Words, nil)
		out.Notes = append(out.Notes, noteLine{n.By, v.clock(n.At), words})
	}
	if !out.MayAssign {
		return out, nil
	}
	if c.Erased == "" && len(c.Notes) < respond.NotesMost {
		is, words := writing{}, ""
		if t != nil {
			words, is.problems = t.note, t.problems
		}
		out.Write = v.field(respond.KindNote, words, is)
	}
	out.Others, err = v.colleagues(ctx, c)
	return out, err
}

// colleagues are the others who may decide, in alphabetical order.
func (v *reader) colleagues(ctx context.Context, c respond.Case) ([]string, error) {
	all, err := v.People.All(ctx)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, u := range all {
		if works(u) && u.Name != v.User.Name && u.Name != c.Assignee {
			out = append(out, u.Name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// works reports whether a case can be given to a user.
func works(u people.User) bool { return !u.Disabled && u.Role.May(people.Decide) }

// Assign gives a case to somebody, or to nobody in particular.
func (p *Pages) Assign(w http.ResponseWriter, r *http.Request) error {
	return p.aside(w, r, func(c respond.Case, _ *typed) error {
		to := r.PostFormValue("to")
		if to != "" {
			u, err := p.People.Get(r.Context(), to)
			if err != nil || !works(u) {
				return &respond.CannotError{Why: "Nobody of this name can look after a case. Choose somebody else."}
			}
			to = u.Name
		}
		_, err := p.Desk.Assign(r.Context(), c.ID(), to, page.VisitOf(r).User.Name)
		return err
	})
}

// Note leaves a note for colleagues.
func (p *Pages) Note(w http.ResponseWriter, r *http.Request) error {
	return p.aside(w, r, func(c respond.Case, t *typed) error {
		t.note = text(r, "note")
		_, err := p.Desk.AddNote(r.Context(), c.ID(), t.note, page.VisitOf(r).User.Name)
		return err
	})
}

// aside does something on a case that is no decision, and sends on to the case. If it
// cannot be done the case is shown with why, and with what was typed.
func (p *Pages) aside(w http.ResponseWriter, r *http.Request, do func(respond.Case, *typed) error) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	t := readTyped(r)
	if err := do(c, t); err != nil {
		if now, again := p.Desk.Cases.Get(r.Context(), c.ID()); again == nil {
			c = now
		}
		return p.undecided(w, r, c, t, err)
	}
	if t.wrote && t.note != "" {
		return p.withNote(w, r, t)
	}
	to := "/cases/" + c.ID()
	if t.note != "" || r.PostForm.Has("to") {
		to += "#team"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// withNote shows the case after a note was left from a page on which a reply was being
// written, without a script: it is still there.
func (p *Pages) withNote(w http.ResponseWriter, r *http.Request, t *typed) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	t.note, t.notice = "", page.VisitOf(r).Words.Say("The note is saved. What you were writing is still here.")
	return p.renderCase(w, r, http.StatusOK, c, t)
}

// recheck asks the gate about all that would be said, not only the first text
// that it refused.
func (v *reader) recheck(ctx context.Context, c respond.Case, t *typed) error {
	t.problems = map[ingest.ActionKind][]respond.Problem{}
	for kind, words := range map[ingest.ActionKind]string{ingest.Reply: t.reply, ingest.Private: t.private, respond.KindNote: t.note} {
		if strings.TrimSpace(words) == "" || kind == ingest.Private && !t.sendPrivate || kind == ingest.Reply && t.only {
			continue
		}
		problems, err := v.Desk.Problems(ctx, c, kind, words)
		if err != nil {
			return err
		}
		t.problems[kind] = problems
	}
	return nil
}
