package cases

import (
	"net/http"
	"strings"

	"triage/internal/classify"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
)

// labelForm asks what the comment is, of somebody who has it before her.
type labelForm struct {
	// Sample: it was not flagged, and this is all that is asked about it.
	Sample bool
	// Covered: the comment is to be revealed first.
	Covered            bool
	Levels             []labelLevel
	Urgent, Identifier bool
}

type labelLevel struct {
	Code, Words string
	On          bool
}

// labelForm makes the form, with what was said before, or else the classifier;
// of a sample nothing is said before. nil: there is nothing to say.
func (v *reader) labelForm(c respond.Case, shown bool) *labelForm {
	f := &labelForm{Sample: c.Lane == respond.LaneSample && c.Open(), Covered: !shown}
	if !v.User.Role.May(people.Decide) || !c.CanLabel() || f.Covered && !f.Sample {
		return nil
	}
	is, known := respond.Label{Level: c.Judgement.Level, Urgent: c.Judgement.Urgent, Identifier: c.Judgement.Identifier}, c.Judgement.Judged && !f.Sample
	if c.Label != nil {
		is, known = *c.Label, true
	}
	f.Urgent, f.Identifier = is.Urgent, is.Identifier
	for l := classify.None; l <= classify.Clear; l++ {
		f.Levels = append(f.Levels, labelLevel{l.String(), v.Words.Say(levelWords[l]), known && l == is.Level})
	}
	return f
}

// levelWords says what a level means.
var levelWords = map[classify.Level]string{
	classify.None: "Nothing about anybody's health", classify.Possible: "Somebody's care is alluded to, without a detail",
	classify.Clear: "A medical detail of somebody",
}

// sampled says of a case that nothing flagged it.
func (v *reader) sampled(c respond.Case) string {
	if c.Sampled == "" {
		return ""
	}
	return v.Words.Say("It was not flagged, and was picked at random.")
}

// Label takes what somebody says that the comment is. One of the sample that was
// rightly not flagged makes room for the next.
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
	me := page.VisitOf(r).User
	now, err := p.Desk.Label(r.Context(), c.ID(), l, respond.Entry{By: me.Name})
	if err != nil {
		return p.undecided(w, r, c, &typed{}, err)
	}
	to := c.ID()
	if c.Lane == respond.LaneSample && c.Open() && !now.Open() {
		p.Sessions.Put(r.Context(), decidedKey, c.ID())
		if _, next := p.Beside(now, me); next != "" {
			to = next
		}
	}
	http.Redirect(w, r, "/cases/"+to, http.StatusSeeOther)
	return nil
}

// labelled says what a label's code says: "clear+urgent".
func (v *reader) labelled(code string) string {
	parts := strings.Split(code, "+")
	for i, c := range parts {
		parts[i] = v.Words.Say(labelWords[c])
	}
	return strings.Join(parts, ", ")
}

// labelWords says what a label's codes mean, as the history does.
var labelWords = map[string]string{
	"none": "none", "possible": "possible", "clear": "clear", "urgent": "urgent", "identifier": "identifier",
}
