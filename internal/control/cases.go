package control

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/respond/board"
)

// CaseLine is a case as lists show it: no word of its comment.
type CaseLine struct {
	ID   string       `json:"id"`
	Lane respond.Lane `json:"lane"`
	// State is under which heading it is listed: open, going, answered or dismissed.
	// Stands is how it stands, a respond.State.
	State    string        `json:"state"`
	Stands   respond.State `json:"stands"`
	Platform string        `json:"platform"`
	Account  string        `json:"account"`
	Assignee string        `json:"assignee,omitempty"`
	// Made is when the comment was written, Opened when the case was opened.
	Made   time.Time `json:"made"`
	Opened time.Time `json:"opened"`
	// Private is until when a private message is possible, Due when what was approved
	// goes out.
	Private time.Time `json:"private_until,omitzero"`
	Due     time.Time `json:"due,omitzero"`
	// Proposed is who proposed what waits for a second person.
	Proposed string `json:"proposed,omitempty"`
	// Did is the last decision, By and At who took it and when.
	Did string    `json:"did,omitempty"`
	By  string    `json:"by,omitempty"`
	At  time.Time `json:"at,omitzero"`
}

// CaseList is a part of what is listed, of All.
type CaseList struct {
	Cases []CaseLine `json:"cases"`
	First int        `json:"first"`
	All   int        `json:"all"`
}

// CaseStates are the headings under which cases are listed, as commands call them.
var CaseStates = map[string]board.State{"open": board.Needs, "going": board.Going, "answered": board.Answered, "dismissed": board.Dismissed}

func headingOf(s board.State) string {
	for name, is := range CaseStates {
		if is == s {
			return name
		}
	}
	return string(s)
}

// listMost is how many cases are listed at once at most.
const listMost = 1000

func (c *control) cases(w http.ResponseWriter, r *http.Request, _ caller) error {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return err
	}
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	found := board.Over(c.Store.Cases).List(q, number("first", 0), min(number("most", 50), listMost))
	out := CaseList{Cases: []CaseLine{}, First: found.First, All: found.All}
	for _, card := range found.Cards {
		out.Cases = append(out.Cases, lineOf(card))
	}
	answer(w, http.StatusOK, out)
	return nil
}

func queryOf(v url.Values) (q board.Query, err error) {
	state, known := CaseStates[v.Get("state")]
	if !known && v.Get("state") != "" {
		return q, &refusal{http.StatusBadRequest, "--state wants open, going, answered or dismissed"}
	}
	q = board.Query{State: state, Lane: respond.Lane(v.Get("lane")), Platform: v.Get("platform"), Account: v.Get("account"), Assignee: v.Get("assignee")}
	if q.Lane != "" && !slices.Contains(respond.Lanes, q.Lane) {
		return q, &refusal{http.StatusBadRequest, fmt.Sprintf("--lane wants one of %s", respond.Lanes)}
	}
	for name, at := range map[string]*time.Time{"from": &q.From, "to": &q.To} {
		if s := v.Get(name); s != "" {
			if *at, err = time.Parse(time.RFC3339, s); err != nil {
				return q, &refusal{http.StatusBadRequest, "--from and --to want a day such as 2026-01-31"}
			}
		}
	}
	return q, nil
}

func lineOf(c board.Card) CaseLine {
	return CaseLine{ID: c.ID, Lane: c.Lane, State: headingOf(c.State), Stands: c.Stands, Platform: c.Platform, Account: c.Account,
		Assignee: c.Assignee, Made: c.Made, Opened: c.Opened, Private: c.Window, Due: c.Due, Proposed: c.Proposed, Did: c.Did, By: c.By, At: c.At}
}

// CaseView is a case as a command shows it. Only Said holds words of the comment.
type CaseView struct {
	CaseLine
	// Step is what a decision names that is taken on what is shown here.
	Step    int                 `json:"step"`
	Level   string              `json:"level,omitempty"`
	Why     []string            `json:"why,omitempty"`
	Label   *respond.Label      `json:"label,omitempty"`
	Erased  string              `json:"erased,omitempty"`
	May     []CaseMay           `json:"may"`
	Suggest *respond.Suggestion `json:"suggestion,omitempty"`
	Actions []CaseAction        `json:"actions"`
	Outcome *respond.Outcome    `json:"outcome,omitempty"`
	Notes   []CaseNote          `json:"notes,omitempty"`
	// Proposal waits for a second person; its words are for those who may confirm it,
	// with those of the comment.
	Proposal *CaseProposal   `json:"proposal,omitempty"`
	History  []respond.Entry `json:"history"`
	// Said is what was written, where it was revealed.
	Said *CaseSaid `json:"said,omitempty"`
}

// CaseMay says whether something may be done, or what is to be known before.
type CaseMay struct {
	Do    ingest.ActionKind `json:"do"`
	May   bool              `json:"may"`
	Code  string            `json:"code,omitempty"`
	Why   string            `json:"why,omitempty"`
	Until time.Time         `json:"until,omitzero"`
}

// CaseAction is one thing that was decided, and how it stands.
type CaseAction struct {
	Do    ingest.ActionKind `json:"do"`
	State respond.State     `json:"state"`
	// Text is what is said; empty: nothing, or it was erased.
	Text string `json:"text,omitempty"`
	// Reason is that of hiding, Override that of letting out what the gate refuses.
	Reason   string    `json:"reason,omitempty"`
	Override string    `json:"override,omitempty"`
	By       string    `json:"by,omitempty"`
	Second   string    `json:"second,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	Done     time.Time `json:"done,omitzero"`
	Why      string    `json:"why,omitempty"`
}

// CaseNote is a note of a colleague; empty words were erased.
type CaseNote struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Text string    `json:"text"`
}

// CaseProposal is an override that waits for a second person.
type CaseProposal struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Reply   string    `json:"reply,omitempty"`
	Private string    `json:"private,omitempty"`
	Hide    string    `json:"hide,omitempty"`
	// Dismiss leaves our own words online.
	Dismiss  bool   `json:"dismiss,omitempty"`
	Override string `json:"override,omitempty"`
	Note     string `json:"note,omitempty"`
}

// CaseSaid is what was written, and by whom.
type CaseSaid struct {
	Text   string `json:"text"`
	Author string `json:"author,omitempty"`
	Link   string `json:"link,omitempty"`
}

func (c *control) showCase(w http.ResponseWriter, r *http.Request, who caller) error {
	view, err := c.view(r.Context(), r.PathValue("id"), who)
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, view)
	return nil
}

// revealCase shows the comment too, and has that recorded.
func (c *control) revealCase(w http.ResponseWriter, r *http.Request, who caller) error {
	id := r.PathValue("id")
	said, err := c.Cases.Reveal(who.ordered(r.Context()), id, who.act.By)
	if errors.Is(err, respond.ErrGone) {
		return &refusal{http.StatusGone, "the words are gone: they were erased, or never kept"}
	}
	if err != nil {
		return inWords(err)
	}
	who.revealed = true
	view, err := c.view(r.Context(), id, who)
	if err != nil {
		return err
	}
	view.Said = &CaseSaid{Text: said.Text, Author: said.Author, Link: said.Link}
	answer(w, http.StatusOK, view)
	return nil
}

// view is a case as it is now, with as much as the role may see.
func (c *control) view(ctx context.Context, id string, who caller) (CaseView, error) {
	if !commentID.MatchString(id) {
		return CaseView{}, errNoID
	}
	it, err := c.Cases.Cases.Get(ctx, id)
	if err != nil {
		return CaseView{}, inWords(err)
	}
	view := CaseView{May: []CaseMay{}, Actions: []CaseAction{}, Step: it.Step(), Label: it.Label, Erased: it.Erased, Suggest: it.Suggestion, Outcome: it.Outcome, History: it.Numbered()}
	light := it.Light()
	card, _ := board.Over(only{&light}).Find(id)
	view.CaseLine = lineOf(card)
	if it.Judgement.Judged && !it.Comment.Own {
		view.Level = it.Judgement.Level.String()
	}
	for _, reason := range it.Judgement.Reasons {
		if !slices.Contains(view.Why, reason.Why) {
			view.Why = append(view.Why, reason.Why)
		}
	}
	for _, a := range c.may(it) {
		view.May = append(view.May, CaseMay{a.Kind, a.May, a.Code, a.Why, a.Until})
	}
	return view, c.beside(ctx, it, &view, who)
}

// may says what may be done about a case; while the service is stopped nobody knows.
func (c *control) may(it respond.Case) respond.Answers {
	if c.alone() {
		return nil
	}
	return c.Cases.May(it)
}

// beside adds what was said, and what colleagues wrote.
func (c *control) beside(ctx context.Context, it respond.Case, view *CaseView, who caller) error {
	for _, a := range it.Actions {
		line := CaseAction{Do: a.Kind, State: a.State, Reason: a.Reason, Override: a.Override, By: a.By, Second: a.Second, Due: a.Due, Done: a.Done, Why: a.Why}
		if a.Text != "" {
			words, err := c.Store.Texts.Open(ctx, a.Text)
			if err != nil && !errors.Is(err, respond.ErrGone) {
				return err
			}
			line.Text = words.Text
		}
		view.Actions = append(view.Actions, line)
	}
	if who.role.May(people.Reveal) {
		notes, err := c.Cases.Notes(ctx, it)
		if err != nil {
			return err
		}
		for _, n := range notes {
			view.Notes = append(view.Notes, CaseNote{n.At, n.By, n.Words})
		}
	}
	p, ok := it.Proposed()
	if !ok {
		return nil
	}
	view.Proposal = &CaseProposal{By: p.By, At: p.At, Hide: p.Hide, Dismiss: p.Dismiss, Override: p.Override}
	if !who.role.May(people.Override) || !who.revealed {
		return nil
	}
	open, _, err := c.Cases.Proposal(ctx, it)
	view.Proposal.Reply, view.Proposal.Private, view.Proposal.Note = open.ReplyWords, open.PrivateWords, open.NoteWords
	return err
}

// only is one case.
type only struct{ c *respond.Case }

// All goes over it.
func (o only) All() iter.Seq[*respond.Case] {
	return func(yield func(*respond.Case) bool) { yield(o.c) }
}
