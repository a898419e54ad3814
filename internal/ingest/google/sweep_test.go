package google

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func TestReviewIsMapped(t *testing.T) {
	g := open(t)
	item := g.add("a", "my knee surgery went well", time.Hour, entry{
		"createTime": "2026-08-01T10:22:31Z", "updateTime": "2026-08-02T10:22:31.123456789Z", "reviewMediaItems": []entry{{"thumbnailUrl": "x"}},
		"reviewReplyUrl": "https://business.google.com/reviews/a",
		"reviewReply":    entry{"comment": "Please call us.", "updateTime": "2026-08-03T10:00:00.123Z", "reviewReplyState": "PENDING"}})
	nobody := g.add("b", "who am I", 2*time.Hour, entry{"reviewer": entry{"displayName": "A Google user", "isAnonymous": true}, "starRating": "STAR_RATING_UNSPECIFIED"})
	found := g.mustSweep(time.Time{})
	want := ingest.Comment{Platform: "google", Account: "main", Created: time.Date(2026, 8, 1, 10, 22, 31, 0, time.UTC), Media: true,
		Content: ingest.Content{Text: "my knee surgery went well", Author: "Pat E.", Item: item, Post: "accounts/1/locations/2",
			Link: "https://business.google.com/reviews/a", Title: "Review with 4 of 5 stars"}}
	if c := found[item]; c != want {
		t.Errorf("mapped to %+v %#v", c, map[string]string{"text": c.Content.Text, "title": c.Content.Title, "link": c.Content.Link})
	}
	want = ingest.Comment{Platform: "google", Account: "main", Created: time.Date(2026, 8, 3, 10, 0, 0, 123e6, time.UTC), Own: true, Standing: ingest.Pending,
		Content: ingest.Content{Text: "Please call us.", Item: item + "/reply", Post: "accounts/1/locations/2", Parent: item,
			Link: "https://business.google.com/reviews/a", Title: "Review with 4 of 5 stars"}}
	if c := found[item+"/reply"]; c != want {
		t.Errorf("reply mapped to %+v", c)
	}
	if c := found[nobody]; c.Content.Author != "" || c.Own || c.Content.Title != "Review" || c.Content.Link != manageLink {
		t.Errorf("anonymous: %+v, author %q", c, c.Content.Author)
	}
	if len(found) != 3 {
		t.Errorf("found %d", len(found))
	}
}

func TestWhatHasNoWords(t *testing.T) {
	g := open(t)
	g.add("rating", "", time.Hour)
	g.add("answered", "", time.Hour, entry{"reviewReply": entry{"comment": "Thank you.", "reviewReplyState": "APPROVED"}})
	g.add("photo", "", time.Hour, entry{"reviewMediaItems": []entry{{}}})
	g.add("withdrawn", "", time.Hour, entry{"createTime": "2026-08-01T10:22:31Z"}) // its words were taken out
	var got []string
	for item, c := range g.mustSweep(time.Time{}) {
		got = append(got, fmt.Sprint(item[len("accounts/1/locations/2/reviews/"):], " ", c.Own, " ", c.Media))
	}
	slices.Sort(got)
	if want := "[answered/reply true false photo false true withdrawn false false]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestTheOriginalIsWhatCounts(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain",
		"(Translated by Google) My knee hurts\n\n(Original)\nMe duele la rodilla":    "Me duele la rodilla",
		"Me duele la rodilla\n\n(Translated by Google)\nMy knee hurts":               "Me duele la rodilla",
		"(Original)\nMe duele\nla rodilla\n\n(Translated by Google)\nMy knee\nhurts": "Me duele\nla rodilla",
		"(Translated by Google) My knee hurts":                                       "(Translated by Google) My knee hurts",
		"She said it is \"(Translated by Google)\" and (Original) words":             "She said it is \"(Translated by Google)\" and (Original) words",
		"(Original) thinking":                                   "(Original) thinking",
		"(Translated by Google) A\n\n(Original)\n":              "(Translated by Google) A\n\n(Original)\n",
		"(Translated by Google) A\r\n\r\n(Original)\r\nÄ 🩺\r\n": "Ä 🩺",
	} {
		if got := original(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	g := open(t)
	item := g.add("a", "(Translated by Google) My knee\n\n(Original)\nMi rodilla", time.Hour)
	if o, err := g.Observe(t.Context(), item); err != nil || o.Text != g.mustSweep(time.Time{})[item].Content.Text || o.Text != "Mi rodilla" {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestOddFieldsCostNoReview(t *testing.T) {
	g := open(t)
	g.says(200, `{"reviews":[{"reviewId":7,"comment":"a","createTime":3,"updateTime":null,"reviewer":"x","reviewMediaItems":"y","reviewReply":[],"starRating":5},
		{"name":"accounts/1/locations/2/reviews/b","comment":"b","reviewer":null},{"comment":"no id"},{"reviewId":"../x","comment":"no id"},null,"x"],"averageRating":"?"}`)
	found := g.mustSweep(time.Time{})
	if len(found) != 2 || found["accounts/1/locations/2/reviews/7"].Content.Text != "a" || found["accounts/1/locations/2/reviews/b"].Content.Text != "b" {
		t.Errorf("found %d", len(found))
	}
	if n := g.logs.FilterMessageSnippet("without an id").Len(); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestEveryPageIsRead(t *testing.T) {
	g := open(t)
	for i := range 120 {
		g.add(fmt.Sprint("r", i), "words", time.Duration(i)*time.Hour)
	}
	if n := len(g.mustSweep(time.Time{})); n != 120 || len(g.requests()) != 3 {
		t.Errorf("found %d", n)
	}
}

// Reviews come in while pages are read: everything moves down.
func TestPagesThatShift(t *testing.T) {
	g := open(t)
	for i := range 120 {
		g.add(fmt.Sprint("r", i), "words", time.Duration(i+1)*time.Hour)
	}
	calls, handed := 0, 0
	g.answer = func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 2 {
			g.add("new", "words", 0)
		}
		g.serve(w, r, nil)
	}
	_, err := g.Sweep(t.Context(), ingest.Mark{}, func(_ context.Context, batch []ingest.Comment) error { handed += len(batch); return nil })
	if err != nil || handed != 120 {
		t.Errorf("handed on %d, %v", handed, err)
	}
	if _, ok := g.mustSweep(start)["accounts/1/locations/2/reviews/new"]; !ok {
		t.Error("the new one is not found next time either")
	}
}

func TestPagerIsTheOnlyEnd(t *testing.T) {
	for name, c := range map[string]struct {
		pages []string
		want  int
		bad   bool
	}{
		"empty object":       {[]string{`{}`}, 0, false},
		"empty page, next":   {[]string{`{"nextPageToken":"2"}`, `{"reviews":[{"reviewId":"a","comment":"x"}]}`}, 1, false},
		"short page, next":   {[]string{`{"reviews":[{"reviewId":"a","comment":"x"}],"nextPageToken":"2"}`, `{"reviews":[{"reviewId":"b","comment":"x"}]}`}, 2, false},
		"the same for ever":  {[]string{`{"reviews":[],"nextPageToken":"2"}`}, 0, true},
		"no list":            {[]string{`{"reviews":{}}`}, 0, true},
		"another shape":      {[]string{`{"data":[]}`}, 0, true},
		"only a count":       {[]string{`{"totalReviewCount":0}`}, 0, false},
		"no object":          {[]string{`[]`}, 0, true},
		"error with success": {[]string{`{"error":{"status":"INTERNAL"}}`}, 0, true},
	} {
		g, call := open(t), 0
		g.answer = func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(c.pages[min(call, len(c.pages)-1)]))
			call++
		}
		if found, err := g.sweep(time.Time{}); len(found) != c.want || (err != nil) != c.bad || call > 4 {
			t.Errorf("%s: found %d, %v after %d calls", name, len(found), err, call)
		}
	}
}

func TestPageTokenThatDied(t *testing.T) {
	g := open(t)
	for i := range 70 {
		g.add(fmt.Sprint("r", i), "words", time.Duration(i)*time.Hour)
	}
	died := false
	g.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("pageToken") != "" && !died {
			died = true
			problem(w, 400, "INVALID_ARGUMENT", "")
			return
		}
		g.serve(w, r, nil)
	}
	if n := len(g.mustSweep(time.Time{})); n != 70 {
		t.Errorf("found %d", n)
	}
}

// A sweep ends where nothing changed since the mark and its overlap; once in a
// while it reads everything, and only then speaks for the whole location.
func TestSweepsAreBoundAndSometimesFull(t *testing.T) {
	g := open(t)
	for i := range 200 {
		g.add(fmt.Sprint("r", i), "words", time.Duration(i)*12*time.Hour)
	}
	sweep := func(name string, calls int, whole bool) {
		t.Helper()
		g.requests()
		g.mustSweep(g.now())
		if n := len(g.requests()); n != calls || (fmt.Sprint(g.Posts()) == "[accounts/1/locations/2]") != whole {
			t.Errorf("%s: %d calls, whole %v", name, n, g.Posts())
		}
	}
	sweep("the first one", 4, true)
	sweep("the next one", 1, false)
	g.change("r199", func(r entry) { r["updateTime"], r["comment"] = start.Add(time.Hour).Format(time.RFC3339), "edited" })
	g.pass(23 * time.Hour)
	if found := g.mustSweep(start); found["accounts/1/locations/2/reviews/r199"].Content.Text != "edited" {
		t.Error("the edit was not found")
	}
	g.pass(time.Hour)
	g.says(500, "")
	if _, err := g.sweep(start); err == nil || len(g.Posts()) != 0 {
		t.Errorf("a sweep that failed: %v, whole %v", err, g.Posts())
	}
	g.answer = nil
	sweep("after a day", 4, true)
	for i := 10; i < 200; i++ {
		g.change(fmt.Sprint("r", i), nil)
	}
	sweep("everything on one page", 1, true)
}

func TestPeekEndsAtWhatIsKnown(t *testing.T) {
	g := open(t)
	for i := range 200 {
		g.add(fmt.Sprint("r", i), "words", time.Duration(i+1)*time.Hour)
	}
	peek := func(mark time.Time, known func(string) bool) (map[string]ingest.Comment, int) {
		t.Helper()
		g.requests()
		found := map[string]ingest.Comment{}
		if err := g.Peek(t.Context(), ingest.Mark{Time: mark}, known, into(found)); err != nil {
			t.Fatal(err)
		}
		return found, len(g.requests())
	}
	all := func(string) bool { return true }
	none := func(string) bool { return false }
	if found, calls := peek(start, all); len(found) != 50 || calls != 1 {
		t.Errorf("all known: %d in %d calls", len(found), calls)
	}
	if found, calls := peek(start, none); len(found) != 200 || calls != 4 {
		t.Errorf("after a restart: %d in %d calls", len(found), calls)
	}
	if _, calls := peek(start.Add(7*24*time.Hour), none); calls != 1 {
		t.Errorf("bound by the mark: %d calls", calls)
	}
	for i := range 60 {
		g.add(fmt.Sprint("new", i), "words", time.Minute)
	}
	found, calls := peek(start, func(item string) bool { return !strings.Contains(item, "new") })
	if _, ok := found["accounts/1/locations/2/reviews/new59"]; !ok || calls != 2 {
		t.Errorf("many new ones: %d in %d calls", len(found), calls)
	}
}
