package wordpress

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// peeked is what a peek finds on a site; what it handed on is known, as it is to
// the poller.
func peeked(t *testing.T, l *little, known map[string]bool) (*rig, int, error) {
	t.Helper()
	r, n := standIn(t, l.ServeHTTP), 0
	err := r.Peek(t.Context(), ingest.Mark{Time: time.Now()}, func(item string) bool { return known[item] },
		func(_ context.Context, batch []ingest.Comment) error {
			for _, c := range batch {
				if !known[c.Content.Item] {
					known[c.Content.Item] = true
					n++
				}
			}
			return nil
		})
	return r, n, err
}

// A peek goes on until it meets something that was known before it began.
func TestPeekReadsMoreThanAPage(t *testing.T) {
	l := &little{ids: numbers(100)}
	r, n, err := peeked(t, l, map[string]bool{"40": true})
	if asked := strings.Count(strings.Join(r.requests(), "\n"), "per_page=20"); err != nil || n != 79 || asked != 4 {
		t.Errorf("found %d on %d pages, %v", n, asked, err)
	}
}

// Many new comments between two pages push all of the first one overleaf: that is
// no cache.
func TestPeekInAStorm(t *testing.T) {
	l := &little{ids: numbers(100)}
	l.before = func(page int) {
		if page == 2 && len(l.ids) == 100 {
			l.ids = numbers(120)
		}
	}
	if _, n, err := peeked(t, l, map[string]bool{"40": true}); err != nil || n != 79 {
		t.Errorf("found %d, %v", n, err)
	}
}

// A list of nothing but nonsense is no list.
func TestNonsenseIsNoList(t *testing.T) {
	for _, body := range []string{`[7,null,"x",[[]]]`, `[{}]`, `[{"id":0},{"content":{"raw":"x"}}]`, `{"0":7}`} {
		r := known(t)
		r.answer = func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("X-WP-TotalPages", "1")
			switch {
			case strings.HasSuffix(req.URL.Path, "/comments"):
				_, _ = io.WriteString(w, body)
			case strings.HasSuffix(req.URL.Path, "/me"):
				_, _ = io.WriteString(w, `{"id":1,"capabilities":{"moderate_comments":true}}`)
			default:
				_, _ = fmt.Fprintf(w, `{"url":%q,"authentication":{"application-passwords":{}}}`, r.url)
			}
		}
		if _, err := r.sweep(); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: swept with %v", body, err)
		}
		r.root = &root{at: *r.Client.site}
		found := r.Check(t.Context())
		if last := found[len(found)-1]; last.OK || len(found) < 3 {
			t.Errorf("%s: found %+v", body, found)
		}
	}
}

// An answer under a comment that nobody sees would stand there alone.
func TestNoReplyToWhatIsHidden(t *testing.T) {
	for status, says := range map[string]string{held: "approve it first", spam: "approve it first", "new-kind": "approve it first", trash: "not on the site"} {
		r := known(t)
		r.says(200, `{"id":7,"post":4,"status":"`+status+`"}`)
		if out := r.act(ingest.Reply, "7", "x"); out.Result != ingest.Refused || !strings.Contains(out.Why, says) || len(r.writes()) != 0 {
			t.Errorf("%s: %+v", status, out)
		}
	}
}

// Millions of nothing are not unpacked.
func TestFloodsAreNotUnpacked(t *testing.T) {
	list := func(n int) []byte { return []byte(`[` + strings.Repeat(`0,`, n-1) + `0]`) }
	if _, ok := listOf(list(mostParts)); !ok {
		t.Error("a long list is not read")
	}
	if items, ok := listOf(list(mostParts + 1)); ok || items != nil {
		t.Error("entries are not bounded")
	}
	var b strings.Builder
	for i := range mostParts + 1 {
		fmt.Fprintf(&b, `,"%d":0`, i)
	}
	if _, ok := listOf([]byte(`{` + b.String()[1:] + `}`)); ok || objectOf([]byte(`{"a":0}x`)) != nil {
		t.Error("members are not bounded")
	}
}
