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
	got.see(t, 200, `data-live="/live?since=`)
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
	b.get("/?lane=clear").see(t, 200, `<a href="/?lane=clear" aria-current="true">`, `<option value="clear" selected>Clear disclosure</option>`,
		`<option value="wordpress">WordPress</option>`, ">1 case<")
	b.get("/?platform=google").see(t, 200, "Nothing fits what you chose.", "Show what needs you", ">0 cases<")
	b.get("/").lacks(t, "0 cases", "Nothing fits")
}

// Days are those of the place, and both are listed; whose a case is can be asked for.
func TestQueueByDayAndPerson(t *testing.T) {
	w := newWorld(t)
	on := func(day string) func(*respond.Case) {
		at, err := time.ParseInLocation("2006-01-02 15:04", day, w.now.Location())
		if err != nil {
			t.Fatal(err)
		}
		return func(c *respond.Case) { c.Comment.Created = at }
	}
	w.add(t, "a", respond.LaneClear, canaryText, on("2026-02-27 23:59"), func(c *respond.Case) { c.Assignee = "rita" })
	w.add(t, "b", respond.LaneClear, canaryText, on("2026-02-28 00:00"), func(c *respond.Case) { c.Assignee = "otto" })
	w.add(t, "c", respond.LaneClear, canaryText, on("2026-02-28 23:59"))
	b := w.as(t, "rita")
	for query, want := range map[string]string{"from=2026-02-28": "b c", "to=2026-02-27": "a", "from=2026-02-28&to=2026-02-28": "b c", "from=2026-03-01": "",
		"assignee=rita": "a", "assignee=-": "c", "assignee=otto&from=2026-03-01": "", "assignee=nobody-of-that-name": ""} {
		if got := order(b.get("/?" + query).body); got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	b.get("/?from=2026-02-28").see(t, 200, `value="2026-02-28"`, `<option value="rita">Me</option>`, `<option value="otto">otto</option>`)
	b.get("/").see(t, 200, "· yours<", "· otto<")
}

// several are the values of the boxes with which cases can be chosen.
func several(body string) (out []string) {
	for _, part := range strings.Split(body, `name="case" value="`)[1:] {
		value, _, _ := strings.Cut(part, `"`)
		out = append(out, value)
	}
	return out
}

// Several are dismissed at once and taken back at once; what needs a look of its own
// cannot be chosen, and what went on meanwhile is left and named.
func TestDismissSeveral(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"a", "b", "c"} {
		w.add(t, id, respond.LanePossible, canaryText)
	}
	w.add(t, "urgent", respond.LaneUrgent, canaryText)
	b := w.as(t, "rita")
	page := b.get("/")
	boxes := several(page.body)
	if len(boxes) != 3 || !strings.HasPrefix(boxes[0], "a@") {
		t.Fatalf("boxes %q", boxes)
	}
	w.as(t, "otto").post("/cases/b/dismiss", "step", "1").see(t, 303)
	got := b.post("/together/dismiss", "case", boxes[0], "case", boxes[1], "case", boxes[2], "case", "urgent@"+strings.Split(boxes[0], "@")[1], "back", "/?platform=facebook&page=1")
	if got.status != 303 || got.location != "/?platform=facebook" {
		t.Fatalf("%d to %s", got.status, got.location)
	}
	page = b.get(got.location)
	page.see(t, 200, "2 cases were dismissed as not sensitive.", "2 cases were left as they are:", `<a href="/cases/b">Possible disclosure, Facebook</a>: It went on a moment ago: open it and look.`,
		`<a href="/cases/urgent">Urgent: may need help now, Facebook</a>: Somebody may need help now: open it and decide on it alone.`)
	page.lacks(t, canaryText, canaryAuthor)
	if order(page.body) != "urgent" {
		t.Errorf("left are %s", order(page.body))
	}
	b.get("/").lacks(t, "were dismissed") // told once
	got = b.post("/together/undo", "case", "a", "case", "c", "case", "b", "back", "https://evil.example/?state=going")
	if got.location != "/?state=going" {
		t.Errorf("back to %s", got.location)
	}
	b.get("/").see(t, 200, "2 cases wait again: the dismissal was taken back.", "1 case was left as it is:")
	if got := order(b.get("/").body); got != "urgent a c" {
		t.Errorf("after the undo %s wait", got)
	}
	b.post("/together/dismiss", "case", "a").see(t, 400, "did not arrive whole")
	b.post("/together/dismiss").see(t, 303)
	if w.as(t, "vic").post("/together/dismiss", "case", boxes[0]).status != 403 || strings.Contains(w.as(t, "vic").get("/").body, `name="case"`) {
		t.Error("somebody who may not decide can choose")
	}
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
	b.get("/?page=2").see(t, 200, "51 to 100 of 101", `rel="prev" href="/"`, `rel="next" href="/?page=3"`)
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
