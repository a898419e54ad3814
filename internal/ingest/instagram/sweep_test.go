package instagram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

func TestCommentIsMapped(t *testing.T) {
	r := start(t)
	post := r.add(nil, ownName, "Flu clinic\nthis Friday")
	top := r.add(post, "pat.example", "my knee surgery went well 🩺")
	below := r.add(top, "kim", "mine too")
	below.hidden = true
	ours := r.add(top, ownName, "Please call us.")
	sticker := r.add(post, "pat.example", " ")
	found := r.mustSweep()
	if len(found) != 4 {
		t.Fatalf("found %d", len(found))
	}
	want := ingest.Comment{Platform: "instagram", Account: "main", Created: top.at, CanHide: true, PrivateUntil: top.at.Add(7 * 24 * time.Hour),
		Content: ingest.Content{Text: "my knee surgery went well 🩺", Author: "pat.example", AuthorID: "54pat.example", Item: top.id,
			Post: post.id, Link: "https://www.instagram.com/p/x", Title: "Flu clinic this Friday"}}
	if c := found[top.id]; c != want {
		t.Errorf("mapped to %+v %#v", c, map[string]string{"text": c.Content.Text, "title": c.Content.Title})
	}
	if c := found[below.id]; c.Content.Parent != top.id || !c.Hidden || !c.NoReply || c.Own {
		t.Errorf("reply: %+v, parent %q", c, c.Content.Parent)
	}
	if c := found[ours.id]; !c.Own || c.CanHide || !c.PrivateUntil.IsZero() {
		t.Errorf("own: %+v", c)
	}
	if !found[sticker.id].Media || found[top.id].Media {
		t.Error("what has no words is a picture")
	}
}

// Instagram tells by different fields that a comment is ours.
func TestOwnCommentsAreRecognised(t *testing.T) {
	for raw, own := range map[string]bool{
		`"user":{"id":"` + ownID + `"}`:                      true,
		`"from":{"id":"` + ownID + `","username":"renamed"}`: true,
		`"from":{"id":"5401"},"username":"` + ownName + `"`:  true,
		`"from":{"id":"5401","username":"Cedar.Family"}`:     true,
		`"user":{"id":"26000000000000001"}`:                  true, // the app's id for us
		`"username":"cedar.familia","from":{"id":"5401"}`:    false,
		`"user":{"id":"5"}`:                                  false,
		`"user":null,"from":null,"username":null`:            false,
		`"username":""`: false,
		`"user":"` + ownID + `","from":7,"username":["` + ownName + `"]`: false,
	} {
		r := start(t, func(c *Config) { c.Login = InstagramLogin })
		r.answer = func(w http.ResponseWriter, req *http.Request) bool {
			if !strings.HasSuffix(req.URL.Path, "/media") {
				return false
			}
			_, _ = fmt.Fprintf(w, `{"data":[{"id":"1","comments":{"data":[{"id":"2",%s}]}}]}`, raw)
			return true
		}
		if found := r.mustSweep(); len(found) != 1 || found["2"].Own != own {
			t.Errorf("%s: found %d, own %v", raw, len(found), found["2"].Own)
		}
	}
}

// What it costs a small practice, and how long threads are walked.
func TestCallsOfASweep(t *testing.T) {
	for name, c := range map[string]struct {
		media, comments, replies int
		configured               int
		calls                    int // without the one for the name
	}{
		"small practice": {30, 3, 2, 0, 1},
		"many media":     {90, 2, 0, 0, 2},
		"two pages":      {100, 1, 0, 80, 2}, // both in full, and none is older
		"a long thread":  {1, 120, 0, 0, 3},
		"many replies":   {1, 1, 130, 0, 3},
		"both":           {1, 60, 60, 0, 1 + 50 + 1 + 10},
		"nothing":        {0, 0, 0, 0, 1},
	} {
		r := start(t, func(cfg *Config) { cfg.Media = c.configured })
		var last *item
		some(c.media, func(i int) {
			last = r.add(nil, ownName, text(i))
			last.at = time.Now().UTC().Add(-30 * 24 * time.Hour)
			some(c.comments, func(i int) {
				top := r.add(last, "pat", text(i))
				some(c.replies, func(i int) { r.add(top, "kim", text(i)) })
			})
		})
		want := min(c.media, max(c.configured, 30)+50) * c.comments * (1 + c.replies)
		for i, calls := range []int{c.calls + 1, c.calls} { // the name is known the second time
			if found := r.mustSweep(); len(found) != want || len(r.requests()) != calls {
				t.Errorf("%s, sweep %d: found %d, want %d in %d calls", name, i, len(found), want, calls)
			}
		}
		if last != nil && !slices.Contains(r.Posts(), last.id) {
			t.Errorf("%s: %v were read to their end", name, r.Posts())
		}
	}
}

// A reply under an old comment is found, and a comment on an old media too when
// the number of its comments changes.
func TestOldThreadsAreReadAgain(t *testing.T) {
	r := start(t, func(c *Config) { c.Media = 2 })
	var all []*item
	some(40, func(i int) {
		post := r.add(nil, ownName, text(i))
		post.at = time.Now().UTC().Add(-1000 * time.Hour).Add(time.Duration(i) * time.Hour)
		some(15, func(i int) { all = append(all, r.add(post, "pat", text(i))) })
	})
	first := r.mustSweep()
	if _, deep := first[all[0].id]; deep || len(first) != 2*15+38*10 {
		t.Fatalf("found %d", len(first))
	}
	late, early := r.add(all[39*15], "kim", "under the oldest comment of the newest media"), r.add(all[0], "kim", "under the oldest comment of all")
	top := r.add(all[15*10].under, "kim", "on an old media")
	r.requests()
	found := r.mustSweep()
	for _, it := range []*item{late, early, top} {
		if _, there := found[it.id]; !there {
			t.Errorf("not found: %s", it.text)
		}
	}
	if asked := r.requests(); len(asked) != 4 { // two pages of media, and the two old ones that changed
		t.Errorf("asked %v", asked)
	}
	if n := len(r.Posts()); n != 4 { // the two newest and those two were read to their end
		t.Errorf("%d were read to their end", n)
	}
}

func TestMediaAreBoundByNumberAndMark(t *testing.T) {
	r := start(t, func(c *Config) { c.Media = 2 })
	now := time.Now().UTC()
	some(8, func(i int) {
		post := r.add(nil, ownName, text(i))
		post.at = now.Add(-time.Duration(8-i) * 24 * time.Hour)
		some(12, func(i int) { r.add(post, "pat", text(i)) })
	})
	for _, c := range []struct {
		mark time.Time
		full int
	}{
		{time.Time{}, 3},                // two, and the third since a page is read whole: three days
		{now, 3},                        // never fewer than three days
		{now.Add(-47 * time.Hour), 5},   // three days before the mark
		{now.Add(-1000 * time.Hour), 8}, // all there are
		{now.Add(1000 * time.Hour), 3},  // a clock that was wrong
	} {
		found := map[string]ingest.Comment{}
		next, err := r.Sweep(t.Context(), ingest.Mark{Time: c.mark}, collect(found))
		full := (len(found) - 10*8) / 2
		if err != nil || full < c.full || full > c.full+1 || next.Time.Before(now) {
			t.Errorf("mark %v: %d in full, want %d; %v %v", c.mark, full, c.full, next, err)
		}
	}
}

func TestOneMediaDoesNotHideTheOthers(t *testing.T) {
	r := start(t)
	long := r.add(nil, ownName, "long")
	some(60, func(i int) { r.add(long, "pat", text(i)) })
	short := r.add(r.add(nil, ownName, "short"), "pat", "x")
	for answer, c := range map[string]struct {
		status int
		kind   ingest.ReadKind
		whole  int
	}{
		`<html>`: {500, ingest.Temporary, 0},
		`{"error":{"message":"gone","code":100,"error_subcode":33}}`: {400, "", 1},
		`{"error":{"code":190}}`:                                     {400, ingest.Dead, 0},
		`{"error":{"code":80002}}`:                                   {400, ingest.Throttled, 0},
	} {
		r.whole = nil
		r.fails(long.id+"/comments", c.status, answer)
		found, err := r.sweep()
		_, there := found[short.id]
		if (err != nil) != (c.kind != "") || err != nil && readErr(t, err).Kind != c.kind || !there || len(r.Posts()) != c.whole {
			t.Errorf("%s: found %d, %v; %v read to their end", answer, len(found), err, r.Posts())
		}
	}
}

func TestDeletionWhilePaging(t *testing.T) {
	r := start(t)
	post := r.add(nil, ownName, "post")
	var all []*item
	some(120, func(i int) { all = append(all, r.add(post, "pat", text(i))) })
	deleted := false
	r.answer = func(_ http.ResponseWriter, req *http.Request) bool {
		if strings.HasSuffix(req.URL.Path, "/comments") && !deleted {
			deleted = true
			r.remove(all[70]) // the last of those that came with the media
		}
		return false
	}
	if found := r.mustSweep(); len(found) != 120 {
		t.Errorf("found %d of 120", len(found)) // the deleted one was read before
	}
}

func TestEmitErrorEndsTheSweep(t *testing.T) {
	r := start(t)
	top := r.add(r.add(nil, ownName, "post"), "pat", "a")
	some(60, func(i int) { r.add(top, "kim", text(i)) })
	full := errors.New("disk full")
	for calls := range 2 { // with the media, and with the replies that came later
		n := 0
		mark := ingest.Mark{Time: time.Unix(1, 0)}
		next, err := r.Sweep(t.Context(), mark, func(context.Context, []ingest.Comment) error {
			if n++; n > calls {
				return full
			}
			return nil
		})
		if !errors.Is(err, full) || next != mark || len(r.Posts()) != 0 {
			t.Errorf("%v, mark %v", err, next)
		}
	}
}

// A media that has comments and comes without any is asked for them, once.
func TestCommentsThatDidNotCome(t *testing.T) {
	r := start(t)
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		switch {
		case strings.HasSuffix(req.URL.Path, "/media"):
			_, _ = w.Write([]byte(`{"data":[{"id":"1","comments_count":1},{"id":"2","comments_count":0},{"id":"3"}]}`))
		case strings.HasSuffix(req.URL.Path, "/comments"):
			_, _ = w.Write([]byte(`{"data":[{"id":"4"}]}`))
		}
		return strings.Contains(req.URL.Path, "m")
	}
	for _, want := range [][2]int{{1, 3}, {0, 1}} {
		if found := r.mustSweep(); len(found) != want[0] || len(r.requests()) != want[1] {
			t.Errorf("found %d, want %d in %d calls", len(found), want[0], want[1])
		}
	}
}

// Comments that are odd in every way still come through.
func TestOddCommentsSurvive(t *testing.T) {
	r := start(t)
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.HasSuffix(req.URL.Path, "/media") && !strings.HasSuffix(req.URL.Path, "/8/comments") {
			return false
		}
		if strings.HasSuffix(req.URL.Path, "/comments") { // what made no sense within the media
			_, _ = w.Write([]byte(`{"data":[{"id":"9"}]}`))
			return true
		}
		_, _ = w.Write([]byte(`{"data":[{"id":12345,"caption":null,"timestamp":1788256800,"comments_count":"x","comments":{"data":[
			{"id":1,"text":"number id","timestamp":"2026-09-01T10:00:00+0000","from":null,"hidden":"true","replies":{"data":[{"id":2,"text":"bad ` + "\xff" + `"},{}]}},
			{"id":"3","text":["list"],"from":"text","user":7,"parent_id":8,"timestamp":"yesterday"},
			{"text":"no id","replies":{"data":[{"id":"4"}]}}, null, 7, []
		]}},{"id":"8","comments":7},{"caption":"no id"},null]}`))
		return true
	}
	found := r.mustSweep()
	if len(found) != 5 {
		t.Fatalf("found %d", len(found))
	}
	if c := found["1"]; !c.Hidden || c.Content.Post != "12345" || c.Created.IsZero() || found["2"].Content.Parent != "1" {
		t.Errorf("1: %+v, 2 under %q", c, found["2"].Content.Parent)
	}
	if c := found["3"]; c.Content.Text != "" || c.Content.Parent != "8" || !c.PrivateUntil.IsZero() || found["9"].Content.Post != "8" {
		t.Errorf("3: %+v", c)
	}
	if r.logs.FilterField(zap.Int("count", 5)).Len() != 1 {
		t.Errorf("what was left out is not counted: %v", r.logs.All())
	}
}
