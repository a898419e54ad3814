package review

import (
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
)

const perPage = 50

// queuePage shows what needs somebody.
type queuePage struct {
	frame
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

// Title is the beginning of the page's title.
func (c counts) Title() string {
	if n := c.Now + c.Waiting; n > 0 {
		return fmt.Sprintf("(%d) Queue", n)
	}
	return "Queue"
}

func (p *pages) showQueue(w http.ResponseWriter, r *http.Request) error {
	f := readFilter(r.URL.Query())
	me := visitOf(r).user
	s := p.survey(f, me)
	page := queuePage{frame: p.frame(r, s.Title()), Counts: s.counts, Filters: f.groups(s), All: f == filter{Page: f.Page},
		Narrow: f != filter{Page: f.Page, State: f.State}}
	page.News = "/news?" + f.query(url.Values{"since": {strconv.FormatInt(max(0, s.newest.UnixNano()), 10)}}).Encode()
	page.Trouble, page.Reading = p.reading()
	page.Today = s.decided()
	if f.State == stateAnswered {
		page.Outcomes = s.becameOf()
	}
	if s.sample > 0 {
		page.Sample = plural(s.sample, "comment")
	}
	if s.undo != nil && me.Role.May(people.Decide) {
		page.Undo = &undoLast{ID: s.undo.ID(), Seconds: seconds(due(s.undo).Sub(p.Now()))}
	}
	first := min((f.Page-1)*perPage, len(s.list))
	last := min(first+perPage, len(s.list))
	for _, c := range s.list[first:last] {
		page.Rows = append(page.Rows, p.row(c.Case))
	}
	page.Empty = p.empty(page.All)
	page.turn(f, first, last, len(s.list))
	return p.render(w, http.StatusOK, "queue", page)
}

// turn sets the links to the other pages.
func (page *queuePage) turn(f filter, first, last, all int) {
	if all <= perPage {
		return
	}
	page.Range = fmt.Sprintf("%s to %s of %s", grouped(first+1), grouped(last), grouped(all))
	if f.Page > 1 {
		page.Newer = "/?" + f.query(url.Values{"page": {strconv.Itoa(f.Page - 1)}}).Encode()
	}
	if last < all {
		page.Older = "/?" + f.query(url.Values{"page": {strconv.Itoa(f.Page + 1)}}).Encode()
	}
}

func (p *pages) row(c *respond.Case) row {
	now := p.Now()
	out := row{ID: c.ID(), Lane: laneWords[c.Lane], Where: platformWord(c.Comment.Platform), Opened: c.Opened,
		Age: short(now.Sub(made(c))), Low: c.Low, Loud: p.loud(c)}
	if p.manyOn(c.Comment.Platform) {
		out.Where += " · " + c.Comment.Account
	}
	out.Note = p.rowNote(c)
	return out
}

// loud reports whether a case calls a person until somebody comes.
func (p *pages) loud(c *respond.Case) bool { return p.Desk.Loudness(c.Lane) == respond.Pages }

// manyOn reports whether the practice has several accounts on a platform.
func (p *pages) manyOn(platform string) bool {
	n := 0
	for _, h := range p.Health() {
		n += btoi(h.Platform == platform)
	}
	return n > 1
}

// rowNote is the one thing to know about a case beside its lane and age.
func (p *pages) rowNote(c *respond.Case) string {
	window := c.Comment.PrivateUntil.Sub(p.Now())
	switch c.State() {
	case respond.Manual:
		return "to be done by hand"
	case respond.Failed:
		return "could not be published"
	case respond.Approved:
		if byItself(c) {
			return "automatic, goes out in " + span(due(c).Sub(p.Now()))
		}
		return "goes out in " + span(due(c).Sub(p.Now()))
	case respond.Sending:
		return "going out now"
	case respond.Waiting:
		switch {
		case c.Lane == respond.LaneTakeDown:
			return "privacy officer"
		case respond.Plans[c.Lane].Private && window > 0:
			return "private reply " + short(window)
		}
		return ""
	}
	settled := "withdrawn"
	if e, ok := decision(c); ok {
		settled = e.By + ", " + p.clock(e.At)
	} else if byItself(c) {
		settled = "automatic, " + p.clock(c.LastStep())
	}
	if c.Outcome != nil {
		settled += " · " + lower(outcomeWords[c.Outcome.Code])
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
func (s *survey) becameOf() string {
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
		parts = append(parts, lower(outcomeWords[code])+" "+grouped(n[code]))
	}
	return "What became of these: " + strings.Join(parts, ", ") + "; not said " + grouped(unknown) + "."
}

// decided says what was decided today.
func (s *survey) decided() string {
	if len(s.took) == 0 {
		return "Decided today: nothing yet."
	}
	slices.Sort(s.took)
	return fmt.Sprintf("Decided today: %d answered, %d dismissed, median %s.",
		s.answered, s.closed, span(s.took[len(s.took)/2]))
}

// queueNews tells a page left open what came meanwhile.
func (p *pages) queueNews(w http.ResponseWriter, r *http.Request) error {
	f := readFilter(r.URL.Query())
	since, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		return errForm
	}
	s := p.survey(f, visitOf(r).user)
	fresh := 0
	for _, c := range s.list {
		fresh += btoi(c.Opened.UnixNano() > since)
	}
	say := ""
	if fresh > 0 {
		say = plural(fresh, "new case")
	}
	p.answer(w, http.StatusOK, struct {
		Say   string `json:"say"`
		Title string `json:"title"`
		counts
	}{say, p.title(s.Title()), s.counts})
	return nil
}

func (p *pages) title(s string) string {
	if p.Practice == "" {
		return s
	}
	return s + " · " + p.Practice
}

// reading says how reading the platforms goes: what is in trouble, in
// sentences, or that all is well.
func (p *pages) reading() (trouble []string, well string) {
	health := p.Health()
	for _, h := range health {
		if n := len(h.Withheld); n > 0 {
			trouble = append(trouble, grouped(n)+" comments on "+p.source(h)+" are gone all at once. None was erased here: ask the privacy officer whether they were deleted.")
		}
		switch {
		case h.OK():
		case h.Since.IsZero():
			trouble = append(trouble, p.source(h)+" has not answered yet since the start. Comments there are not being checked."+tail(h.Why))
		default:
			trouble = append(trouble, p.source(h)+" has not answered since "+p.clock(h.Since)+". Comments there are not being checked."+tail(h.Why))
		}
	}
	if len(trouble) == 0 && len(health) > 0 {
		well = "all platforms answering ✓"
	}
	return trouble, well
}

func tail(why string) string {
	if why == "" {
		return ""
	}
	return " " + sentence(why, "")
}

func (p *pages) source(h ingest.Health) string {
	if p.manyOn(h.Platform) {
		return platformWord(h.Platform) + " (" + h.Account + ")"
	}
	return platformWord(h.Platform)
}

// empty says that nothing is in the list, and how far that can be trusted.
func (p *pages) empty(all bool) string {
	if !all {
		return "Nothing here."
	}
	var oldest time.Time
	platforms := map[string]bool{}
	for _, h := range p.Health() {
		if h.OK() {
			platforms[h.Platform] = true
			if oldest.IsZero() || h.LastOK.Before(oldest) {
				oldest = h.LastOK
			}
		}
	}
	if len(platforms) == 0 {
		return "Nothing needs you. No platform is being checked yet."
	}
	return fmt.Sprintf("Nothing needs you. Last comment checked %s ago on %s.",
		span(p.Now().Sub(oldest)), plural(len(platforms), "platform"))
}

func seconds(d time.Duration) int { return max(0, int((d+time.Second-1)/time.Second)) }
