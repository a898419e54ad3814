package cases

import (
	"context"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// decideForm is what we would say, to be approved or changed.
type decideForm struct {
	// Reply, Private and Hide are nil where that may not be done: then NoReply and
	// its like say why.
	Reply                      *textField
	Private                    *textField
	Hide                       *hideField
	NoReply, NoPrivate, NoHide string
	// ByHand says why the reply is to be copied and published by a person.
	ByHand string
	// Window says for how long a private message is possible, Notes what else is to
	// be known before approving.
	Window string
	Notes  []string
	// Then says what approving does.
	Then string
	// Override lets a refused text out; AskOfficer: somebody else can do that.
	Override   *overrideForm
	AskOfficer bool
	// SendPrivate: the private message is ticked.
	SendPrivate bool
	Wordings    []string
	Suggested   bool
}

// textField is a text to be said, and what the gate says about it.
type textField struct {
	Kind, Name, Text string
	Length, Limit    string
	Max              int
	Problems         []problem
	Checked          bool
}

// problem is one thing that may not be said, for people and for the page: a
// sentence around the words it is about.
type problem struct {
	Lead  string `json:"lead"`
	Words string `json:"words"`
	Rest  string `json:"rest"`
	// Start and End count as JavaScript does, in UTF-16.
	Start int `json:"start"`
	End   int `json:"end"`
}

// hideField offers to hide the comment.
type hideField struct {
	On      bool
	Note    string
	Reasons []reason
}

type reason struct {
	Code, Words string
	On          bool
}

// draft is what a form is made of.
type draft struct {
	c   respond.Case
	may respond.Answers
	// typed is what was typed before; nil: nothing was.
	typed *typed
	seen  bool // the comment is shown beside it
}

// form makes the form of a case: the suggestion, or what was typed; and what may not
// be done, with the reason.
func (v *reader) form(ctx context.Context, d draft) (*decideForm, error) {
	c := d.c
	f := &decideForm{Suggested: c.Suggestion != nil, Notes: v.notesOf(d.may)}
	in := typed{}
	if s := c.Suggestion; s != nil {
		in = typed{reply: s.Text, private: s.Private, sendPrivate: s.Private != "", reason: s.Hide, hide: s.Hide != ""}
	}
	if d.typed != nil && d.typed.wrote {
		in = *d.typed
	}
	if err := v.recheck(ctx, c, &in); err != nil {
		return nil, err
	}
	if d.typed != nil {
		d.typed.problems = in.problems
	}
	caps := v.caps(c)
	if stop, stopped := d.may.Stop(ingest.Reply); stopped && !stop.ByHand() {
		f.NoReply = v.Words.Whole(stop.Why)
	} else {
		f.ByHand, f.Reply = v.Words.Whole(stop.Why), v.field(ingest.Reply, "reply", in.reply, caps, in.problems)
		if f.Suggested || d.seen {
			var err error
			if f.Wordings, err = v.wordings(ctx, c); err != nil {
				return nil, err
			}
		}
	}
	v.beside(f, d.may, in, caps)
	f.Then = v.then(f, d.may)
	return f, nil
}

// beside adds what can go with the public reply: a private message and hiding.
func (v *reader) beside(f *decideForm, may respond.Answers, in typed, caps ingest.Capabilities) {
	if stop, stopped := may.Stop(ingest.Private); stopped {
		f.NoPrivate = v.Words.Whole(stop.Why)
	} else {
		f.Private, f.SendPrivate = v.field(ingest.Private, "private_text", in.private, caps, in.problems), in.sendPrivate
		_, f.Window = v.window(may)
	}
	if stop, stopped := may.Stop(ingest.Hide); stopped {
		f.NoHide = v.Words.Whole(stop.Why)
	} else {
		f.Hide = &hideField{On: in.hide, Note: v.Words.Whole(caps.HideNote), Reasons: v.hideReasons(in.reason)}
	}
}

// caps are what can be done on a case's account.
func (p *Pages) caps(c respond.Case) ingest.Capabilities {
	if a := p.Desk.Accounts[c.Comment.Account].Actor; a != nil {
		return a.Capabilities()
	}
	return ingest.Capabilities{}
}

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

// wordings are the replies that may be said. A lane that has none of its own,
// because a person is to look first, has the most general ones afterwards.
func (p *Pages) wordings(ctx context.Context, c respond.Case) ([]string, error) {
	if c.Lane == respond.LaneLook {
		c.Lane = respond.LanePossible
	}
	drafts, err := p.Desk.Variants(ctx, c, respond.Public)
	var out []string
	for _, d := range drafts {
		out = append(out, d.Text)
	}
	return out, err
}

func (v *reader) hideReasons(chosen string) []reason {
	var out []reason
	for code, words := range respond.HideReasons() {
		out = append(out, reason{Code: code, Words: v.Words.Whole(say.Capital(words)), On: code == chosen})
	}
	slices.SortFunc(out, func(a, b reason) int { return strings.Compare(a.Words, b.Words) })
	return out
}

// field makes the field of a text, with its length as the platform counts it.
func (v *reader) field(kind ingest.ActionKind, name, text string, caps ingest.Capabilities, problems map[ingest.ActionKind][]respond.Problem) *textField {
	f := &textField{Kind: string(kind), Name: name, Text: text}
	n, limit := caps.Count(kind, text)
	f.Max, f.Length = limit, v.Words.Number(n)
	if limit > 0 {
		f.Limit = v.Words.Number(limit)
	}
	said, asked := problems[kind]
	f.Checked, f.Problems = asked && len(said) == 0, v.inWords(text, said)
	return f
}

// inWords puts the gate's problems beside the words they are about. The gate
// writes *words* where its sentence names them.
func (v *reader) inWords(text string, problems []respond.Problem) []problem {
	out := []problem{}
	for i, g := range problems {
		if slices.ContainsFunc(problems[:i], func(o respond.Problem) bool { return o.Start == g.Start && o.End == g.End }) {
			continue // one sentence about the same words is enough
		}
		start := min(max(g.Start, 0), len(text))
		end := min(max(g.End, start), len(text))
		at := text[start:end]
		one := problem{Words: strings.TrimSpace(at), Start: units(text[:start]), End: units(text[:end])}
		why := v.Words.Whole(g.Why)
		lead, rest, named := strings.Cut(why, "*"+at+"*")
		switch {
		case one.Words == strings.TrimSpace(text) || utf8.RuneCountInString(one.Words) > 80:
			one.Words, one.Rest = "", why // it is about the whole
			if named {
				one.Rest = lead + v.Words.Say("this") + rest
			}
		case named:
			one.Lead, one.Rest = lead, rest
		default:
			one.Rest = " " + why
		}
		out = append(out, one)
	}
	return out
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
