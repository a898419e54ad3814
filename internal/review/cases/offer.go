package cases

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// offer adds what the reader may decide.
func (v *reader) offer(ctx context.Context, page *casePage, c respond.Case, t *typed) (err error) {
	me := v.User
	page.Outcome = v.outcomeForm(c)
	if !c.Open() || !me.Role.May(people.Decide) {
		if t != nil {
			page.Yours = strings.TrimSpace(t.reply)
		}
		return nil
	}
	page.CanHand = slices.ContainsFunc(c.Actions, respond.Action.NeedsPerson)
	if c.Erased != "" || c.Lane == respond.LaneSample {
		return nil // nothing more can go out, or is asked for
	}
	if c.Comment.Own {
		page.TakeDown = &takeDown{ByHand: !page.may.May(ingest.TakeDown), MayLeave: c.Lane != respond.LaneTakeDown || me.Role.May(people.Override)}
		if c.Lane == respond.LaneTakeDown && page.TakeDown.MayLeave {
			page.TakeDown.Leave = v.whyForm(t)
		}
		if at := c.Comment.Created; !at.IsZero() {
			page.TakeDown.Online = v.Words.Span(v.Now().Sub(at))
		}
		return nil
	}
	if page.Form, err = v.form(ctx, draft{c: c, may: page.may, typed: t, seen: page.Said.Shown}); err != nil {
		return err
	}
	if t != nil && t.refused {
		page.Form.Override, page.Form.AskOfficer = v.overrideForm(t)
	}
	return nil
}

// notesOf are what is to be known before approving, each once. The window of a
// private message stands beside it, and a banner says that posting is off.
func (v *reader) notesOf(may respond.Answers) []string {
	var out []string
	for _, a := range slices.Concat(may.Of(ingest.Reply), may.Of(ingest.Private)) {
		if a.May && a.Code != "" && a.Code != respond.CodeWindow && a.Code != respond.CodeShadow && !slices.Contains(out, v.Words.Whole(a.Why)) {
			out = append(out, v.Words.Whole(a.Why))
		}
	}
	return out
}

// then says what approving does.
func (v *reader) then(f *decideForm, may respond.Answers) string {
	if v.Shadow() {
		return v.Words.Say("Approving records the decision. Nothing goes out.")
	}
	for _, a := range slices.Concat(may.Of(ingest.Reply), may.Of(ingest.Private)) {
		if a.May && a.Code != respond.CodeWindow && a.Until.After(v.Now()) {
			return v.Words.Say("What then becomes of it is said above. Until it goes out anybody can undo it.")
		}
	}
	if f.ByHand != "" {
		return v.Words.Say("Approving keeps the text here, for a person to publish it.")
	}
	return v.Words.Say("It goes out %s after you approve. Until then anybody can undo it.", v.Words.Span(v.Desk.Rules().Window))
}

// window is for how long a private message is possible, and the sentence about it.
func (v *reader) window(may respond.Answers) (left, why string) {
	for _, a := range may.Of(ingest.Private) {
		if a.Code == respond.CodeWindow {
			return v.Words.Whole(respond.Left(a.Until.Sub(v.Now()))), v.Words.Whole(a.Why)
		}
	}
	return "", ""
}

// overrideForm lets a privacy officer let out what the gate refuses.
type overrideForm struct {
	// Mark names the texts that were refused: only they are let out.
	Mark    string
	Reasons []reason
	Note    string
	// Begun: she tried already, and something was missing.
	Begun bool
	// Never says why nobody may let these texts out; empty: she may.
	Never string
}

// overrideForm makes the form after the gate refused; for others than officers it
// says whom to ask.
func (v *reader) overrideForm(t *typed) (form *overrideForm, ask bool) {
	refused := slices.Concat(t.problems[ingest.Reply], t.problems[ingest.Private])
	if len(refused) == 0 {
		return nil, false
	}
	if !v.User.Role.May(people.Override) {
		return nil, true
	}
	form = v.whyForm(t)
	form.Mark = v.mark(t)
	if len(respond.Stops(refused, "any")) > 0 {
		form.Never = v.Words.Say("A text with hidden characters, or one that is too long, goes out for nobody: mend that first.")
	}
	return form, false
}

// whyForm asks for the reason of an override, with what was chosen before; t may be nil.
func (v *reader) whyForm(t *typed) *overrideForm {
	if t == nil {
		t = &typed{}
	}
	form := &overrideForm{Note: t.note, Begun: t.override != "" || t.note != ""}
	for code, words := range respond.Overrides() {
		form.Reasons = append(form.Reasons, reason{Code: code, Words: v.Words.Whole(say.Capital(words)), On: code == t.override})
	}
	slices.SortFunc(form.Reasons, func(a, b reason) int { return strings.Compare(a.Words, b.Words) })
	return form
}

// mark names what is to be said, without its words.
func (p *Pages) mark(t *typed) string {
	words := t.reply
	if t.sendPrivate {
		words += "\x00" + t.private
	}
	return p.Desk.Names.Version(words)
}

// Override approves what the gate refused, by the reason and the words of a privacy
// officer: exactly the texts that she was shown as refused.
func (p *Pages) Override(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, t *typed) error {
		t.refused, t.override, t.note = true, r.PostFormValue("override"), text(r, "override_note")
		if r.PostFormValue("refused") != p.mark(t) {
			return &respond.CannotError{Why: "The words changed after the check refused them. See what it says of them now; nothing went out."}
		}
		if t.override == "" {
			return &respond.CannotError{Why: "Letting this out needs one of the reasons. Choose one."}
		}
		if err := t.into(&d); err != nil {
			return err
		}
		d.Override, d.Note = t.override, t.note
		_, err := p.Desk.Approve(r.Context(), d)
		return err
	})
}

// outcomeForm tells, and asks, what became of a conversation.
type outcomeForm struct {
	// Is says what was recorded; empty: nothing was.
	Is      string
	Choices []reason
}

// outcomeForm makes the form; nil: there is nothing to ask.
func (v *reader) outcomeForm(c respond.Case) *outcomeForm {
	f := &outcomeForm{}
	if o := c.Outcome; o != nil {
		f.Is = v.Words.Outcome(o.Code) + ": " + o.By + ", " + v.clock(o.At) + "."
	}
	if c.CanOutcome() && v.User.Role.May(people.Decide) {
		for _, code := range respond.Outcomes {
			f.Choices = append(f.Choices, reason{Code: code, Words: v.Words.Outcome(code), On: c.Outcome != nil && c.Outcome.Code == code})
		}
	}
	if f.Is == "" && f.Choices == nil {
		return nil
	}
	return f
}

// Outcome records what became of a conversation.
func (p *Pages) Outcome(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	if _, err := p.Desk.Outcome(r.Context(), c.ID(), r.PostFormValue("outcome"), page.VisitOf(r).User.Name); err != nil {
		return p.undecided(w, r, c, &typed{}, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// unusual says that nobody approved an action, or that the gate refused it.
func (v *reader) unusual(a respond.Action) string {
	w := v.Words
	switch {
	case a.Override != "":
		return w.Say("Let out against the check by %s: %s.", a.By, w.Whole(respond.Overrides()[a.Override]))
	case a.By == respond.Machine && a.State == respond.Approved:
		if happens(a.Kind) {
			return w.Say("Approved automatically, happens at %s. Anybody can stop it until then.", v.clock(a.Due))
		}
		return w.Say("Approved automatically, goes out at %s. Anybody can stop it until then.", v.clock(a.Due))
	case a.By == respond.Machine && a.State == respond.Sent:
		return w.Say("Approved automatically.")
	}
	return ""
}
