package wordpress

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// little is the least of a WordPress: a list of comments by id. It says how many
// there are even of those that it keeps back, as WordPress does.
type little struct {
	ids     []int
	hidden  map[int]bool
	before  func(page int) // called before a page is made
	headers func(http.Header)
	item    func(id int) string // a comment's JSON; nil: a plain one
}

func (l *little) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	q := req.URL.Query()
	switch path := strings.TrimPrefix(req.URL.Path, "/wp-json/"); {
	case path == "/":
		w.Header().Set("Link", `</style.css>; rel=preload, <http://`+req.Host+`/wp-json/>; rel="https://api.w.org/"`)
	case path == "wp/v2/users/me":
		_, _ = fmt.Fprint(w, `{"id":1,"capabilities":{"moderate_comments":true}}`)
	case path == "wp/v2/comments" && q.Has("page"):
		l.page(w, q.Get("page"), q.Get("per_page"), q.Get("order") == "desc")
	case path == "wp/v2/comments":
		_, _ = fmt.Fprint(w, `[]`)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, `{"code":"rest_comment_invalid_id","message":"x","data":{"status":404}}`)
	}
}

func (l *little) page(w http.ResponseWriter, at, size string, desc bool) {
	n, _ := strconv.Atoi(at)
	per, _ := strconv.Atoi(size)
	if l.before != nil {
		l.before(n)
	}
	slices.Sort(l.ids)
	if desc {
		slices.Reverse(l.ids)
	}
	var out []string
	for _, id := range l.ids[min((n-1)*per, len(l.ids)):min(n*per, len(l.ids))] {
		switch {
		case l.hidden[id]:
		case l.item != nil:
			out = append(out, l.item(id))
		default:
			out = append(out, fmt.Sprintf(`{"id":%d,"post":4,"parent":0,"author":0,"date_gmt":%q,"content":{"raw":"%d"},"status":"approved","type":"comment"}`,
				id, time.Now().UTC().Format("2006-01-02T15:04:05"), id))
		}
	}
	w.Header().Set("X-WP-Total", fmt.Sprint(len(l.ids)))
	w.Header().Set("X-WP-TotalPages", fmt.Sprint((len(l.ids)+per-1)/per))
	if l.headers != nil {
		l.headers(w.Header())
	}
	_, _ = fmt.Fprintf(w, "[%s]", strings.Join(out, ","))
}

func numbers(n int) (ids []int) {
	for i := range n {
		ids = append(ids, i+1)
	}
	return ids
}

// swept is what a sweep finds of a little site, by number.
func swept(t *testing.T, l *little) (*rig, []int, error) {
	t.Helper()
	r := standIn(t, l.ServeHTTP)
	found, err := r.sweep()
	var ids []int
	for id := range found {
		n, _ := strconv.Atoi(id)
		ids = append(ids, n)
	}
	slices.Sort(ids)
	return r, ids, err
}

func TestShortAndEmptyPagesAreNotTheEnd(t *testing.T) {
	l := &little{ids: numbers(350), hidden: map[int]bool{}}
	for id := 101; id <= 200; id++ {
		l.hidden[id] = true // all of the second page
	}
	l.hidden[1], l.hidden[99] = true, true
	r, got, err := swept(t, l)
	if err != nil || len(got) != 248 || got[len(got)-1] != 350 {
		t.Errorf("found %d, %v", len(got), err)
	}
	if asked := strings.Join(r.requests(), "\n"); !strings.Contains(asked, "page=4") || strings.Contains(asked, "page=5") {
		t.Errorf("asked %s", asked)
	}
}

// Whatever comes and goes between two pages, what stays is found.
func TestPagesShift(t *testing.T) {
	for name, c := range map[string]struct {
		before func(l *little, page int)
		want   int // that stay
	}{
		"one goes": {func(l *little, page int) {
			if page == 2 && len(l.ids) == 450 {
				l.ids = slices.DeleteFunc(l.ids, func(id int) bool { return id == 7 })
			}
		}, 449},
		"many go": {func(l *little, page int) {
			if page == 4 && len(l.ids) == 450 {
				l.ids = slices.DeleteFunc(l.ids, func(id int) bool { return id <= 250 })
			}
		}, 200},
		"one goes each time": {func(l *little, page int) {
			if page > 1 && len(l.ids) > 440 {
				l.ids = slices.DeleteFunc(l.ids, func(id int) bool { return id == 450-len(l.ids)+1 })
			}
		}, 440},
		"some come": {func(l *little, page int) {
			if len(l.ids) < 500 {
				l.ids = append(l.ids, len(l.ids)+1000)
			}
		}, 455},
	} {
		l := &little{ids: numbers(450)}
		l.before = func(page int) { c.before(l, page) }
		_, got, err := swept(t, l)
		for _, id := range l.ids {
			if !slices.Contains(got, id) && err == nil {
				t.Errorf("%s: %d is missing", name, id)
				break
			}
		}
		if err != nil || len(l.ids) != c.want {
			t.Errorf("%s: %v, %d stay", name, err, len(l.ids))
		}
	}
}

func TestListsThatCannotBeBelieved(t *testing.T) {
	for name, c := range map[string]struct {
		l    *little
		says string
	}{
		"a cache gives the first page for all": {&little{ids: numbers(300)}, "the same"},
		"no number of pages":                   {&little{ids: numbers(3), headers: func(h http.Header) { h.Del("X-WP-TotalPages") }}, "X-WP-TotalPages"},
		"a negative number":                    {&little{ids: numbers(3), headers: func(h http.Header) { h.Set("X-WP-TotalPages", "-3") }}, "X-WP-TotalPages"},
		"no end":                               {&little{ids: numbers(3), headers: func(h http.Header) { h.Set("X-WP-TotalPages", "999999999") }}, "not one that WordPress gives"},
	} {
		r := standIn(t, func(w http.ResponseWriter, req *http.Request) {
			if q := req.URL.Query(); strings.HasPrefix(name, "a cache") && q.Has("page") {
				q.Set("page", "1")
				req.URL.RawQuery = q.Encode()
			}
			c.l.ServeHTTP(w, req)
		})
		_, err := r.sweep()
		if e := readErr(t, err); e.Kind != ingest.Bad || !strings.Contains(e.Why, c.says) {
			t.Errorf("%s: %+v", name, e)
		}
		if n := len(r.requests()); n > maxPages+10 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
	// Without the number of comments there is one of pages to go by.
	if _, got, err := swept(t, &little{ids: numbers(250), headers: func(h http.Header) { h.Del("X-WP-Total") }}); err != nil || len(got) != 250 {
		t.Errorf("found %d, %v", len(got), err)
	}
}

// Comments that are odd in every way still come through.
func TestOddCommentsSurvive(t *testing.T) {
	huge := strings.Repeat("ü", 2<<20)
	odd := map[int]string{
		1: `{"id":"1","post":"4","parent":"0","author":"1","date_gmt":null,"content":"<p>as shown &amp; so</p>","status":null}`,
		2: `{"id":2,"content":{"rendered":"<p>bad ` + "\xff\xfe" + `</p>"},"date_gmt":"yesterday","author_name":7,"author_email":null,"type":null}`,
		3: `{"id":3,"content":{"raw":"` + huge + `"},"date_gmt":"2026-09-01T10:22:31","link":["x"],"status":"hold","meta":[]}`,
		4: `{"id":4,"content":{"raw":["list"]},"author":{"id":1},"parent":-3,"post":1e3,"date_gmt":"0000-00-00T00:00:00","status":"new-kind"}`,
		5: `{"id":5,"content":null,"date_gmt":"2026-09-01T10:22:31Z","status":"approved"}`,
		6: `{"id":6,"type":"note","content":{"raw":"between editors"}}`,
		7: `{"content":{"raw":"no id"}}`, 8: `null`, 9: `7`, 10: `[]`, 11: `{"id":0}`, 12: `{"id":"../users"}`,
	}
	l := &little{ids: numbers(12), item: func(id int) string { return odd[id] }}
	r := standIn(t, l.ServeHTTP)
	found := r.mustSweep()
	if len(found) != 5 {
		t.Fatalf("found %d", len(found))
	}
	if c := found["1"]; c.Content.Text != "as shown & so" || !c.Own || c.Content.Post != "4" || c.Content.Parent != "" || c.Hidden || !c.Created.IsZero() {
		t.Errorf("1: %+v %q", c, c.Content.Text)
	}
	if c := found["2"]; !strings.HasPrefix(c.Content.Text, "bad ") || c.Content.Author != "7" || c.Content.AuthorID != "" {
		t.Errorf("2: %+v %q", c, c.Content.Text)
	}
	if c := found["3"]; !c.Truncated || len(c.Content.Text) > maxHTML || !c.Hidden || c.Created.Hour() != 10 {
		t.Errorf("3: %+v", c)
	}
	if c := found["4"]; c.Content.Text != "" || c.Own || c.Content.Parent != "" || !c.Hidden || !found["5"].Created.Equal(found["3"].Created) {
		t.Errorf("4: %+v", c)
	}
	if logged := r.logs.FilterMessageSnippet("without an id").All(); len(logged) != 1 || logged[0].ContextMap()["count"] != int64(6) {
		t.Errorf("what was left out is not counted: %v", logged)
	}
}

// A list that PHP wrote as an object, and what broken plugins put before it.
func TestOddListsAreRead(t *testing.T) {
	for body, want := range map[string]int{
		`[{"id":1},{"id":2}]`: 2, "\ufeff \n[{\"id\":1}]": 1, `{"3":{"id":3},"0":{"id":1},"10":{"id":2}}`: 3, `[]`: 0,
		`{}`: -1, `{"code":"x","message":"y"}`: -1, `null`: -1, `"x"`: -1, `<html>`: -1, ``: -1, `[{"id":1}`: -1,
	} {
		items, ok := listOf([]byte(body))
		if ok != (want >= 0) || ok && len(items) != want {
			t.Errorf("%s: %d, %v", body, len(items), ok)
		}
	}
}

func TestEmitErrorEndsTheSweep(t *testing.T) {
	r := standIn(t, (&little{ids: numbers(300)}).ServeHTTP)
	full := errors.New("disk full")
	emit := func(context.Context, []ingest.Comment) error { return full }
	mark := ingest.Mark{Time: time.Unix(1, 0)}
	next, err := r.Sweep(t.Context(), mark, emit)
	if !errors.Is(err, full) || next != mark || len(r.Posts()) != 0 {
		t.Errorf("%v, mark %v", err, next)
	}
	if err := r.Peek(t.Context(), mark, func(string) bool { return true }, emit); !errors.Is(err, full) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Sweep(ctx, mark, emit); !errors.Is(err, context.Canceled) {
		t.Errorf("said %v", err)
	}
}

// Titles are a courtesy: a comment is read without one, and who cannot give them
// is asked once a sweep.
func TestTitlesThatCannotBeRead(t *testing.T) {
	broken := true
	l := &little{ids: numbers(250)}
	r := standIn(t, func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.URL.Query().Has("_embed") && broken:
			w.WriteHeader(http.StatusInternalServerError)
		case req.URL.Query().Has("_embed"):
			_, _ = fmt.Fprint(w, `[{"id":1,"post":4,"_embedded":{"up":[{"id":4,"title":{"rendered":"Flu &#8217;26 &amp; <i>you</i>"}}]}},{"id":2,"post":5,"_embedded":{"up":[{"code":"rest_forbidden","message":"x"}]}}]`)
		default:
			l.ServeHTTP(w, req)
		}
	})
	for _, want := range []string{"", "Flu ’26 & you"} {
		found := r.mustSweep()
		asked := strings.Count(strings.Join(r.requests(), "\n"), "_embed")
		if c := found["250"]; len(found) != 250 || c.Content.Title != want || asked != 1 {
			t.Errorf("found %d, title %q, asked %d times", len(found), c.Content.Title, asked)
		}
		broken = false
	}
	if r.mustSweep(); strings.Contains(strings.Join(r.requests(), "\n"), "_embed") {
		t.Error("asked for what is known")
	}
}
