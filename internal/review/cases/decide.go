package cases

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
)

// text reads a field as it will be said: lines end in one character.
func text(r *http.Request, name string) string {
	s := strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n")
	return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
}

// Check says what the gate thinks of a text while it is being written.
func (p *Pages) Check(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	kind := ingest.ActionKind(r.PostFormValue("kind"))
	if kind != ingest.Reply && kind != ingest.Private {
		return page.ErrForm
	}
	words := strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	problems, err := p.Desk.Problems(r.Context(), c, kind, words)
	if err != nil {
		return err
	}
	n, _ := p.caps(c).Count(kind, words)
	v := p.reader(r)
	p.Answer(w, http.StatusOK, struct {
		Length   string    `json:"length"`
		Problems []problem `json:"problems"`
	}{v.Words.Number(n), v.inWords(words, problems)})
	return nil
}

// decide carries out a decision and sends on to its case. If it cannot be
// carried out the case is shown as it is now, with what was typed.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request, take func(respond.Decision, *typed) error) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	step, err := strconv.Atoi(r.PostFormValue("step"))
	if err != nil || step < 1 {
		return page.ErrForm
	}
	t := &typed{reply: text(r, "reply"), private: text(r, "private_text"), reason: r.PostFormValue("reason"),
		sendPrivate: r.PostFormValue("private") != "", hide: r.PostFormValue("hide") != ""}
	t.wrote = r.PostForm.Has("reply") || r.PostForm.Has("private_text") || r.PostForm.Has("reason")
	err = take(respond.Decision{Case: c.ID(), Step: step, By: page.VisitOf(r).User.Name}, t)
	if err != nil {
		return p.undecided(w, r, c, t, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// undecided shows the case again with why nothing was decided.
func (p *Pages) undecided(w http.ResponseWriter, r *http.Request, c respond.Case, t *typed, cause error) error {
	var refused *respond.RefusedError
	var cannot *respond.CannotError
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(cause, respond.ErrConflict):
		now, err := p.Desk.Cases.Get(r.Context(), c.ID())
		if err != nil {
			return err
		}
		c, status, t.notice = now, http.StatusConflict, p.reader(r).overtaken(now)
	case errors.As(cause, &refused):
		t.refused = true
		t.notice = p.reader(r).Words.Say("Not approved yet: something in the words may not be published. It is marked below; your text is kept.")
	case errors.As(cause, &cannot):
		t.notice = p.reader(r).Words.Whole(cannot.Why)
	default:
		return cause
	}
	return p.renderCase(w, r, status, c, t)
}

// fasterWords say who was faster: somebody else, or the reader herself before.
var fasterWords = map[string][2]string{
	"approved":  {"Somebody else decided this a moment ago: %s approved it at %s.", "You have decided this already: you approved it at %[2]s."},
	"dismissed": {"Somebody else decided this a moment ago: %s decided that nothing is to be said, at %s.", "You have decided this already: you decided that nothing is to be said, at %[2]s."},
	"handled":   {"Somebody else decided this a moment ago: %s marked it as handled at %s.", "You have decided this already: you marked it as handled at %[2]s."},
	"undone":    {"Somebody else decided this a moment ago: %s took the decision back at %s.", "You have decided this already: you took the decision back at %[2]s."},
}

// overtaken says who was faster, from the last step of a case.
func (v *reader) overtaken(c respond.Case) string {
	var e respond.Entry
	for _, h := range c.History {
		if h.Step() {
			e = h
		}
	}
	what, known := fasterWords[e.Do]
	switch {
	case e.Do == "edited":
		return v.Words.Say("The comment was edited at %s. Please look at it as it is now. Nothing of yours went out.", v.clock(e.At))
	case !known:
		return v.Words.Say("The case went on a moment ago. Please look at it as it is now. Nothing of yours went out.")
	case e.By == v.User.Name:
		return v.Words.Say(what[1], e.By, v.clock(e.At))
	}
	return v.Words.Say(what[0], e.By, v.clock(e.At))
}

// recheck asks the gate about all that would be said, not only the first text
// that it refused.
func (p *Pages) recheck(ctx context.Context, c respond.Case, t *typed) error {
	t.problems = map[ingest.ActionKind][]respond.Problem{}
	for kind, words := range map[ingest.ActionKind]string{ingest.Reply: t.reply, ingest.Private: t.private} {
		if words == "" || kind == ingest.Private && !t.sendPrivate {
			continue
		}
		problems, err := p.Desk.Problems(ctx, c, kind, words)
		if err != nil {
			return err
		}
		t.problems[kind] = problems
	}
	return nil
}

// into puts what was typed into a decision.
func (t *typed) into(d *respond.Decision) error {
	d.Reply = t.reply
	if t.sendPrivate {
		if d.Private = t.private; d.Private == "" {
			return &respond.CannotError{Why: "The private message is empty: write it, or untick it."}
		}
	}
	if t.hide {
		if d.Hide = t.reason; d.Hide == "" {
			return &respond.CannotError{Why: "Hiding needs a privacy reason: choose one, or untick it."}
		}
	}
	return nil
}

// Approve takes a decision to act.
func (p *Pages) Approve(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, t *typed) error {
		if err := t.into(&d); err != nil {
			return err
		}
		_, err := p.Desk.Approve(r.Context(), d)
		return err
	})
}

// TakeDown has our own reply deleted.
func (p *Pages) TakeDown(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, _ *typed) error {
		d.TakeDown = true
		_, err := p.Desk.Approve(r.Context(), d)
		return err
	})
}

// Dismiss decides that nothing is to be said. Leaving our own unsafe words
// online overrides the gate: line staff may not, and others say why.
func (p *Pages) Dismiss(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, t *typed) error {
		c, err := p.Desk.Cases.Get(r.Context(), d.Case)
		if err != nil {
			return err
		}
		if c.Lane == respond.LaneTakeDown {
			t.override, t.note = r.PostFormValue("override"), text(r, "override_note")
			switch {
			case !page.VisitOf(r).User.Role.May(people.Override):
				return &respond.CannotError{Why: "Only a privacy officer may leave these words online. Delete the reply, or ask her."}
			case t.override == "":
				return &respond.CannotError{Why: "Leaving this online needs one of the reasons. Choose one."}
			}
			d.Override, d.Note = t.override, t.note
		}
		_, err = p.Desk.Dismiss(r.Context(), d)
		return err
	})
}

// Label takes what somebody says that the comment is.
func (p *Pages) Label(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	l := respond.Label{Urgent: r.PostFormValue("urgent") != "", Identifier: r.PostFormValue("identifier") != ""}
	if l.Level.UnmarshalText([]byte(r.PostFormValue("level"))) != nil {
		return page.ErrForm
	}
	if _, err := p.Desk.Label(r.Context(), c.ID(), l, respond.Entry{By: page.VisitOf(r).User.Name}); err != nil {
		return p.undecided(w, r, c, &typed{}, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// Handle records that somebody did by hand what was to be done.
func (p *Pages) Handle(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, _ *typed) error {
		_, err := p.Desk.Handle(r.Context(), d)
		return err
	})
}

// Undo takes a decision back.
func (p *Pages) Undo(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	if _, err = p.Desk.Undo(r.Context(), c.ID(), page.VisitOf(r).User.Name); err != nil {
		if now, again := p.Desk.Cases.Get(r.Context(), c.ID()); again == nil {
			c = now
		}
		return p.undecided(w, r, c, &typed{}, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// Reveal shows the comment to the reader, and has that recorded.
func (p *Pages) Reveal(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	_, err = p.Desk.Reveal(r.Context(), c.ID(), page.VisitOf(r).User.Name)
	if err != nil && !errors.Is(err, respond.ErrGone) {
		return err
	}
	p.show(r.Context(), c.Comment.Key(), p.Now())
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// Cover hides the comment again.
func (p *Pages) Cover(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	p.show(r.Context(), c.Comment.Key(), time.Time{})
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}
