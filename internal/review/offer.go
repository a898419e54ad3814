package review

import (
	"net/http"
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
)

// offer adds what the reader may decide.
func (p *pages) offer(r *http.Request, page *casePage, c respond.Case, t *typed) (err error) {
	me := visitOf(r).user
	page.Outcome = p.outcomeForm(c, me)
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
			page.TakeDown.Leave = whyForm(t)
		}
		if at := c.Comment.Created; !at.IsZero() {
			page.TakeDown.Online = span(p.Now().Sub(at))
		}
		return nil
	}
	if page.Form, err = p.form(r.Context(), draft{c: c, may: page.may, typed: t, seen: page.Said.Shown}); err != nil {
		return err
	}
	if t != nil && t.refused {
		page.Form.Override, page.Form.AskOfficer = p.overrideForm(t, me)
	}
	return nil
}

// notesOf are what is to be known before approving, each once. The window of a
// private message stands beside it, and a banner says that posting is off.
func notesOf(may respond.Answers) []string {
	var out []string
	for _, a := range slices.Concat(may.Of(ingest.Reply), may.Of(ingest.Private)) {
		if a.May && a.Code != "" && a.Code != respond.CodeWindow && a.Code != respond.CodeShadow && !slices.Contains(out, a.Why) {
			out = append(out, a.Why)
		}
	}
	return out
}

// then says what approving does.
func (p *pages) then(f *decideForm, may respond.Answers) string {
	if p.shadow() {
		return "Approving records the decision. Nothing goes out."
	}
	for _, a := range slices.Concat(may.Of(ingest.Reply), may.Of(ingest.Private)) {
		if a.May && a.Code != respond.CodeWindow && a.Until.After(p.Now()) {
			return "What then becomes of it is said above. Until it goes out anybody can undo it."
		}
	}
	if f.ByHand != "" {
		return "Approving keeps the text here, for a person to publish it."
	}
	return "It goes out " + span(p.Desk.Rules().Window) + " after you approve. Until then anybody can undo it."
}

// window is for how long a private message is possible, and the sentence about it.
func (p *pages) window(may respond.Answers) (left, why string) {
	for _, a := range may.Of(ingest.Private) {
		if a.Code == respond.CodeWindow {
			return respond.Left(a.Until.Sub(p.Now())), a.Why
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
func (p *pages) overrideForm(t *typed, me people.User) (form *overrideForm, ask bool) {
	refused := slices.Concat(t.problems[ingest.Reply], t.problems[ingest.Private])
	if len(refused) == 0 {
		return nil, false
	}
	if !me.Role.May(people.Override) {
		return nil, true
	}
	form = whyForm(t)
	form.Mark = p.mark(t)
	if len(respond.Stops(refused, "any")) > 0 {
		form.Never = "A text with hidden characters, or one that is too long, goes out for nobody: mend that first."
	}
	return form, false
}

// whyForm asks for the reason of an override, with what was chosen before; t may be nil.
func whyForm(t *typed) *overrideForm {
	if t == nil {
		t = &typed{}
	}
	form := &overrideForm{Note: t.note, Begun: t.override != "" || t.note != ""}
	for code, words := range respond.Overrides() {
		form.Reasons = append(form.Reasons, reason{Code: code, Words: capital(words), On: code == t.override})
	}
	slices.SortFunc(form.Reasons, func(a, b reason) int { return strings.Compare(a.Words, b.Words) })
	return form
}

// mark names what is to be said, without its words.
func (p *pages) mark(t *typed) string {
	words := t.reply
	if t.sendPrivate {
		words += "\x00" + t.private
	}
	return p.Desk.Names.Version(words)
}

// override approves what the gate refused, by the reason and the words of a privacy
// officer: exactly the texts that she was shown as refused.
func (p *pages) override(w http.ResponseWriter, r *http.Request) error {
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
func (p *pages) outcomeForm(c respond.Case, me people.User) *outcomeForm {
	f := &outcomeForm{}
	if o := c.Outcome; o != nil {
		f.Is = outcomeWords[o.Code] + ": " + o.By + ", " + p.clock(o.At) + "."
	}
	if c.CanOutcome() && me.Role.May(people.Decide) {
		for _, code := range respond.Outcomes {
			f.Choices = append(f.Choices, reason{Code: code, Words: outcomeWords[code], On: c.Outcome != nil && c.Outcome.Code == code})
		}
	}
	if f.Is == "" && f.Choices == nil {
		return nil
	}
	return f
}

// outcome records what became of a conversation.
func (p *pages) outcome(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	if _, err := p.Desk.Outcome(r.Context(), c.ID(), r.PostFormValue("outcome"), visitOf(r).user.Name); err != nil {
		return p.undecided(w, r, c, &typed{}, err)
	}
	http.Redirect(w, r, "/cases/"+c.ID(), http.StatusSeeOther)
	return nil
}

// outcomeWords says what became of a conversation.
var outcomeWords = map[string]string{
	respond.Reached: "Reached", respond.Booked: "Booked", respond.NoAnswer: "No answer", respond.Declined: "Declined",
}

// overruled says of a note such as "reply:consent:HASH" what went out and why.
func overruled(note string) string {
	parts := strings.Split(note+":", ":")
	if kindOf(note) == ingest.TakeDown {
		return sentence("Our reply stays online, because "+respond.Overrides()[parts[1]], "")
	}
	return sentence(kindWords[kindOf(note)]+", because "+respond.Overrides()[parts[1]], "")
}

// unusual says that nobody approved an action, or that the gate refused it.
func (p *pages) unusual(a respond.Action) string {
	switch {
	case a.Override != "":
		return sentence("Let out against the check by "+a.By+": "+respond.Overrides()[a.Override], "")
	case a.By == respond.Machine && a.State == respond.Approved:
		return "Approved automatically, " + lower(verb(a.Kind)) + " at " + p.clock(a.Due) + ". Anybody can stop it until then."
	case a.By == respond.Machine && a.State == respond.Sent:
		return "Approved automatically."
	}
	return ""
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
