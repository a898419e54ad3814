package cases

import (
	"context"
	"slices"
	"strings"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// offer adds what the reader may decide.
func (v *reader) offer(ctx context.Context, out *casePage, c respond.Case, t *typed) (err error) {
	out.Outcome = v.outcomeForm(c)
	if !c.Open() || !v.User.Role.May(people.Decide) {
		out.Yours = t.kept(c)
		return nil
	}
	out.CanHand = slices.ContainsFunc(c.Actions, respond.Action.NeedsPerson)
	if c.Erased != "" || c.Lane == respond.LaneSample {
		return nil // nothing more can go out, or is asked for
	}
	if c.Comment.Own {
		out.TakeDown = v.takeDown(c, out.may, t)
		return nil
	}
	out.May, out.Know = v.may(out.may, v.caps(c)), v.know(out.may)
	if out.Form, err = v.form(ctx, draft{c: c, may: out.may, typed: t, said: out.Said}); err != nil {
		return err
	}
	if t != nil && t.refused {
		out.Form.Override, out.Form.AskOfficer = v.overrideForm(t)
	}
	return nil
}

// kept are the texts that somebody typed, to be shown where they cannot be used; what
// was suggested is not hers.
func (t *typed) kept(c respond.Case) []string {
	if t == nil {
		return nil
	}
	mine := []string{strings.TrimSpace(t.reply), strings.TrimSpace(t.private)}
	return slices.DeleteFunc(mine, func(s string) bool {
		return s == "" || c.Suggestion != nil && (s == c.Suggestion.Text || s == c.Suggestion.Private)
	})
}

// mayLine answers whether one thing may be done about a comment.
type mayLine struct {
	Kind, Answer string
	Yes          bool
	// Why says why not.
	Why string
}

// mayWords names what may be done.
var mayWords = map[ingest.ActionKind]string{ingest.Reply: "Public reply", ingest.Private: "Private message", ingest.Hide: "Hiding it"}

// may answers "May we reply?", for each thing that could be done.
func (v *reader) may(may respond.Answers, caps ingest.Capabilities) []mayLine {
	var out []mayLine
	for _, kind := range []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide} {
		one := mayLine{Kind: v.Words.Say(mayWords[kind]), Answer: v.Words.Say("Yes"), Yes: true}
		stop, stopped := may.Stop(kind)
		switch left, _ := v.window(may); {
		case stopped && stop.ByHand():
			one.Answer, one.Yes, one.Why = v.Words.Say("By hand"), false, v.Words.Whole(stop.Why)
		case stopped:
			one.Answer, one.Yes, one.Why = v.Words.Say("No"), false, v.Words.Whole(stop.Why)
		case kind == ingest.Private && left != "":
			one.Answer = v.Words.Say("Yes, for %s, then %s closes it", left, caps.Name)
		case kind == ingest.Hide:
			one.Answer = v.Words.Say("Yes, with a privacy reason")
		}
		out = append(out, one)
	}
	return out
}

// know are the things to be known before approving, each once. The window of a private
// message stands beside it, and a banner says that posting is off.
func (v *reader) know(may respond.Answers) []string {
	var out []string
	for _, a := range slices.Concat(may.Of(ingest.Reply), may.Of(ingest.Private)) {
		if a.May && a.Code != "" && a.Code != respond.CodeWindow && a.Code != respond.CodeShadow && !slices.Contains(out, v.Words.Whole(a.Why)) {
			out = append(out, v.Words.Whole(a.Why))
		}
	}
	return out
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

// decideForm is what we would say, to be approved or changed.
type decideForm struct {
	// Reply, Private and Hide are nil where that may not be done; NoReply says why of
	// the reply.
	Reply   *textField
	Private *textField
	Hide    *hideField
	NoReply string
	// ByHand says why the reply is to be copied and published by a person.
	ByHand string
	// Window says for how long a private message is possible.
	Window string
	// Then says what approving does.
	Then string
	// Override lets a refused text out; AskOfficer: somebody else can do that.
	Override   *overrideForm
	AskOfficer bool
	// SendPrivate: the private message is ticked.
	SendPrivate bool
	Wordings    []wording
	Suggested   bool
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
	said  said // as far as it is shown beside it
}

// form makes the form of a case: the suggestion, or what was typed.
func (v *reader) form(ctx context.Context, d draft) (*decideForm, error) {
	c := d.c
	f := &decideForm{Suggested: c.Suggestion != nil}
	in := d.begin()
	if err := v.recheck(ctx, c, &in); err != nil {
		return nil, err
	}
	if d.typed != nil {
		d.typed.problems = in.problems
	}
	is := writing{author: d.said.Author, caps: v.caps(c), problems: in.problems}
	if c.Suggestion != nil {
		is.lang = c.Suggestion.Lang
	}
	if stop, stopped := d.may.Stop(ingest.Reply); stopped && !stop.ByHand() {
		f.NoReply = v.Words.Whole(stop.Why)
	} else {
		f.ByHand, f.Reply = v.Words.Whole(stop.Why), v.field(ingest.Reply, in.reply, is)
		if f.Suggested || d.said.Shown {
			var err error
			if f.Wordings, err = v.wordings(ctx, c); err != nil {
				return nil, err
			}
		}
	}
	if d.may.May(ingest.Private) {
		f.Private, f.SendPrivate = v.field(ingest.Private, in.private, is), in.sendPrivate
		_, f.Window = v.window(d.may)
	}
	if d.may.May(ingest.Hide) {
		f.Hide = &hideField{On: in.hide, Note: v.Words.Whole(is.caps.HideNote), Reasons: v.hideReasons(in.reason)}
	}
	f.Then = v.then(f, d.may)
	return f, nil
}

// begin is what stands in the form at first: what was typed before it was refused, or
// the suggestion.
func (d draft) begin() typed {
	if d.typed != nil && d.typed.wrote {
		return *d.typed
	}
	if s := d.c.Suggestion; s != nil {
		return typed{reply: s.Text, private: s.Private, sendPrivate: s.Private != "", reason: s.Hide, hide: s.Hide != ""}
	}
	return typed{}
}

// then says what approving does.
func (v *reader) then(f *decideForm, may respond.Answers) string {
	if v.Shadow() {
		return v.Words.Say("Approving records the decision. Nothing goes out.")
	}
	for _, a := range slices.Concat(may.Of(ingest.Reply), may.Of(ingest.Private)) {
		if a.May && a.Code != respond.CodeWindow && a.Until.After(v.Now()) {
			return v.Words.Say("When it goes out is said under “May we reply?”. Until then anybody can undo it.")
		}
	}
	if f.ByHand != "" {
		return v.Words.Say("Approving keeps the text here, for a person to publish it.")
	}
	return v.Words.Say("It goes out %s after you approve. Until then anybody can undo it.", v.Words.Span(v.Desk.Rules().Window))
}

// caps are what can be done on a case's account.
func (p *Pages) caps(c respond.Case) ingest.Capabilities {
	if a := p.Desk.Accounts[c.Comment.Account].Actor; a != nil {
		return a.Capabilities()
	}
	return ingest.Capabilities{}
}

// wordings are the replies that may be said. A lane that has none of its own,
// because a person is to look first, has the most general ones afterwards.
func (p *Pages) wordings(ctx context.Context, c respond.Case) ([]wording, error) {
	if c.Lane == respond.LaneLook {
		c.Lane = respond.LanePossible
	}
	drafts, err := p.Desk.Variants(ctx, c, respond.Public)
	var out []wording
	for _, d := range drafts {
		name := strings.Split(d.Template+".", ".")
		out = append(out, wording{Text: d.Text, Lang: name[1]})
	}
	return out, err
}

// wording is one way to say it, and in which language.
type wording struct{ Text, Lang string }

func (v *reader) hideReasons(chosen string) []reason {
	var out []reason
	for code, words := range respond.HideReasons() {
		out = append(out, reason{Code: code, Words: v.Words.Whole(say.Capital(words)), On: code == chosen})
	}
	slices.SortFunc(out, func(a, b reason) int { return strings.Compare(a.Words, b.Words) })
	return out
}
