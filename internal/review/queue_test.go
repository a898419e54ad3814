package review

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
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
	for i := range 50*2 + 1 {
		w.add(t, fmt.Sprintf("c%03d", i), respond.LaneClear, "")
	}
	b := w.as(t, "vic")
	for page, want := range map[string]int{"": 50, "?page=2": 50, "?page=3": 1, "?page=99": 0} {
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
