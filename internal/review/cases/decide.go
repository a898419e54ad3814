package cases

import (
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
	return strings.TrimSpace(strings.ToValidUTF8(lines(r, name), "\uFFFD"))
}

func lines(r *http.Request, name string) string {
	return strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n")
}

// checked is what the page is told about a text while it is being written.
type checked struct {
	measure
	Problems []problem `json:"problems"`
	Preview  []piece   `json:"preview"`
	Stops    string    `json:"stops"`
}

// Check says what the gate thinks of a text while it is being written, and how it will
// look.
func (p *Pages) Check(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	kind := ingest.ActionKind(r.PostFormValue("kind"))
	if fieldNames[kind] == "" {
		return page.ErrForm
	}
	words, v := lines(r, "text"), p.reader(r)
	found, err := p.Desk.Problems(r.Context(), c, kind, words)
	if err != nil {
		return err
	}
	caps := p.caps(c)
	out := checked{measure: v.measure(kind, words, caps), Problems: v.inWords(words, found), Preview: pieces(kind, words, caps)}
	out.Stops = v.stops(kind, out.Problems, out.Over)
	p.Answer(w, http.StatusOK, out)
	return nil
}

// readTyped reads what was typed and chosen in the form.
func readTyped(r *http.Request) *typed {
	t := &typed{reply: text(r, "reply"), private: text(r, "private_text"), reason: r.PostFormValue("reason"),
		sendPrivate: r.PostFormValue("private") != "", hide: r.PostFormValue("hide") != ""}
	t.wrote = r.PostForm.Has("reply") || r.PostForm.Has("private_text") || r.PostForm.Has("reason")
	switch r.PostFormValue("do") {
	case "hide":
		t.hide = true
	case "private":
		t.sendPrivate, t.only = true, true
	}
	return t
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
	t := readTyped(r)
	err = take(respond.Decision{Case: c.ID(), Step: step, By: page.VisitOf(r).User.Name}, t)
	if err != nil {
		return p.undecided(w, r, c, t, err)
	}
	p.Sessions.Put(r.Context(), decidedKey, c.ID())
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// undecided shows the case again with why nothing was decided.
func (p *Pages) undecided(w http.ResponseWriter, r *http.Request, c respond.Case, t *typed, cause error) error {
	v := p.reader(r)
	var refused *respond.RefusedError
	var cannot *respond.CannotError
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(cause, respond.ErrConflict):
		now, err := p.Desk.Cases.Get(r.Context(), c.ID())
		if err != nil {
			return err
		}
		c, status, t.notice = now, http.StatusConflict, v.overtaken(now)
	case errors.As(cause, &refused) && refused.Kind == respond.KindNote:
		t.notice = v.Words.Say("The note is not kept yet: it repeats what a note may not. It is marked below; your words are still there.")
	case errors.As(cause, &refused):
		t.refused = true
		t.notice = v.Words.Say("Not approved yet: something in the words may not be published. It is marked below; your text is kept.")
	case errors.As(cause, &cannot):
		t.notice = v.Words.Whole(cannot.Why)
	default:
		return cause
	}
	if t.note != "" {
		if err := v.recheck(r.Context(), c, t); err != nil {
			return err
		}
	}
	return p.renderCase(w, r, status, c, t)
}

// Look shows the case with what was typed as it would look, or with another wording in
// its place, for those whose browser does not do that by itself. It changes nothing.
func (p *Pages) Look(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	t := readTyped(r)
	if s := r.PostFormValue("wording"); s != "" {
		all, err := p.wordings(r.Context(), c)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n >= len(all) {
			return page.ErrForm
		}
		t.reply = all[n].Text
	}
	return p.renderCase(w, r, http.StatusOK, c, t)
}

// into puts what was typed into a decision.
func (t *typed) into(d *respond.Decision) error {
	if !t.only {
		d.Reply = t.reply
	}
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
			t.readOverride(r)
			switch {
			case !page.VisitOf(r).User.Role.May(people.Override):
				return &respond.CannotError{Why: "Only a privacy officer may leave these words online. Delete the reply, or ask her."}
			case t.override == "":
				return &respond.CannotError{Why: "Leaving this online needs one of the reasons. Choose one."}
			}
			d.Override, d.Note = t.override, t.why
		}
		_, err = p.Desk.Dismiss(r.Context(), d)
		return err
	})
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
