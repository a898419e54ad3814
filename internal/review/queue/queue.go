// Package queue is the page that says what needs somebody, and the lists of what was
// decided.
package queue

import (
	"embed"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// Files are the page's templates, styles and scripts.
//
//go:embed templates assets
var Files embed.FS

// Pages are the queue and its lists.
type Pages struct {
	*page.Site
	Desk *respond.Desk
	// Board lists the cases.
	Board *board.Board
	// Health tells how reading the accounts goes.
	Health func() []ingest.Health
	// Here are the users who have a case open, and since when.
	Here func(id string) iter.Seq2[string, time.Time]
}

const perPage = 50

// queuePage shows what needs somebody.
type queuePage struct {
	page.Frame
	Counts  board.Counts
	Trouble []string
	// Reading says that every account answers.
	Reading  string
	Headings []link
	Choices  []choice
	// State, From and To are the search's other fields.
	State, From, To string
	Rows            []row
	Empty           string
	All             bool // what needs somebody, and nothing is filtered away
	Narrow          bool // only some lanes, platforms, accounts, people or days are shown
	// Found says how many a search found, and Everything leads to all of them.
	Found, Everything string
	Today             string
	// Outcomes says what became of the conversations in the list.
	Outcomes string
	Sample   string // how many of the weekly sample nobody has looked at
	Undo     *undoLast
	// Together says what became of what was just done to several; nil: nothing was.
	Together *togetherDone
	// Back is the list's address, and Choosing whether several can be chosen in it.
	Back     string
	Choosing bool
	// Older and Newer lead to the other pages of a long list.
	Older, Newer, Range string
}

// undoLast offers to take back one's last decision.
type undoLast struct {
	ID      string
	Seconds int
}

// title is the beginning of the page's title.
func title(n board.Counts, w *say.Words) string {
	if n := n.Now + n.Waiting; n > 0 {
		return fmt.Sprintf("(%d) %s", n, w.Say("Queue"))
	}
	return w.Say("Queue")
}

// Show shows the queue, or the list that the address asks for.
func (p *Pages) Show(w http.ResponseWriter, r *http.Request) error {
	f, v := readFilter(r.URL.Query(), p.Now().Location()), page.VisitOf(r)
	n := p.Board.Counts(p.loud)
	list := p.Board.List(f.Query, (f.Page-1)*perPage, perPage)
	out := queuePage{Frame: p.Frame(r, title(n, v.Words)), Counts: n, Headings: f.headings(v.Words),
		Choices: f.choices(p.Board.Offered(), v.User.Name, v.Words), State: string(f.State), From: f.from, To: f.to,
		All: f.Query == board.Query{}, Narrow: f.narrow(), Back: f.href(f.Page), Everything: filter{Query: board.Query{State: f.State}}.href(1)}
	of := f.query(url.Values{"since": {strconv.FormatInt(list.Mark, 10)}}).Encode()
	out.News, out.Live = "/news?"+of, "/live?"+of
	out.Trouble, out.Reading = p.reading(v.Words)
	out.Today = p.today(v.Words)
	if f.State == board.Answered {
		out.Outcomes = p.becameOf(f.Query, v.Words)
	}
	if n.Sample > 0 {
		out.Sample = v.Words.Count(n.Sample, "%d comment")
	}
	decides := v.User.Role.May(people.Decide)
	if decides {
		if out.Together = p.takeDone(r, v.Words); out.Together == nil || len(out.Together.Undo) == 0 {
			out.Undo = p.undoLast(v.User)
		}
	}
	for _, c := range list.Cards {
		one := p.row(c, v)
		out.Rows = append(out.Rows, one)
		out.Choosing = out.Choosing || decides && one.Choose != ""
	}
	out.fill(f, list, v.Words)
	out.Empty = p.empty(f, v.Words)
	return p.Render(w, r, http.StatusOK, "queue", out)
}

// fill says how much the list is, and leads to its other pages.
func (out *queuePage) fill(f filter, list board.List, w *say.Words) {
	if f.narrow() {
		out.Found = w.Count(list.All, "%d case")
	}
	last := list.First + len(list.Cards)
	if list.All <= perPage {
		return
	}
	out.Range = w.Say("%d to %d of %d", min(list.First+1, list.All), last, list.All)
	if f.Page > 1 {
		out.Newer = f.href(min(f.Page-1, (list.All-1)/perPage+1))
	}
	if last < list.All {
		out.Older = f.href(f.Page + 1)
	}
}

// undoWhile is for how long a decision by which nothing goes out is offered to be
// taken back.
const undoWhile = time.Minute

func (p *Pages) undoLast(me people.User) *undoLast {
	c, until, found := p.Board.Last(me.Name, p.Now(), undoWhile)
	if !found {
		return nil
	}
	return &undoLast{ID: c.ID, Seconds: max(0, int((until.Sub(p.Now())+time.Second-1)/time.Second))}
}

// becameOf counts the outcomes of what is listed.
func (p *Pages) becameOf(q board.Query, w *say.Words) string {
	n, unknown := p.Board.Outcomes(q)
	if len(n) == 0 {
		return ""
	}
	parts := []string{}
	for _, code := range respond.Outcomes {
		parts = append(parts, say.Lower(w.Outcome(code))+" "+w.Number(n[code]))
	}
	return w.Say("What became of these: %s; not said %d.", strings.Join(parts, ", "), unknown)
}

// today says what was decided today.
func (p *Pages) today(w *say.Words) string {
	now := p.Now()
	y, m, d := now.Date()
	of := p.Board.Since(time.Date(y, m, d, 0, 0, 0, 0, now.Location()))
	if of.Answered+of.Dismissed == 0 {
		return w.Say("Decided today: nothing yet.")
	}
	return w.Say("Decided today: %d answered, %d dismissed, median %s.", of.Answered, of.Dismissed, w.Span(of.Median))
}

// Beside are the cases before and after one in the queue; empty: there is none.
func (p *Pages) Beside(c respond.Case, _ people.User) (before, after string) {
	var q board.Query
	if c.Lane == respond.LaneSample {
		q.Lane = c.Lane
	}
	return p.Board.Beside(q, c.ID())
}

// News is what a page left open is told.
type News struct {
	// Say is what came meanwhile; empty: nothing did.
	Say   string `json:"say"`
	Title string `json:"title"`
	// Now need somebody at once, Waiting wait for a person, Going go out soon.
	Now     int `json:"now"`
	Waiting int `json:"waiting"`
	Going   int `json:"going"`
}

// NewsOf is what came into a list since the page at this address was made.
func (p *Pages) NewsOf(v page.Visit, of url.Values) (News, error) {
	since, err := strconv.ParseInt(of.Get("since"), 10, 64)
	if err != nil {
		return News{}, page.ErrForm
	}
	n := p.Board.Counts(p.loud)
	out := News{Title: p.TitleOf(title(n, v.Words)), Now: n.Now, Waiting: n.Waiting, Going: n.Going}
	if fresh := p.Board.Fresh(readFilter(of, p.Now().Location()).Query, since); fresh > 0 {
		out.Say = v.Words.Count(fresh, "%d new case")
	}
	return out, nil
}

// News tells a page left open what came meanwhile.
func (p *Pages) News(w http.ResponseWriter, r *http.Request) error {
	news, err := p.NewsOf(page.VisitOf(r), r.URL.Query())
	if err != nil {
		return err
	}
	p.Answer(w, http.StatusOK, news)
	return nil
}
