package review

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/inert"
)

// order finds in which order cases are listed.
func order(body string) string {
	var ids []string
	for _, part := range strings.Split(body, `data-item href="/cases/`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		ids = append(ids, id)
	}
	return strings.Join(ids, " ")
}

func TestQueueOrder(t *testing.T) {
	w := newWorld(t)
	age := func(d time.Duration) func(*respond.Case) {
		return func(c *respond.Case) { c.Comment.Created = w.now.Add(-d) }
	}
	w.add(t, "routine", respond.LaneRoutine, canaryText)
	w.add(t, "possible-low", respond.LanePossible, canaryText, age(99*time.Hour), func(c *respond.Case) { c.Low = true })
	w.add(t, "possible", respond.LanePossible, canaryText)
	w.add(t, "clear-new", respond.LaneClear, canaryText, age(time.Minute))
	w.add(t, "clear-old", respond.LaneClear, canaryText, age(time.Hour))
	w.add(t, "urgent", respond.LaneUrgent, canaryText, age(3*time.Minute))
	w.add(t, "ours", respond.LaneTakeDown, canaryText)
	w.add(t, "done", respond.LaneUrgent, canaryText, func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent}}
	})
	got := w.as(t, "vic").get("/")
	if s := order(got.body); s != "ours urgent clear-old clear-new possible possible-low routine" {
		t.Errorf("order: %s", s)
	}
	got.see(t, 200, `<b data-count="now">2</b> need somebody now`, `<b data-count="waiting">5</b> waiting`, "Urgent: may need help now",
		"3 min", "private reply 6 d", "privacy officer", "can wait", "all platforms answering ✓")
	if !strings.Contains(got.body, "<title>(7) Queue · Cedar Family Practice</title>") {
		t.Error("the title does not count")
	}
	got.lacks(t, canaryText, canaryAuthor, "operation")
}

func TestQueueFilters(t *testing.T) {
	w := newWorld(t)
	state := func(s respond.State) func(*respond.Case) {
		return func(c *respond.Case) { c.Actions = []respond.Action{{Kind: ingest.Reply, State: s, Due: w.now}} }
	}
	w.add(t, "a", respond.LaneClear, canaryText)
	w.add(t, "b", respond.LaneUrgent, canaryText, func(c *respond.Case) { c.Comment.Platform, c.Comment.Account = "wordpress", "blog" })
	w.add(t, "g", respond.LaneClear, canaryText, state(respond.Approved))
	w.add(t, "s", respond.LaneClear, canaryText, state(respond.Sent))
	w.add(t, "d", respond.LaneClear, canaryText, state(respond.Dismissed))
	b := w.as(t, "vic")
	for query, want := range map[string]string{
		"": "b a", "?lane=clear": "a", "?platform=wordpress": "b", "?account=cedar": "a", "?state=going": "g",
		"?state=answered": "s", "?state=dismissed": "d", "?lane=nonsense&state=nonsense&page=-3": "b a", "?platform=google": "",
	} {
		if got := b.get("/" + query); got.status != 200 || order(got.body) != want {
			t.Errorf("%s: %d %q, want %q", query, got.status, order(got.body), want)
		}
	}
	b.get("/?lane=clear").see(t, 200, `<a href="/?lane=clear" aria-current="true">`, `href="/?lane=clear&amp;platform=wordpress"`)
	b.get("/?platform=google").see(t, 200, "Nothing here.", "Show what needs you")
}

func TestQueuePages(t *testing.T) {
	w := newWorld(t)
	for i := range perPage*2 + 1 {
		w.add(t, fmt.Sprintf("c%03d", i), respond.LaneClear, "")
	}
	b := w.as(t, "vic")
	for page, want := range map[string]int{"": perPage, "?page=2": perPage, "?page=3": 1, "?page=99": 0} {
		if got := b.get("/" + page); strings.Count(got.body, "data-item") != want {
			t.Errorf("%s: %d rows, want %d", page, strings.Count(got.body, "data-item"), want)
		}
	}
	b.get("/?page=2").see(t, 200, "51 to 100 of 101", `rel="prev" href="/?page=1"`, `rel="next" href="/?page=3"`)
}

func TestQueueEmptyAndTrouble(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, "vic")
	b.get("/").see(t, 200, "Nothing needs you. Last comment checked 40 seconds ago on 1 platform.", "Decided today: nothing yet.")
	w.health = append(w.health,
		ingest.Health{Platform: "google", Account: "g", LastOK: w.now.Add(-time.Hour), Since: w.now.Add(-42 * time.Minute), Why: "The token is too old: sign in again"},
		ingest.Health{Platform: "wordpress", Account: "w"})
	got := b.get("/")
	got.see(t, 200, "Google has not answered since 13:20. Comments there are not being checked. The token is too old: sign in again.",
		"WordPress has not answered yet since the start.", "on 1 platform.")
	got.lacks(t, "all platforms answering")
	w.health = []ingest.Health{{Platform: "facebook", Account: "f", LastOK: w.now, Withheld: []string{"a", "b", "c", "d", "e", "f"}}}
	b.get("/").see(t, 200, "6 comments on Facebook are gone all at once. None was erased here")
	w.health = nil
	b.get("/").see(t, 200, "No platform is being checked yet.")
	w.health = []ingest.Health{{Platform: "facebook", Account: "north"}, {Platform: "facebook", Account: "south", LastOK: w.now}}
	b.get("/").see(t, 200, "Facebook (north) has not answered")
}

func TestQueueNews(t *testing.T) {
	w := newWorld(t)
	w.add(t, "a", respond.LaneClear, canaryText)
	b := w.as(t, "vic")
	_, after, _ := strings.Cut(b.get("/?lane=clear").body, `data-news="`)
	news, _, _ := strings.Cut(after, `"`)
	news = strings.ReplaceAll(news, "&amp;", "&")
	b.get(news).see(t, 200, `"say":""`)
	later := func(c *respond.Case) { c.Opened = w.now }
	w.add(t, "b", respond.LaneClear, canaryText, later)
	w.add(t, "c", respond.LaneClear, canaryText, later)
	w.add(t, "d", respond.LaneUrgent, canaryText, later)
	var got map[string]any
	ans := b.get(news)
	if err := json.Unmarshal([]byte(ans.body), &got); err != nil {
		t.Fatal(err)
	}
	if got["say"] != "2 new cases" || got["now"] != 1.0 || got["waiting"] != 3.0 || got["title"] != "(4) Queue · Cedar Family Practice" {
		t.Errorf("news: %s", ans.body)
	}
	b.get("/news?since=x").see(t, 400, `"error":`)
}

// crowd is a desk of n cases.
func crowd(tb testing.TB, n int) *pages {
	tb.Helper()
	s := &shelf{cases: map[string]respond.Case{}}
	now := time.Date(2026, 3, 2, 14, 2, 0, 0, time.UTC)
	for i := range n {
		c := respond.Case{Lane: respond.Lanes[i%len(respond.Lanes)], Opened: now,
			Comment: ingest.Comment{ID: fmt.Sprintf("c%019d", i), Platform: "facebook", Account: "cedar", Created: now.Add(-time.Duration(i) * time.Second)},
			History: []respond.Entry{{At: now, By: respond.Machine, Do: "opened"}}}
		if i%2 == 0 {
			c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent}}
			c.History = append(c.History, respond.Entry{At: now, By: "rita", Do: "approved"})
		}
		s.cases[c.ID()] = c
	}
	p, err := open(Options{Desk: &respond.Desk{Cases: frozen{s, slices.Collect(s.All())}}, People: &people.People{}, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// frozen lists cases as fast as the real store.
type frozen struct {
	*shelf
	all []*respond.Case
}

func (f frozen) All() iter.Seq[*respond.Case] { return slices.Values(f.all) }

func TestQueueIsFastWith20000Cases(t *testing.T) {
	p := crowd(t, 20000)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	best := time.Hour
	for range 5 {
		began := time.Now()
		rec := httptest.NewRecorder()
		if err := p.showQueue(rec, r); err != nil || strings.Count(rec.Body.String(), "data-item") != perPage {
			t.Fatal(err, rec.Body.Len())
		}
		best = min(best, time.Since(began))
	}
	t.Logf("20,000 cases: %v", best)
	if best > time.Second { // the benchmark below tells the figure; here only what is out of hand
		t.Errorf("the queue takes %v", best)
	}
}

func BenchmarkQueue20000(b *testing.B) {
	p := crowd(b, 20000)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
	for b.Loop() {
		if err := p.showQueue(httptest.NewRecorder(), r); err != nil {
			b.Fatal(err)
		}
	}
}

// Every template works with nothing in it and with everything.
func TestTemplatesEmptyAndFull(t *testing.T) {
	w := newWorld(t)
	f := frame{Title: "T", Practice: "P", OnCall: "O", User: "u", Role: "r", Shadow: true, News: "/news"}
	field := &textField{Kind: "reply", Name: "reply", Text: "t", Limit: "8", Problems: []problem{{Lead: "l", Words: "w", Rest: "r"}}}
	for name, pages := range map[string][]any{
		"login":   {loginPage{}, loginPage{frame: f, Name: "n", Next: "/", Say: "s"}},
		"message": {messagePage{}, messagePage{frame: f, Say: "s"}},
		"queue": {queuePage{}, queuePage{frame: f, Counts: counts{1, 2, 3}, Trouble: []string{"t"}, Reading: "r", Rows: []row{{ID: "x", Loud: true, Low: true}},
			Filters: []filterGroup{{Name: "State", Links: []filterLink{{"t", "/?a=b", true}}}}, Undo: &undoLast{"x", 3}, Older: "/?page=3", Newer: "/?page=1", Range: "r"}},
		"case": {casePage{}, casePage{frame: f, ID: "x", Loud: true, Window: "w", Notice: "n", Doubt: "d", Why: []string{"w"}, Yours: "y", CanHand: true, CanUndo: true,
			Said: said{CanReveal: true, Shown: true, Author: "a", Link: "https://a.example", Title: "t", Lang: "en", Pieces: []inert.Piece{{Text: "x", Why: []int{1}, Last: true, Sign: true}}, Notes: []string{"n"}},
			Done: []doneLine{{Kind: "k", Stands: "s", Verb: "Goes out", Text: "t", Note: "n", Seconds: 3}}, History: []historyLine{{What: "w"}}, Before: "b", After: "a",
			Form: &decideForm{Reply: field, Private: field, SendPrivate: true, Wordings: []string{"w"}, Hide: &hideField{true, "n", []reason{{"c", "w", true}}}}},
			casePage{TakeDown: &takeDown{Online: "3 days", ByHand: true, MayLeave: true}}, casePage{Form: &decideForm{}}, casePage{Said: said{Shown: true, Gone: true, Own: true}}},
	} {
		for i, page := range pages {
			if err := w.pages.look.pages[name].Execute(io.Discard, page); err != nil {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
	}
	if len(w.pages.look.pages) != len(pageNames) {
		t.Error("a page is not tested")
	}
}
