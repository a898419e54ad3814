// Package queue is the page that says what needs somebody, and the lists of what was
// decided.
package queue

import (
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// Files are the page's templates and scripts.
//
//go:embed templates
var Files embed.FS

// Pages are the queue and its lists.
type Pages struct {
	*page.Site
	Desk *respond.Desk
	// Health tells how reading the accounts goes.
	Health func() []ingest.Health
}

const perPage = 50

// queuePage shows what needs somebody.
type queuePage struct {
	page.Frame
	Counts  counts
	Trouble []string
	// Reading says that every account answers.
	Reading string
	Filters []filterGroup
	Rows    []row
	Empty   string
	All     bool // nothing is filtered away
	Narrow  bool // only some lanes, platforms or accounts are shown
	Today   string
	// Outcomes says what became of the conversations in the list.
	Outcomes string
	Sample   string // how many of the weekly sample nobody has looked at
	Undo     *undoLast
	// Older and Newer lead to the other pages of a long list.
	Older, Newer, Range string
}

// row is one case in the list: no word of the comment.
type row struct {
	ID, Lane, Where, Age, Note string
	Opened                     time.Time
	Loud, Low                  bool
}

// undoLast offers to take back one's last decision.
type undoLast struct {
	ID      string
	Seconds int
}

// counts is what the desk's head says.
type counts struct {
	Now     int `json:"now"`     // need somebody at once
	Waiting int `json:"waiting"` // wait for a person
	Going   int `json:"going"`   // go out soon
}

// title is the beginning of the page's title.
func (c counts) title(w *say.Words) string {
	if n := c.Now + c.Waiting; n > 0 {
		return fmt.Sprintf("(%d) %s", n, w.Say("Queue"))
	}
	return w.Say("Queue")
}

// Show shows the queue, or the list that the address asks for.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request) error {
	f, v := readFilter(r.URL.Query()), page.VisitOf(r)
	s := p.survey(f, v.User)
	out := queuePage{Frame: p.Frame(r, s.title(v.Words)), Counts: s.counts, Filters: f.groups(s, v.Words), All: f == filter{Page: f.Page},
		Narrow: f != filter{Page: f.Page, State: f.State}}
	out.News = "/news?" + f.query(url.Values{"since": {strconv.FormatInt(max(0, s.newest.UnixNano()), 10)}}).Encode()
	out.Trouble, out.Reading = p.reading(v.Words)
	out.Today = s.decided(v.Words)
	if f.State == stateAnswered {
		out.Outcomes = s.becameOf(v.Words)
	}
	if s.sample > 0 {
		out.Sample = v.Words.Count(s.sample, "%d comment")
	}
	if s.undo != nil && v.User.Role.May(people.Decide) {
		out.Undo = &undoLast{ID: s.undo.ID(), Seconds: seconds(due(s.undo).Sub(p.Now()))}
	}
	first := min((f.Page-1)*perPage, len(s.list))
	last := min(first+perPage, len(s.list))
	for _, c := range s.list[first:last] {
		out.Rows = append(out.Rows, p.row(c.Case, v.Words))
	}
	out.Empty = p.empty(out.All, v.Words)
	if len(s.list) > perPage {
		out.Range = v.Words.Say("%d to %d of %d", first+1, last, len(s.list))
		out.turn(f, last < len(s.list))
	}
	return p.Render(w, r, http.StatusOK, "queue", out)
}

// turn sets the links to the other pages of a long list.
func (page *queuePage) turn(f filter, more bool) {
	if f.Page > 1 {
		page.Newer = "/?" + f.query(url.Values{"page": {strconv.Itoa(f.Page - 1)}}).Encode()
	}
	if more {
		page.Older = "/?" + f.query(url.Values{"page": {strconv.Itoa(f.Page + 1)}}).Encode()
	}
}

func (p *Pages) row(c *respond.Case, w *say.Words) row {
	now := p.Now()
	out := row{ID: c.ID(), Lane: w.Lane(c.Lane), Where: w.Platform(c.Comment.Platform), Opened: c.Opened,
		Age: w.Short(now.Sub(made(c))), Low: c.Low, Loud: p.loud(c)}
	if p.manyOn(c.Comment.Platform) {
		out.Where += " · " + c.Comment.Account
	}
	out.Note = p.rowNote(c, w)
	return out
}

// loud reports whether a case calls a person until somebody comes.
func (p *Pages) loud(c *respond.Case) bool { return p.Desk.Loudness(c.Lane) == respond.Pages }

// manyOn reports whether the practice has several accounts on a platform.
func (p *Pages) manyOn(platform string) bool {
	n := 0
	for _, h := range p.Health() {
		n += btoi(h.Platform == platform)
	}
	return n > 1
}

// rowNote is the one thing to know about a case beside its lane and age.
func (p *Pages) rowNote(c *respond.Case, w *say.Words) string {
	window := c.Comment.PrivateUntil.Sub(p.Now())
	switch c.State() {
	case respond.Manual:
		return w.Say("to be done by hand")
	case respond.Failed:
		return w.Say("could not be published")
	case respond.Approved:
		left := w.Span(due(c).Sub(p.Now()))
		if byItself(c) {
			return w.Say("automatic, goes out in %s", left)
		}
		return w.Say("goes out in %s", left)
	case respond.Sending:
		return w.Say("going out now")
	case respond.Waiting:
		switch {
		case c.Lane == respond.LaneTakeDown:
			return w.Say("privacy officer")
		case respond.Plans[c.Lane].Private && window > 0:
			return w.Say("private reply %s", w.Short(window))
		}
		return ""
	}
	settled := w.Say("withdrawn")
	if e, ok := decision(c); ok {
		settled = e.By + ", " + w.Clock(e.At, p.Now())
	} else if byItself(c) {
		settled = w.Say("automatic, %s", w.Clock(c.LastStep(), p.Now()))
	}
	if c.Outcome != nil {
		settled += " · " + say.Lower(w.Outcome(c.Outcome.Code))
	}
	return settled
}

// byItself reports whether a public reply went out, or goes out, that nobody
// approved.
func byItself(c *respond.Case) bool {
	return slices.ContainsFunc(c.Actions, func(a respond.Action) bool {
		return a.Kind == ingest.Reply && a.By == respond.Machine && (a.State == respond.Sent || a.State == respond.Approved)
	})
}

// becameOf counts the outcomes of what is listed.
func (s *survey) becameOf(w *say.Words) string {
	n, unknown := map[string]int{}, 0
	for _, c := range s.list {
		switch {
		case c.Outcome != nil:
			n[c.Outcome.Code]++
		case c.CanOutcome():
			unknown++
		}
	}
	if len(n) == 0 {
		return ""
	}
	parts := []string{}
	for _, code := range respond.Outcomes {
		parts = append(parts, say.Lower(w.Outcome(code))+" "+w.Number(n[code]))
	}
	return w.Say("What became of these: %s; not said %d.", strings.Join(parts, ", "), unknown)
}

// decided says what was decided today.
func (s *survey) decided(w *say.Words) string {
	if len(s.took) == 0 {
		return w.Say("Decided today: nothing yet.")
	}
	slices.Sort(s.took)
	return w.Say("Decided today: %d answered, %d dismissed, median %s.", s.answered, s.closed, w.Span(s.took[len(s.took)/2]))
}

// News tells a page left open what came meanwhile.
func (p *Pages) News(w http.ResponseWriter, r *http.Request) error {
	f, v := readFilter(r.URL.Query()), page.VisitOf(r)
	since, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		return page.ErrForm
	}
	s := p.survey(f, v.User)
	fresh := 0
	for _, c := range s.list {
		fresh += btoi(c.Opened.UnixNano() > since)
	}
	words := ""
	if fresh > 0 {
		words = v.Words.Count(fresh, "%d new case")
	}
	p.Answer(w, http.StatusOK, struct {
		Say   string `json:"say"`
		Title string `json:"title"`
		counts
	}{words, p.TitleOf(s.title(v.Words)), s.counts})
	return nil
}

func seconds(d time.Duration) int { return max(0, int((d+time.Second-1)/time.Second)) }
