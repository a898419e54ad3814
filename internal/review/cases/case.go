// Package cases is the page of one case: what was said, why it is here, what we would
// say, and what was done.
package cases

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// Files are the page's templates, styles and scripts.
//
//go:embed templates assets
var Files embed.FS

// Pages are the pages of cases.
type Pages struct {
	*page.Site
	Desk *respond.Desk
	// Beside finds the cases before and after one in the queue.
	Beside func(c respond.Case, me people.User) (before, after string)
	// Here are the users who have a case open, and since when; Pass says that one has.
	// Both are nil where nobody knows.
	Here func(id string) iter.Seq2[string, time.Time]
	Pass func(id, user string)
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
	// Others says who else has it open.
	Others string
	// Bar tells what can be taken back: here, or what she decided before.
	Bar    *bar
	Said   said
	Thread *thread
	Doubt  string
	Why    []string
	// May says what may be done about it, Know what is to be known before.
	May  []mayLine
	Know []string
	Done []doneLine
	Form *decideForm
	// Outcome tells what became of it; nil: nothing went out.
	Outcome *outcomeForm
	Label   *labelForm
	// Yours is what was typed and cannot be used any more.
	Yours    []string
	CanHand  bool
	TakeDown *takeDown
	Proposal *proposalCard
	Team     team
	History  []historyLine
	// Before and After lead to the neighbours in the queue.
	Before, After string
	// Wait is how long an approved action can be undone, Printed when this was shown.
	Wait, Printed string
	may           respond.Answers
}

// typed is what somebody typed or chose and what came of it.
type typed struct {
	reply, private, reason string
	sendPrivate, hide      bool
	// only: the private message is to go out, and no public reply.
	only bool
	// override and why are why it is to go out all the same.
	override, why string
	// note is one for colleagues.
	note string
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
	v := p.reader(r)
	if p.Pass != nil {
		p.Pass(c.ID(), v.User.Name)
	}
	out := v.head(c)
	out.Frame = p.Frame(r, v.Words.Say("Case"))
	of := url.Values{"seen": {tag(c)}}
	out.News = "/cases/" + c.ID() + "/news?" + of.Encode()
	if p.Here != nil {
		of.Set("case", c.ID())
		out.Live = "/live?" + of.Encode()
	}
	if t != nil {
		out.Notice = t.notice
	}
	if err := v.fill(r.Context(), &out, c, t); err != nil {
		return err
	}
	out.Before, out.After = p.Beside(c, v.User)
	return p.Render(w, r, status, "case", out)
}

// head is what is known about a case without opening a text.
func (v *reader) head(c respond.Case) casePage {
	out := casePage{
		ID: c.ID(), Lane: v.Words.Lane(c.Lane), Where: v.Words.Platform(c.Comment.Platform), Step: c.Step(),
		Age: v.Words.Ago(v.Now().Sub(made(&c))), Opened: made(&c), Loud: v.Desk.Loudness(c.Lane) == respond.Pages,
		Others: v.others(c.ID()), History: v.history(c), Wait: v.Words.Span(v.Desk.Rules().Window), Printed: v.full(v.Now()),
	}
	if c.Erased == "" {
		out.Doubt = cmp.Or(v.doubt(c.Judgement), v.sampled(c))
	}
	for _, reason := range c.Judgement.Reasons[:min(len(c.Judgement.Reasons), inert.MostReasons)] {
		out.Why = append(out.Why, v.Words.Whole(say.Sentence(say.Capital(reason.Why), "Something in it")))
	}
	if c.Open() {
		out.may = v.Desk.May(c)
		out.Window, _ = v.window(out.may)
	}
	return out
}

// fill adds what is said, what was done, and what the reader may decide.
func (v *reader) fill(ctx context.Context, out *casePage, c respond.Case, t *typed) (err error) {
	if out.Said, err = v.said(ctx, c); err != nil {
		return err
	}
	if out.Done, err = v.done(ctx, c); err != nil {
		return err
	}
	if out.Team, err = v.team(ctx, c, t); err != nil {
		return err
	}
	if out.Proposal, err = v.proposal(ctx, c, out.Said.Shown); err != nil {
		return err
	}
	out.Thread, out.Bar, out.Label = v.thread(c), v.bar(ctx, c), v.labelForm(c, out.Said.Shown)
	if err = v.offer(ctx, out, c, t); err == nil && out.Form != nil && out.Team.Write != nil {
		out.Team.Write.Form = "decide" // where no script sees to it, what is written there is kept this way
	}
	return err
}

// reader is whoever looks at a page, in her language.
type reader struct {
	*Pages
	page.Visit
}

func (p *Pages) reader(r *http.Request) *reader { return &reader{p, page.VisitOf(r)} }

func (v *reader) clock(t time.Time) string { return v.Words.Clock(t, v.Now()) }

// full says when something was, with the date also where that is today.
func (v *reader) full(t time.Time) string { return v.Words.Clock(t, v.Now().AddDate(1, 0, 0)) }

// others says who else has a case open.
func (v *reader) others(id string) string {
	if v.Here == nil {
		return ""
	}
	n, first, since := 0, "", time.Time{}
	for user, at := range v.Here(id) {
		if user == v.User.Name {
			continue
		}
		if n++; n == 1 {
			first, since = user, at
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return v.Words.Say("%s is looking at this too, since %s.", first, v.clock(since))
	}
	return v.Words.Say("%s and others are looking at this too, since %s.", first, v.clock(since))
}

// tag names how far a case went.
func tag(c respond.Case) string {
	return fmt.Sprintf("%d %s", c.Step(), c.State())
}

// News is what a page left open is told: Say that its case went on, Others who else
// has it open.
type News struct {
	Say    string `json:"say"`
	Others string `json:"here"`
}

// NewsOf is what to tell somebody whose page shows a case as it was at of's "seen".
func (p *Pages) NewsOf(ctx context.Context, of page.Visit, id string, q url.Values) (News, error) {
	c, err := p.Desk.Cases.Get(ctx, id)
	if err != nil {
		return News{}, err
	}
	v := &reader{p, of}
	out := News{Others: v.others(id)}
	if q.Get("seen") != tag(c) {
		out.Say = v.wentOn(c)
	}
	return out, nil
}

// wentOn says how a case went on: who decided, or where what was decided stands.
func (v *reader) wentOn(c respond.Case) string {
	if last := lastStep(c); len(c.Actions) == 0 || c.Open() || last.Decides() && last.By != v.User.Name {
		return v.overtaken(c)
	}
	return v.stands(c.Actions[0])
}

// News tells a page left open that its case went on.
func (p *Pages) News(w http.ResponseWriter, r *http.Request) error {
	id := page.CaseID(r)
	if id == "" {
		return page.ErrNoCase
	}
	news, err := p.NewsOf(r.Context(), page.VisitOf(r), id, r.URL.Query())
	if err != nil {
		return err
	}
	if p.Pass != nil {
		p.Pass(id, page.VisitOf(r).User.Name)
	}
	p.Answer(w, http.StatusOK, news)
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
