package review

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
)

// casePage shows one case.
type casePage struct {
	frame
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
	// Verb is what it does when its time has come: "Goes out".
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

// caseID is the id in the address.
func caseID(r *http.Request) string {
	if id := r.PathValue("id"); ownPath.MatchString("/cases/" + id) {
		return id
	}
	return ""
}

// theCase finds the case that the address names.
func (p *pages) theCase(r *http.Request) (respond.Case, error) {
	id := caseID(r)
	if id == "" {
		return respond.Case{}, errNoCase
	}
	return p.Desk.Cases.Get(r.Context(), id)
}

func (p *pages) showCase(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	return p.renderCase(w, r, http.StatusOK, c, nil)
}

// renderCase shows a case; t is what was typed before it was refused.
func (p *pages) renderCase(w http.ResponseWriter, r *http.Request, status int, c respond.Case, t *typed) error {
	me := visitOf(r).user
	now := p.Now()
	page := casePage{
		frame: p.frame(r, "Case"), ID: c.ID(), Lane: laneWords[c.Lane], Where: platformWord(c.Comment.Platform),
		Age: span(now.Sub(made(&c))), Opened: made(&c), Step: c.Step(),
		Loud:    p.loud(&c),
		CanUndo: c.CanUndo() && me.Role.May(people.Decide),
	}
	if c.Erased == "" {
		page.Doubt = cmp.Or(doubt(c.Judgement), sampled(c))
	}
	page.News = "/cases/" + c.ID() + "/news?" + url.Values{"seen": {tag(c)}}.Encode()
	page.may = p.Desk.May(c)
	if c.Open() {
		page.Window, _ = p.window(page.may)
	}
	if t != nil {
		page.Notice = t.notice
	}
	for _, reason := range c.Judgement.Reasons[:min(len(c.Judgement.Reasons), inert.MostReasons)] {
		page.Why = append(page.Why, sentence(capital(reason.Why), "Something in it"))
	}
	var err error
	if page.Said, err = p.said(r, c); err != nil {
		return err
	}
	if page.Done, err = p.done(r.Context(), c); err != nil {
		return err
	}
	if err := p.offer(r, &page, c, t); err != nil {
		return err
	}
	page.Label = p.labelForm(c, page.Said.Shown, me)
	page.History, page.Wait = p.history(c), span(p.Desk.Rules().Window)
	s := p.survey(around(c), me)
	page.Before, page.After = s.beside(c.ID())
	return p.render(w, status, "case", page)
}

// said opens the comment if it is shown in this session.
func (p *pages) said(r *http.Request, c respond.Case) (said, error) {
	out := said{CanReveal: visitOf(r).user.Role.May(people.Reveal), Own: c.Comment.Own, Lang: c.Judgement.Lang}
	if out.Gone = c.Erased != "" || c.Comment.Version == ""; out.Gone {
		return out, nil
	}
	at, ok := p.shown(r.Context())[c.Comment.Key()]
	if !ok || !out.CanReveal {
		return out, nil
	}
	out.Shown, out.At = true, p.clock(at)
	content, err := p.Desk.Said(r.Context(), c)
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
	out.Notes = notes(c.Comment, cut)
	return out, nil
}

// notes are the facts about a comment that its words do not tell.
func notes(c ingest.Comment, cut bool) []string {
	var out []string
	for _, n := range []struct {
		is  bool
		say string
	}{
		{cut, "Only the first " + grouped(inert.MostCharacters) + " characters are shown."},
		{c.Truncated, "It was longer than we keep: its end is missing here."},
		{c.Media, "A picture or video belongs to it, which is not shown here."},
		{c.Hidden, "It is hidden on the platform already."},
	} {
		if n.is {
			out = append(out, n.say)
		}
	}
	return out
}

// done says what was decided and where each action stands.
func (p *pages) done(ctx context.Context, c respond.Case) ([]doneLine, error) {
	var out []doneLine
	var reply time.Time // when it goes out: nothing is hidden before
	for _, a := range c.Actions {
		if a.State == respond.Approved && a.Kind == ingest.Reply {
			reply = a.Due
		}
		if a.State == respond.Approved && a.Kind == ingest.Hide && reply.After(a.Due) {
			a.Due, a.Why = reply, "not before the reply"
		}
		line := doneLine{Kind: kindWords[a.Kind], Stands: p.standing(a), Verb: verb(a.Kind), Note: p.unusual(a)}
		if a.State == respond.Approved {
			line.Seconds = seconds(a.Due.Sub(p.Now()))
		}
		if a.State == respond.Dismissed && a.Text == "" {
			line.Kind = "Decision"
		}
		if a.Text != "" {
			content, err := p.Desk.Texts.Open(ctx, a.Text)
			if err != nil && !errors.Is(err, respond.ErrGone) {
				return nil, err
			}
			line.Text = content.Text
		}
		out = append(out, line)
	}
	return out, nil
}

func (p *pages) history(c respond.Case) []historyLine {
	var out []historyLine
	for _, e := range slices.Backward(c.History) {
		out = append(out, historyLine{At: e.At, When: p.clock(e.At), What: did(e)})
	}
	return out
}

// tag names how far a case went.
func tag(c respond.Case) string {
	return plural(c.Step(), "step") + " " + string(c.State())
}

// caseNews tells a page left open that its case went on.
func (p *pages) caseNews(w http.ResponseWriter, r *http.Request) error {
	c, err := p.theCase(r)
	if err != nil {
		return err
	}
	say := ""
	if r.URL.Query().Get("seen") != tag(c) {
		say = p.overtaken(c, visitOf(r).user)
		if len(c.Actions) > 0 && !c.Open() {
			say = kindWords[c.Actions[0].Kind] + ": " + p.standing(c.Actions[0])
		}
	}
	p.answer(w, http.StatusOK, struct {
		Say string `json:"say"`
	}{say})
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

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
