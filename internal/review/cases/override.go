package cases

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// overrideForm lets a privacy officer let out what the gate refuses.
type overrideForm struct {
	// Mark names the texts that were refused: only they are let out.
	Mark    string
	Reasons []reason
	Note    string
	// Only: it is about the private message alone.
	Only bool
	// Begun: she tried already, and something was missing.
	Begun bool
	// Never says why nobody may let these texts out; empty: she may.
	Never string
	// Second: somebody else has to confirm it.
	Second bool
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
	form.Mark, form.Only = v.mark(t), t.only
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
	form := &overrideForm{Note: t.why, Begun: t.override != "" || t.why != "", Second: v.Desk.Rules().FourEyes}
	for code, words := range respond.Overrides() {
		form.Reasons = append(form.Reasons, reason{Code: code, Words: v.Words.Whole(say.Capital(words)), On: code == t.override})
	}
	slices.SortFunc(form.Reasons, func(a, b reason) int { return strings.Compare(a.Words, b.Words) })
	return form
}

// mark names what is to be said, without its words.
func (p *Pages) mark(t *typed) string {
	words := t.reply
	if t.only {
		words = ""
	}
	if t.sendPrivate {
		words += "\x00" + t.private
	}
	return p.Desk.Names.Version(words)
}

// readOverride reads the reason for an override.
func (t *typed) readOverride(r *http.Request) {
	t.override, t.why = r.PostFormValue("override"), text(r, "override_note")
}

// Override approves what the gate refused, by the reason and the words of a privacy
// officer: exactly the texts that she was shown as refused.
func (p *Pages) Override(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, t *typed) error {
		t.refused = true
		t.readOverride(r)
		if r.PostFormValue("refused") != p.mark(t) {
			return &respond.CannotError{Why: "The words changed after the check refused them. See what it says of them now; nothing went out."}
		}
		if t.override == "" {
			return &respond.CannotError{Why: "Letting this out needs one of the reasons. Choose one."}
		}
		if err := t.into(&d); err != nil {
			return err
		}
		d.Override, d.Note = t.override, t.why
		_, err := p.Desk.Approve(r.Context(), d)
		return err
	})
}

// takeDown offers to delete our own reply.
type takeDown struct {
	// Online is for how long everybody could read it; empty: that is not known.
	Online   string
	ByHand   bool
	MayLeave bool
	// Leave asks why it may stay; nil: that is not asked.
	Leave *overrideForm
}

func (v *reader) takeDown(c respond.Case, may respond.Answers, t *typed) *takeDown {
	out := &takeDown{ByHand: !may.May(ingest.TakeDown), MayLeave: c.Lane != respond.LaneTakeDown || v.User.Role.May(people.Override)}
	if c.Lane == respond.LaneTakeDown && out.MayLeave {
		out.Leave = v.whyForm(t)
	}
	if at := c.Comment.Created; !at.IsZero() {
		out.Online = v.Words.Span(v.Now().Sub(at))
	}
	return out
}

// proposalCard shows what somebody proposed to those who may confirm it.
type proposalCard struct {
	// By and At are who proposed it and when, What and Why what it is and the reason.
	By, At, What, Why string
	// Covered: its words are shown once the comment is.
	Covered              bool
	Reply, Private, Note string
	// Hide says why the comment is to be hidden besides.
	Hide string
	// Mine: the reader proposed it. Confirm and Withdraw are what she may do about it.
	Mine, Confirm, Withdraw bool
}

// proposal opens what waits for a second person; nil: nothing does. The words that the
// gate refused are seen by those only who may let them out, beside the comment.
func (v *reader) proposal(ctx context.Context, c respond.Case, shown bool) (*proposalCard, error) {
	p, ok := c.Proposed()
	if !ok {
		return nil, nil
	}
	may := v.User.Role.May(people.Override)
	out := &proposalCard{By: p.By, At: v.clock(p.At), What: v.Words.Say(proposedWords[proposes(p)]), Why: v.Words.Whole(respond.Overrides()[p.Override]),
		Covered: !shown, Hide: v.Words.Whole(respond.HideReasons()[p.Hide]), Mine: p.By == v.User.Name, Withdraw: may}
	if out.Confirm = may && shown && !out.Mine; !may || !shown {
		return out, nil
	}
	open, _, err := v.Desk.Proposal(ctx, c)
	if err != nil && !errors.Is(err, respond.ErrGone) {
		return nil, err
	}
	out.Reply, out.Private, out.Note = open.ReplyWords, open.PrivateWords, open.NoteWords
	return out, nil
}

// proposes is what a proposal lets out.
func proposes(p respond.Proposal) ingest.ActionKind {
	switch {
	case p.Dismiss:
		return ingest.TakeDown
	case p.Reply != "":
		return ingest.Reply
	}
	return ingest.Private
}

// proposedWords says what is proposed; %s is added by the template.
var proposedWords = map[ingest.ActionKind]string{
	ingest.Reply: "to publish words that the check refuses", ingest.Private: "to send words that the check refuses",
	ingest.TakeDown: "to leave our reply online though the check refuses it",
}

// Confirm carries out what a colleague proposed.
func (p *Pages) Confirm(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, func(d respond.Decision, _ *typed) error {
		_, err := p.Desk.Confirm(r.Context(), d.Case, d.Step, d.By)
		return err
	})
}

// Withdraw takes back what was proposed.
func (p *Pages) Withdraw(w http.ResponseWriter, r *http.Request) error {
	return p.aside(w, r, func(c respond.Case, _ *typed) error {
		_, err := p.Desk.Withdraw(r.Context(), c.ID(), page.VisitOf(r).User.Name)
		return err
	})
}
