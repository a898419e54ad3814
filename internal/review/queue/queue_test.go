package queue

import (
	"fmt"
	"io/fs"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/respond/desktest"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

var now = time.Date(2026, 3, 2, 14, 2, 0, 0, time.FixedZone("Portland", -8*60*60))

// shelf is cases that never change.
type shelf struct {
	respond.Cases
	all []*respond.Case
}

func (s shelf) All() iter.Seq[*respond.Case] { return slices.Values(s.all) }

// crowd is a desk of n cases of a busy practice.
func crowd(tb testing.TB, n int) *Pages {
	tb.Helper()
	var s shelf
	for _, c := range desktest.NewCrowd(1, now).Cases(n) {
		light := c.Light()
		s.all = append(s.all, &light)
	}
	told := false
	feed := func() iter.Seq2[string, *respond.Case] {
		return func(yield func(string, *respond.Case) bool) {
			for _, c := range s.all {
				if told || !yield(c.ID(), c) {
					return
				}
			}
			told = true
		}
	}
	p := &Pages{Desk: &respond.Desk{Cases: s}, Board: board.New(feed), Health: func() []ingest.Health { return nil }, Here: func(string) iter.Seq2[string, time.Time] {
		return func(func(string, time.Time) bool) {}
	}, Site: &page.Site{People: &people.People{}, Log: zap.NewNop(), Now: func() time.Time { return now }, Shadow: func() bool { return false }}}
	if err := p.Open(page.Options{Files: []fs.FS{Files}}); err != nil {
		tb.Fatal(err)
	}
	return p
}

// The queue, and a search among what was settled, of a hundred times as many cases
// take less than three times as long.
func TestManyCasesTakeNoLonger(t *testing.T) {
	few, many := crowd(t, 1000), crowd(t, 100_000)
	for _, of := range []string{"/", "/?state=answered", "/?state=answered&platform=google&from=2025-01-01"} {
		best := func(p *Pages) time.Duration {
			least := time.Hour
			for range 30 {
				began := time.Now()
				rec := httptest.NewRecorder()
				if err := p.Show(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, of, nil)); err != nil {
					t.Fatal(err)
				}
				if n := strings.Count(rec.Body.String(), "data-item"); n == 0 || n > perPage {
					t.Fatalf("%s: %d rows", of, n)
				}
				least = min(least, time.Since(began))
			}
			return least
		}
		a, b := best(few), best(many)
		t.Logf("%s: 1,000 cases %v, 100,000 cases %v", of, a, b)
		if b > 3*a+time.Millisecond {
			t.Errorf("%s: 1,000 cases take %v, 100,000 %v", of, a, b)
		}
	}
}

func BenchmarkQueue100000(b *testing.B) {
	p := crowd(b, 100_000)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
	for b.Loop() {
		if err := p.Show(httptest.NewRecorder(), r); err != nil {
			b.Fatal(err)
		}
	}
}

// The template works with nothing in it and with everything.
func TestTemplateEmptyAndFull(t *testing.T) {
	p := crowd(t, 0)
	f := page.Frame{Title: "T", Practice: "P", OnCall: "O", User: "u", Role: "r", Shadow: true, News: "/news", Live: "/live"}
	for i, full := range []queuePage{{}, {Frame: f, Counts: board.Counts{Now: 1, Waiting: 2, Going: 3}, Trouble: []string{"t"}, Reading: "r", Rows: []row{{ID: "x", Loud: true, Low: true, Choose: "x@1", Notes: []string{"a", "b"}}},
		Headings: []link{{"t", "/?a=b", true}}, Choices: []choice{{"lane", "Lane", []option{{"", "All", true}}}}, Undo: &undoLast{"x", 3}, Older: "/?page=3", Newer: "/?page=1", Range: "r", Narrow: true, Found: "3 cases",
		Choosing: true, State: "going", Sample: "3 comments", Outcomes: "o", Together: &togetherDone{Says: []string{"s"}, Undo: []string{"x"}, Left: []leftLine{{"x", "w", "y"}}}}} {
		rec := httptest.NewRecorder()
		if err := p.Render(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), http.StatusOK, "queue", full); err != nil {
			t.Errorf("page %d: %v", i, err)
		}
		if strings.Contains(rec.Body.String(), "%!") {
			t.Errorf("page %d: a sentence with a part too many or too few: %s", i, rec.Body)
		}
	}
}

// An address is read as it is written, and what it does not know is as if it were not
// there.
func TestFilterInTheAddress(t *testing.T) {
	for in, want := range map[string]string{
		"": "/", "page=1": "/", "state=going&page=3": "/?page=3&state=going", "state=nonsense&lane=nonsense&page=-3&from=yesterday": "/",
		"lane=clear&platform=google&account=main&assignee=-&from=2026-01-31&to=2026-02-01": "/?account=main&assignee=-&from=2026-01-31&lane=clear&platform=google&to=2026-02-01",
		"q=knee&text=knee": "/",
	} {
		q, err := url.ParseQuery(in)
		if err != nil {
			t.Fatal(err)
		}
		f := readFilter(q, now.Location())
		if got := f.href(f.Page); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
	f := readFilter(url.Values{"from": {"2026-01-31"}, "to": {"2026-01-31"}}, now.Location())
	if d := f.To.Sub(f.From); d != 24*time.Hour || f.From.Location() != now.Location() || !f.narrow() {
		t.Errorf("a day is from %v to %v", f.From, f.To)
	}
}

// What can be chosen is what there is.
func TestChoices(t *testing.T) {
	w := say.In(say.English)
	show := func(o board.Offered, f filter) (out []string) {
		for _, c := range f.choices(o, "dana", w) {
			line := c.Name + ":"
			for _, one := range c.Options {
				line += " " + one.Value
				if one.On {
					line += "*"
				}
			}
			out = append(out, line)
		}
		return out
	}
	one := board.Offered{Lanes: []respond.Lane{respond.LaneClear}, Platforms: []string{"facebook"}, Accounts: map[string][]string{"facebook": {"main"}}}
	if got := show(one, filter{}); !slices.Equal(got, []string{"assignee: * dana -"}) {
		t.Errorf("of one lane on one account: %q", got)
	}
	two := board.Offered{Lanes: []respond.Lane{respond.LaneUrgent, respond.LaneClear}, Platforms: []string{"facebook", "x"},
		Accounts: map[string][]string{"facebook": {"east", "west"}, "x": {"main"}}, Assignees: []string{"dana", "lee"}}
	want := []string{"lane: * urgent clear", "platform: facebook* x ", "account: * east west main", "assignee: dana - lee* "}
	got := show(two, filter{Query: board.Query{Platform: "facebook", Assignee: "lee"}})
	want[1], want[3] = "platform:  facebook* x", "assignee:  dana - lee*"
	if !slices.Equal(got, want) {
		t.Errorf("of two:\n%q, want\n%q", got, want)
	}
}

func TestChosenCases(t *testing.T) {
	c := chosen{"abc234", now}
	if got, ok := readChosen(c.String()); !ok || got.id != c.id || !got.step.Equal(c.step) {
		t.Errorf("%s is read as %+v", c, got)
	}
	for _, s := range []string{"", "abc", "abc@", "abc@!", "@@"} {
		if _, ok := readChosen(s); ok {
			t.Errorf("%q is read as a case", s)
		}
	}
	if s := fmt.Sprint(chosen{"a", time.Time{}}); !strings.HasPrefix(s, "a@") {
		t.Errorf("a case that never went on is named %s", s)
	}
}
