package facebook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

func ptr(s string) *string { return &s }

func TestCommentIsMapped(t *testing.T) {
	r := start(t)
	made := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	top := r.add(sandbox.Comment{Text: "my knee surgery went well 🩺", Author: ptr("Pat Example"), Created: made, Media: "photo"})
	below := r.add(sandbox.Comment{Text: "mine too", Author: ptr("Kim"), Parent: top, Hidden: true})
	ours := r.add(sandbox.Comment{Text: "Please call us.", Author: ptr(sandbox.PageName), Parent: top})
	nobody := r.add(sandbox.Comment{Text: "who am I", Author: ptr("")})
	old := r.add(sandbox.Comment{Text: "old", Created: made.Add(-8 * 24 * time.Hour)})
	found := r.mustSweep()
	if len(found) != 5 {
		t.Fatalf("found %d", len(found))
	}
	c := found[top]
	want := ingest.Comment{Platform: "facebook", Account: "main", Created: made, Media: true, CanHide: true, PrivateUntil: made.Add(7 * 24 * time.Hour),
		Content: ingest.Content{Text: "my knee surgery went well 🩺", Author: "Pat Example", AuthorID: c.Content.AuthorID, Item: top,
			Post: c.Content.Post, Link: c.Content.Link, Title: "Flu clinic this Friday from 8 to 12. No appointment needed."}}
	if c != want || c.Content.AuthorID == "" || !strings.HasPrefix(c.Content.Link, "https://www.facebook.com/") || c.Content.Post == "" {
		t.Errorf("mapped to %+v %#v", c, map[string]string{"text": c.Content.Text, "title": c.Content.Title})
	}
	if c := found[below]; c.Content.Parent != top || !c.Hidden || c.Own {
		t.Errorf("reply: %+v, parent %q", c, c.Content.Parent)
	}
	if c := found[ours]; !c.Own || c.CanHide || !c.PrivateUntil.IsZero() {
		t.Errorf("own: %+v", c)
	}
	if c := found[nobody]; c.Own || c.Content.AuthorID != "" || c.Content.Text != "who am I" {
		t.Errorf("anonymous: %+v", c)
	}
	if c := found[old]; !c.PrivateUntil.IsZero() {
		t.Errorf("old: can be answered privately until %v", c.PrivateUntil)
	}
}

func TestSweepReadsEveryPageAndList(t *testing.T) {
	r := start(t)
	want := map[string]bool{}
	for i := range 160 {
		want[r.add(sandbox.Comment{Text: fmt.Sprint(i)})] = true
	}
	want[r.add(sandbox.Comment{Text: "ad", Post: "Ad", Kind: "dark"})] = true
	want[r.add(sandbox.Comment{Text: "visit", Post: "Visit", Kind: "visitor"})] = true
	found := r.mustSweep()
	for id := range want {
		if _, ok := found[id]; !ok {
			t.Errorf("%s is missing", id)
		}
	}
	for _, line := range r.requests() {
		if strings.Contains(line, sandbox.PageToken) || strings.Contains(line, "access_token") {
			t.Errorf("the token is in an address: %s", line)
		}
	}
}

func TestEditsAreFoundAndDeletionsVanish(t *testing.T) {
	r := start(t)
	a, b := r.add(sandbox.Comment{Text: "a"}), r.add(sandbox.Comment{Text: "b"})
	r.mustSweep()
	r.control("PATCH", "/comments/"+a, map[string]string{"text": "a, edited"})
	r.control("DELETE", "/comments/"+b, nil)
	found := r.mustSweep()
	if _, there := found[b]; there || found[a].Content.Text != "a, edited" {
		t.Errorf("found %d, text %q", len(found), found[a].Content.Text)
	}
}

// The item a cursor points at is deleted between two pages.
func TestDeletionWhilePaging(t *testing.T) {
	r := start(t)
	var made []string
	for i := range 120 {
		made = append(made, r.add(sandbox.Comment{Text: fmt.Sprint(i)}))
	}
	deleted := false
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/comments") && !deleted {
			deleted = true
			r.control("DELETE", "/comments/"+made[49], nil) // the last of the expanded ones
		}
		r.box.ServeHTTP(w, req)
	}
	if found := r.mustSweep(); len(found) != 120 {
		t.Errorf("found %d of 120", len(found)) // the deleted one was read before
	}
}

func TestPostsAreBoundByNumberAndMark(t *testing.T) {
	r := start(t, func(c *Config) { c.Posts = 2 })
	now := time.Now().UTC()
	for i := range 6 {
		r.add(sandbox.Comment{Text: fmt.Sprint(i), Post: fmt.Sprint("post ", i), Created: now.Add(-time.Duration(i) * 24 * time.Hour)})
	}
	for _, c := range []struct {
		mark time.Time
		want int
	}{
		{time.Time{}, 2},
		{now, 2},                        // never fewer than configured
		{now.Add(-47 * time.Hour), 4},   // all since a day before, and the one that ends it
		{now.Add(-1000 * time.Hour), 6}, // all there are
		{now.Add(1000 * time.Hour), 2},  // a clock that was wrong
	} {
		count := 0
		next, err := r.Sweep(t.Context(), ingest.Mark{Time: c.mark}, func(_ context.Context, b []ingest.Comment) error {
			count += len(b)
			return nil
		})
		if err != nil || count != c.want || next.Time.Before(now) {
			t.Errorf("mark %v: %d comments, want %d; %v %v", c.mark, count, c.want, next, err)
		}
	}
}

// A mark from a clock that was ahead does not bound what is read to less than a day.
func TestMarkOfAWrongClock(t *testing.T) {
	r := start(t, func(c *Config) { c.Posts = 1 })
	now := time.Now().UTC()
	for i, ago := range []time.Duration{0, time.Hour, 2 * time.Hour, 48 * time.Hour, 72 * time.Hour} {
		r.add(sandbox.Comment{Text: "a", Post: fmt.Sprint("post ", i), Created: now.Add(-ago)})
	}
	count := 0
	if _, err := r.Sweep(t.Context(), ingest.Mark{Time: now.AddDate(1, 0, 0)}, func(_ context.Context, b []ingest.Comment) error {
		count += len(b)
		return nil
	}); err != nil || count < 3 || count > 4 { // those of the last day, and perhaps the one that ends it
		t.Errorf("%d comments, %v", count, err)
	}
}

func TestOptionalListsAreLoggedOnce(t *testing.T) {
	r := start(t)
	id := r.add(sandbox.Comment{Text: "a"})
	for _, list := range []string{"/visitor_posts", "/ads_posts"} {
		r.fault(fault{"match": list, "do": "status", "times": -1, "status": 403, "body": `{"error":{"code":200,"message":"canary"}}`})
	}
	for range 3 {
		if found := r.mustSweep(); found[id].Content.Text != "a" {
			t.Error("the feed was not read")
		}
	}
	if n := r.logs.FilterMessageSnippet("may not be read").Len(); n != 2 {
		t.Errorf("logged %d times", n)
	}
	if n := len(r.requests()); n != 5 { // asked for once in an hour
		t.Errorf("%d requests", n)
	}
}

func TestOnePostDoesNotHideTheOthers(t *testing.T) {
	r := start(t)
	for i := range 60 {
		r.add(sandbox.Comment{Text: fmt.Sprint(i), Post: "long"})
	}
	other := r.add(sandbox.Comment{Text: "x"})
	r.fault(fault{"match": "/comments", "do": "status", "status": 500, "body": "<html>"})
	found, err := r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Temporary || len(found) != 51 || found[other].Content.Text != "x" {
		t.Errorf("found %d, %v", len(found), err)
	}
}

func TestSweepStopsAtOnce(t *testing.T) {
	for body, kind := range map[string]ingest.ReadKind{
		`{"error":{"code":190,"error_subcode":460}}`: ingest.Dead,
		`{"error":{"code":80001}}`:                   ingest.Throttled,
		`{"error":{"code":10}}`:                      ingest.Forbidden,
	} {
		r := start(t)
		r.says(400, body)
		_, err := r.sweep()
		if e := readErr(t, err); e.Kind != kind || len(r.requests()) != 1 {
			t.Errorf("%s: %+v", body, e)
		}
	}
}

func TestReadsHalveWhatIsTooMuch(t *testing.T) {
	r := start(t)
	id := r.add(sandbox.Comment{Text: "a"})
	r.fault(fault{"match": "/feed", "do": "status", "times": 2, "status": 500, "body": `{"error":{"code":1,"message":"Please reduce the amount of data"}}`})
	if found := r.mustSweep(); found[id].Content.Text != "a" {
		t.Error("not found")
	}
	asked := strings.Join(r.requests()[:3], "\n")
	for _, limit := range []string{"limit=50", "limit=25", "limit=12"} {
		if !strings.Contains(asked, limit) {
			t.Errorf("%s was not asked: %s", limit, asked)
		}
	}
}

func TestEmitErrorEndsTheSweep(t *testing.T) {
	r := start(t)
	r.add(sandbox.Comment{Text: "a"})
	full := errors.New("disk full")
	mark := ingest.Mark{Time: time.Unix(1, 0)}
	next, err := r.Sweep(t.Context(), mark, func(context.Context, []ingest.Comment) error { return full })
	if !errors.Is(err, full) || next != mark {
		t.Errorf("%v, mark %v", err, next)
	}
}

func TestCancelledSweepSaysSo(t *testing.T) {
	r := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Sweep(ctx, ingest.Mark{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("said %v", err)
	}
}

// Comments that are odd in every way still come through.
func TestOddCommentsSurvive(t *testing.T) {
	r := start(t)
	huge := strings.Repeat("ü", 5<<20)
	odd := []byte(`{"data":[{"id":12345,"message":null,"created_time":1788256800,"comments":{"data":[
		{"id":1,"message":"number id","created_time":"2026-09-01T10:00:00+0000","from":null,"is_hidden":"true"},
		{"id":"2","message":"bad utf-8 ` + "\xff\xfe" + `","created_time":"yesterday","can_reply_privately":true},
		{"id":"3","message":"` + huge + `","from":{"id":100200300400500}},
		{"id":"4","message":["list"],"from":"text","attachment":{},"parent":7},
		{"id":"5","created_time":null,"can_hide":1},
		{"message":"no id"}, null, 7, []
	]}}]}`)
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/feed") {
			_, _ = w.Write(odd)
			return
		}
		r.box.ServeHTTP(w, req)
	}
	found := r.mustSweep()
	if len(found) != 5 {
		t.Fatalf("found %d", len(found))
	}
	if c := found["1"]; !c.Hidden || c.Content.Post != "12345" || c.Created.IsZero() {
		t.Errorf("1: %+v", c)
	}
	if c := found["2"]; c.Content.Text != "bad utf-8 \ufffd\ufffd" || !c.PrivateUntil.IsZero() {
		t.Errorf("2: %q", c.Content.Text)
	}
	if c := found["3"]; c.Content.Text != huge || !c.Own {
		t.Errorf("3: %d bytes", len(c.Content.Text))
	}
	if c := found["4"]; !c.Media || c.Content.Text != "" || !found["5"].CanHide {
		t.Errorf("4: %+v, 5: %+v", c, found["5"])
	}
	if r.logs.FilterField(count(4)).Len() != 1 {
		t.Errorf("what was left out is not counted: %v", r.logs.All())
	}
}
