package review

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
)

// text reads a field as it will be said: lines end in one character.
func text(r *http.Request, name string) string {
	s := strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n")
	return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
}

// check says what the gate thinks of a text while it is being written.
func (p *pages) check(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	kind := ingest.ActionKind(r.PostFormValue("kind"))
	if kind != ingest.Reply && kind != ingest.Private {
		return errForm
	}
	words := strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	problems, err := p.Desk.Problems(r.Context(), c, kind, words)
	if err != nil {
		return err
	}
	n, _ := p.caps(c).Count(kind, words)
	p.answer(w, http.StatusOK, struct {
		Length   string    `json:"length"`
		Problems []problem `json:"problems"`
	}{grouped(n), inWords(words, problems)})
	return nil
}

// decide carries out a decision and sends on to its case. If it cannot be
// carried out the case is shown as it is now, with what was typed.
func (p *pages) decide(w http.ResponseWriter, r *http.Request, take func(respond.Decision, *typed) error) error {
	if err := form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	step, err := strconv.Atoi(r.PostFormValue("step"))
	if err != nil || step < 1 {
		return errForm
	}
	t := &typed{reply: text(r, "reply"), private: text(r, "private_text"), reason: r.PostFormValue("reason"),
		sendPrivate: r.PostFormValue("private") != "", hide: r.PostFormValue("hide") != ""}
	t.wrote = r.PostForm.Has("reply") || r.PostForm.Has("private_text") || r.PostForm.Has("reason")
	err = take(respond.Decision{Case: c.ID(), Step: step, By: visitOf(r).user.Name}, t)
	if err != nil {
		return p.undecided(w, r, c, t, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// undecided shows the case again with why nothing was decided.
func (p *pages) undecided(w http.ResponseWriter, r *http.Request, c respond.Case, t *typed, cause error) error {
	var refused *respond.RefusedError
	var cannot *respond.CannotError
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(cause, respond.ErrConflict):
		now, err := p.Desk.Cases.Get(r.Context(), c.ID())
		if err != nil {
			return err
		}
		c, status, t.notice = now, http.StatusConflict, p.overtaken(now, visitOf(r).user)
	case errors.As(cause, &refused):
		t.refused = true
		t.notice = "Not approved yet: something in the words may not be published. It is marked below; your text is kept."
	case errors.As(cause, &cannot):
		t.notice = cannot.Why
	default:
		return cause
	}
	return p.renderCase(w, r, status, c, t)
}

// overtaken says who was faster, from the last step of a case.
func (p *pages) overtaken(c respond.Case, me people.User) string {
	var e respond.Entry
	for _, h := range c.History {
		if h.Step() {
			e = h
		}
	}
	what := map[string]string{"approved": "approved it", "dismissed": "decided that nothing is to be said",
		"handled": "marked it as handled", "undone": "took the decision back"}[e.Do]
	at := " at " + p.clock(e.At) + "."
	switch {
	case e.Do == "edited":
		return "The comment was edited" + at + " Please look at it as it is now. Nothing of yours went out."
	case what == "":
		return "The case went on a moment ago. Please look at it as it is now. Nothing of yours went out."
	case e.By == me.Name:
		return "You have decided this already: you " + what + at
	}
	return "Somebody else decided this a moment ago: " + e.By + " " + what + at
}

// recheck asks the gate about all that would be said, not only the first text
// that it refused.
func (p *pages) recheck(ctx context.Context, c respond.Case, t *typed) error {
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

func (p *pages) approve(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, t *typed) error {
		if err := t.into(&d); err != nil {
			return err
		}
		_, err := p.Desk.Approve(r.Context(), d)
		return err
	})
}

func (p *pages) takeDown(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, _ *typed) error {
		d.TakeDown = true
		_, err := p.Desk.Approve(r.Context(), d)
		return err
	})
}

// dismiss decides that nothing is to be said. Leaving our own unsafe words
// online overrides the gate: line staff may not, and others say why.
func (p *pages) dismiss(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, t *typed) error {
		c, err := p.Desk.Cases.Get(r.Context(), d.Case)
		if err != nil {
			return err
		}
		if c.Lane == respond.LaneTakeDown {
			t.override, t.note = r.PostFormValue("override"), text(r, "override_note")
			switch {
			case !visitOf(r).user.Role.May(people.Override):
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

// label takes what somebody says that the comment is.
func (p *pages) label(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	l := respond.Label{Urgent: r.PostFormValue("urgent") != "", Identifier: r.PostFormValue("identifier") != ""}
	if l.Level.UnmarshalText([]byte(r.PostFormValue("level"))) != nil {
		return errForm
	}
	if _, err := p.Desk.Label(r.Context(), c.ID(), l, respond.Entry{By: visitOf(r).user.Name}); err != nil {
		return p.undecided(w, r, c, &typed{}, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

func (p *pages) handled(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, _ *typed) error {
		_, err := p.Desk.Handle(r.Context(), d)
		return err
	})
}

func (p *pages) undo(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	if _, err = p.Desk.Undo(r.Context(), c.ID(), visitOf(r).user.Name); err != nil {
		if now, again := p.Desk.Cases.Get(r.Context(), c.ID()); again == nil {
			c = now
		}
		return p.undecided(w, r, c, &typed{}, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// reveal shows the comment to the reader, and has that recorded.
func (p *pages) reveal(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	_, err = p.Desk.Reveal(r.Context(), c.ID(), visitOf(r).user.Name)
	if err != nil && !errors.Is(err, respond.ErrGone) {
		return err
	}
	p.show(r.Context(), c.Comment.Key(), p.Now())
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// cover hides the comment again.
func (p *pages) cover(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	p.show(r.Context(), c.Comment.Key(), time.Time{})
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}
