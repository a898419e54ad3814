// Package cases is the page of one case: what was said, why it is here, what we would
// say, and what was done.
package cases

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// Files are the page's templates and scripts.
//
//go:embed templates
var Files embed.FS

// Pages are the pages of cases.
type Pages struct {
	*page.Site
	Desk *respond.Desk
	// Beside finds the cases before and after one in the queue.
	Beside func(c respond.Case, me people.User) (before, after string)
}

// casePage shows one case.
type casePage struct {
	page.Frame
	ID, Lane, Where, Age, Window string
	Opened                       time.Time
	Loud                         bool
	Step                         int
	// Notice says what became of what was just tried.
	Notice string
	Said   said
	Doubt  string
	Why    []string
	Done   []doneLine
	Form   *decideForm
	// Outcome tells what became of it; nil: nothing went out.
	Outcome *outcomeForm
	Label   *labelForm
	// Yours is what was typed and cannot be used any more.
	Yours    string
	CanHand  bool
	TakeDown *takeDown
	CanUndo  bool
	History  []historyLine
	// Before and After lead to the neighbours in the queue.
	Before, After string
	// Wait is how long an approved action can be undone.
	Wait string
	may  respond.Answers
}

// said is the comment, as far as it is shown.
type said struct {
	CanReveal, Shown, Gone, Own   bool
	At, Author, Link, Title, Lang string
	Pieces                        []inert.Piece
	Notes                         []string
}

// doneLine is one action and where it stands.
type doneLine struct {
	Kind, Stands string
	// Verb is what it does when its time has come: "Goes out in %s."
	Verb string
	// Text is what we say; it passed the gate.
	Text string
	// Note says what is unusual about it: nobody approved it, or the gate refused it.
	Note string
	// Seconds until it goes out; 0: it is not waiting for that.
	Seconds int
}

type historyLine struct {
	At   time.Time
	When string
	What string
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

// typed is what somebody typed or chose and what came of it.
type typed struct {
	reply, private, reason string
	sendPrivate, hide      bool
	// override and note are why it is to go out all the same.
	override, note string
	// wrote: it came from a form with texts in it. refused: the gate refused them.
	wrote, refused bool
	notice         string
	problems       map[ingest.ActionKind][]respond.Problem
}

// theCase finds the case that the address names.
func (p *Pages) theCase(r *http.Request) (respond.Case, error) {
	id := page.CaseID(r)
	if id == "" {
		return respond.Case{}, page.ErrNoCase
	}
	return p.Desk.Cases.Get(r.Context(), id)
}

// Show shows a case.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	return p.renderCase(w, r, http.StatusOK, c, nil)
}

// renderCase shows a case; t is what was typed before it was refused.
func (p *Pages) renderCase(w http.ResponseWriter, r *http.Request, status int, c respond.Case, t *typed) error {
	v, now := p.reader(r), p.Now()
	out := casePage{
		Frame: p.Frame(r, v.Words.Say("Case")), ID: c.ID(), Lane: v.Words.Lane(c.Lane), Where: v.Words.Platform(c.Comment.Platform),
		Age: v.Words.Ago(now.Sub(made(&c))), Opened: made(&c), Step: c.Step(),
		Loud:    p.Desk.Loudness(c.Lane) == respond.Pages,
		CanUndo: c.CanUndo() && v.User.Role.May(people.Decide),
	}
	if c.Erased == "" {
		out.Doubt = cmp.Or(v.doubt(c.Judgement), v.sampled(c))
	}
	out.News = "/cases/" + c.ID() + "/news?" + url.Values{"seen": {tag(c)}}.Encode()
	out.may = p.Desk.May(c)
	if c.Open() {
		out.Window, _ = v.window(out.may)
	}
	if t != nil {
		out.Notice = t.notice
	}
	for _, reason := range c.Judgement.Reasons[:min(len(c.Judgement.Reasons), inert.MostReasons)] {
		out.Why = append(out.Why, v.Words.Whole(say.Sentence(say.Capital(reason.Why), "Something in it")))
	}
	var err error
	if out.Said, err = v.said(r.Context(), c); err != nil {
		return err
	}
	if out.Done, err = v.done(r.Context(), c); err != nil {
		return err
	}
	if err := v.offer(r.Context(), &out, c, t); err != nil {
		return err
	}
	out.Label = v.labelForm(c, out.Said.Shown)
	out.History, out.Wait = v.history(c), v.Words.Span(p.Desk.Rules().Window)
	out.Before, out.After = p.Beside(c, v.User)
	return p.Render(w, r, status, "case", out)
}

// reader is whoever looks at a page, in her language.
type reader struct {
	*Pages
	page.Visit
}

func (p *Pages) reader(r *http.Request) *reader { return &reader{p, page.VisitOf(r)} }

func (v *reader) clock(t time.Time) string { return v.Words.Clock(t, v.Now()) }

// said opens the comment if it is shown in this session.
func (v *reader) said(ctx context.Context, c respond.Case) (said, error) {
	out := said{CanReveal: v.User.Role.May(people.Reveal), Own: c.Comment.Own, Lang: c.Judgement.Lang}
	if out.Gone = c.Erased != "" || c.Comment.Version == ""; out.Gone {
		return out, nil
	}
	at, ok := v.shown(ctx)[c.Comment.Key()]
	if !ok || !out.CanReveal {
		return out, nil
	}
	out.Shown, out.At = true, v.clock(at)
	content, err := v.Desk.Said(ctx, c)
	if errors.Is(err, respond.ErrGone) {
		out.Gone = true
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Author, out.Title = inert.Line(content.Author), inert.Line(content.Title)
	if u, err := url.Parse(content.Link); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		out.Link = u.String()
	}
	var cut bool
	out.Pieces, cut = inert.Text(content.Text, c.Judgement.Reasons)
	out.Notes = v.notes(c.Comment, cut)
	return out, nil
}

// notes are the facts about a comment that its words do not tell.
func (v *reader) notes(c ingest.Comment, cut bool) []string {
	var out []string
	for _, n := range []struct {
		is  bool
		say string
	}{
		{cut, v.Words.Say("Only the first %d characters are shown.", inert.MostCharacters)},
		{c.Truncated, v.Words.Say("It was longer than we keep: its end is missing here.")},
		{c.Media, v.Words.Say("A picture or video belongs to it, which is not shown here.")},
		{c.Hidden, v.Words.Say("It is hidden on the platform already.")},
	} {
		if n.is {
			out = append(out, n.say)
		}
	}
	return out
}

// done says what was decided and where each action stands.
func (v *reader) done(ctx context.Context, c respond.Case) ([]doneLine, error) {
	var out []doneLine
	var reply time.Time // when it goes out: nothing is hidden before
	for _, a := range c.Actions {
		if a.State == respond.Approved && a.Kind == ingest.Reply {
			reply = a.Due
		}
		if a.State == respond.Approved && a.Kind == ingest.Hide && reply.After(a.Due) {
			a.Due, a.Why = reply, "not before the reply"
		}
		line := doneLine{Kind: v.Words.Say(kindWords[a.Kind]), Stands: v.standing(a), Verb: v.goesIn(a.Kind, "%s"), Note: v.unusual(a)}
		if a.State == respond.Approved {
			line.Seconds = max(0, int((a.Due.Sub(v.Now())+time.Second-1)/time.Second))
		}
		if a.State == respond.Dismissed && a.Text == "" {
			line.Kind = v.Words.Say("Decision")
		}
		if a.Text != "" {
			content, err := v.Desk.Texts.Open(ctx, a.Text)
			if err != nil && !errors.Is(err, respond.ErrGone) {
				return nil, err
			}
			line.Text = content.Text
		}
		out = append(out, line)
	}
	return out, nil
}

func (v *reader) history(c respond.Case) []historyLine {
	var out []historyLine
	for _, e := range slices.Backward(c.History) {
		out = append(out, historyLine{At: e.At, When: v.clock(e.At), What: v.did(e)})
	}
	return out
}

// tag names how far a case went.
func tag(c respond.Case) string {
	return fmt.Sprintf("%d %s", c.Step(), c.State())
}

// News tells a page left open that its case went on.
func (p *Pages) News(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	words, v := "", p.reader(r)
	if r.URL.Query().Get("seen") != tag(c) {
		words = v.overtaken(c)
		if len(c.Actions) > 0 && !c.Open() {
			words = v.Words.Say(kindWords[c.Actions[0].Kind]) + ": " + v.standing(c.Actions[0])
		}
	}
	p.Answer(w, http.StatusOK, struct {
		Say string `json:"say"`
	}{words})
	return nil
}

// made is when the comment was made; where that is not known, or not known any
// more, when its case was opened.
func made(c *respond.Case) time.Time {
	if c.Comment.Created.IsZero() {
		return c.Opened
	}
	return c.Comment.Created
}
