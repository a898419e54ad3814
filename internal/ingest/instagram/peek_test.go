package instagram

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// What it costs a small practice: one call, whatever is new near the top.
func TestCallsOfAPeek(t *testing.T) {
	r := start(t)
	var posts, tops []*item
	some(30, func(i int) {
		posts = append(posts, r.add(nil, ownName, text(i)))
		some(4, func(i int) { tops = append(tops, r.add(posts[len(posts)-1], "pat", text(i))) })
	})
	known := r.mustSweep()
	r.requests()
	for name, make := range map[string]func() []*item{
		"nothing":   func() []*item { return nil },
		"a comment": func() []*item { return []*item{r.add(posts[3], "pat", "new")} },
		"a reply":   func() []*item { return []*item{r.add(tops[7], "pat", "new")} },
		"five":      func() (out []*item) { some(5, func(int) { out = append(out, r.add(posts[9], "pat", "new")) }); return },
		"and media": func() []*item { return []*item{r.add(r.add(nil, ownName, "new"), "pat", "new")} },
		"edited":    func() []*item { tops[90].text = "edited"; return tops[90:91] },
		"deleted":   func() []*item { r.remove(tops[50]); return nil },
	} {
		want := make()
		found, err := r.peek(known)
		if asked := r.requests(); err != nil || len(asked) != 1 {
			t.Errorf("%s: asked %v, %v", name, asked, err)
		}
		for _, it := range want {
			if found[it.id].Content.Text != it.text {
				t.Errorf("%s: %s was not found", name, it.text)
			}
		}
		maps.Copy(known, found)
	}
	if got := r.Meter(); got.Calls != 2+7 {
		t.Errorf("it counted %d calls", got.Calls)
	}
}

// What is new elsewhere shows in the number of comments, and is looked for with
// few calls.
func TestPeekLooksWhereTheNumberChanged(t *testing.T) {
	r := start(t)
	quiet := r.add(nil, ownName, "quiet")
	some(40, func(i int) { r.add(quiet, "pat", text(i)) })
	post := r.add(nil, ownName, "post")
	var tops []*item
	some(300, func(i int) { tops = append(tops, r.add(post, "pat", text(i))) })
	busy := tops[299] // with more replies than come with it
	some(30, func(i int) { r.add(busy, "kim", text(i)) })
	known := r.mustSweep()
	r.requests()
	for _, c := range []struct {
		name  string
		make  func() *item
		calls int
		left  bool // to a sweep
	}{
		{"under the newest", func() *item { return r.add(busy, "kim", "new") }, 2, false},
		{"under an old one", func() *item { return r.add(tops[250], "kim", "new") }, 1 + 1 + 1, false},
		{"under a very old one", func() *item { return r.add(tops[200], "kim", "new") }, 1 + 1 + 2, false},
		{"under the first", func() *item { return r.add(tops[0], "kim", "new") }, 1 + peekCalls, true},
		{"and not again", func() *item { return busy }, 1, false},
		{"many at once", func() *item { some(25, func(int) { r.add(post, "pat", "new") }); return post.below[24] }, 1 + 1, false},
	} {
		it := c.make()
		found, err := r.peek(known)
		if asked := r.requests(); err != nil || len(asked) != c.calls {
			t.Errorf("%s: asked %v, want %d calls; %v", c.name, asked, c.calls, err)
		}
		if _, there := found[it.id]; there == c.left {
			t.Errorf("%s: found: %v", c.name, there)
		}
		maps.Copy(known, found)
	}
	if r.mustSweep()[tops[0].below[0].id].Content.Text != "new" {
		t.Error("what a peek left out is not found by a sweep")
	}
}

// Before the first sweep nothing is known, and a peek reads one page of each.
func TestPeekBeforeTheFirstSweep(t *testing.T) {
	r := start(t)
	post := r.add(nil, ownName, "post")
	some(100, func(i int) { r.add(post, "pat", text(i)) })
	for _, mark := range []ingest.Mark{{}, {Time: time.Now()}} {
		r.requests()
		found := map[string]ingest.Comment{}
		err := r.Peek(t.Context(), mark, nil, collect(found))
		if n := len(r.requests()); err != nil || len(found) != 10 || n > 2 {
			t.Errorf("found %d in %d calls, %v", len(found), n, err)
		}
		r.counts, r.asked = map[string]int{}, time.Time{}
	}
	fresh := r.add(nil, ownName, "made since")
	fresh.at = time.Now().UTC().Add(time.Minute)
	some(15, func(i int) { r.add(fresh, "pat", text(i)) })
	if found, err := r.peek(nil); err != nil || len(found) != 10+15 {
		t.Errorf("found %d, %v", len(found), err)
	}
}

// An account in which the number of comments leaves out replies: those under old
// comments are left to a sweep.
func TestPeekWhereRepliesAreNotCounted(t *testing.T) {
	r := start(t)
	r.uncounted = true
	post := r.add(nil, ownName, "post")
	var tops []*item
	some(30, func(i int) { tops = append(tops, r.add(post, "pat", text(i))) })
	known := r.mustSweep()
	r.requests()
	near, far := r.add(tops[29], "kim", "near"), r.add(tops[0], "kim", "far")
	found, err := r.peek(known)
	_, isNear := found[near.id]
	_, isFar := found[far.id]
	if n := len(r.requests()); err != nil || n != 1 || !isNear || isFar {
		t.Errorf("%d calls, %v, found near %v, far %v", n, err, isNear, isFar)
	}
	if _, isFar = r.mustSweep()[far.id]; !isFar {
		t.Error("the sweep did not find it")
	}
}

func TestPeekSaysWhatWentWrong(t *testing.T) {
	for body, kind := range map[string]ingest.ReadKind{
		`{"error":{"code":190,"error_subcode":460}}`: ingest.Dead,
		`{"error":{"code":80002}}`:                   ingest.Throttled,
		`{"error":{"code":10}}`:                      ingest.Forbidden,
	} {
		r := start(t)
		r.says(400, body)
		if _, err := r.peek(nil); readErr(t, err).Kind != kind {
			t.Errorf("%s: %v", body, err)
		}
	}
	r := start(t)
	r.add(r.add(nil, ownName, "post"), "pat", "a")
	full := errors.New("disk full")
	if err := r.Peek(t.Context(), ingest.Mark{}, nil, func(context.Context, []ingest.Comment) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// Our name is asked for once a day, and a refusal does not keep the rest away.
func TestOurNameIsAskedForOnceADay(t *testing.T) {
	r := start(t)
	ours := r.add(r.add(nil, ownName, "post"), ownName, "hi")
	asks := func() (n int) {
		for _, line := range r.requests() {
			if strings.HasSuffix(line, "/"+ownID) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		later time.Duration
		asks  int
	}{{0, 1}, {time.Hour, 0}, {25 * time.Hour, 1}} {
		if r.later = c.later; !r.mustSweep()[ours.id].Own || asks() != c.asks {
			t.Errorf("after %v", c.later)
		}
	}
	r.later = 50 * time.Hour
	r.fails("/"+ownID, http.StatusForbidden, `{"error":{"code":10}}`)
	if found := r.mustSweep(); !found[ours.id].Own {
		t.Error("an old name is forgotten")
	}
	r.later = 80 * time.Hour
	r.says(400, `{"error":{"code":190}}`)
	if _, err := r.sweep(); readErr(t, err).Kind != ingest.Dead || len(r.requests()) == 0 {
		t.Errorf("%v", err)
	}
}
