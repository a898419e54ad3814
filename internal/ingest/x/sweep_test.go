package x

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

// An edit gives a new id: it is a new version of the same comment, and the newest
// one counts.
func TestEdits(t *testing.T) {
	for _, change := range []func(*Config){func(*Config) {}, newNames} {
		r := start(t, change)
		id := r.mention("my knee")
		r.sweep()
		r.pass(time.Minute)
		second := r.edit(id, "@practice my other knee")
		r.pass(time.Minute)
		answer := r.add(fact{author: us, text: "Please call us.", answers: second, conversation: id})
		if c := r.sweep()[answer]; c.Content.Parent != id {
			t.Errorf("the answer to the edit hangs under %s", c.Content.Parent)
		}
		if c := r.sweep()[id]; c.Content.Text != "@practice my other knee" || !c.Created.Equal(noon) || !strings.HasSuffix(c.Content.Link, second) {
			t.Errorf("after the edit: %q of %v", c.Content.Text, c.Created)
		}
		r.edit(second, "nothing any more")
		r.took()
		found := r.sweep()
		if c := found[id]; c.Content.Text != "nothing any more" || !c.NoReply || len(found) != 2 {
			t.Errorf("after the name was taken out: %q, %+v", c.Content.Text, c)
		}
		if calls := r.took(); !slices.Equal(calls, []string{"GET /2/users/7/mentions", "GET /2/users/7/tweets", "GET /2/tweets"}) {
			t.Errorf("asked %v", calls)
		}
	}
}

// A list may hold an old version and the new one: the new one is handed on.
func TestOldVersionInAList(t *testing.T) {
	r := start(t)
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		body := map[string]string{
			"/2/users/7/mentions": `{"data":[
				{"id":"12","text":"@practice new","edit_history_tweet_ids":["11","12"],"author_id":"42","entities":{"mentions":[{"start":0,"end":9,"id":"7"}]}},
				{"id":"11","text":"@practice old","edit_history_tweet_ids":["11","12"],"author_id":"42","entities":{"mentions":[{"start":0,"end":9,"id":"7"}]}},
				{"id":"21","text":"@practice old","edit_history_tweet_ids":["21","22"],"author_id":"42","entities":{"mentions":[{"start":0,"end":9,"id":"7"}]}}]}`,
			"/2/users/7/tweets": `{"meta":{"result_count":0}}`,
			"/2/tweets": `{"data":[{"id":"22","text":"@practice newer","edit_history_tweet_ids":["22","21"],"author_id":"42",
				"entities":{"mentions":[{"start":0,"end":9,"id":"7"}]}}]}`,
		}[req.URL.Path]
		_, _ = w.Write([]byte(body))
		return true
	}
	n := 0
	found := map[string]ingest.Comment{}
	_, _ = r.Sweep(t.Context(), ingest.Mark{}, func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			n, found[c.Content.Item] = n+1, c
		}
		return nil
	})
	if n != 2 || found["11"].Content.Text != "@practice new" || found["21"].Content.Text != "@practice newer" {
		t.Errorf("found %v", found)
	}
}

// What is deleted is left out, and forgotten; what we may not see is left out and
// asked for again.
func TestDeletedAndProtected(t *testing.T) {
	r := start(t)
	gone, secret := r.mention("a"), r.mention("b")
	r.sweep()
	r.delete(gone)
	r.posts[secret].secret = true
	for _, asked := range []string{gone + "," + secret, secret} {
		r.took()
		r.requests = nil
		if found := r.sweep(); len(found) != 0 {
			t.Errorf("found %v", found)
		}
		if got := r.query(2).Get("ids"); got != asked {
			t.Errorf("asked for %s, want %s", got, asked)
		}
	}
}

// The window of a sweep: everything at first, then the last days; what leaves it
// is not asked for any more.
func TestWindow(t *testing.T) {
	r := start(t)
	old := r.mention("old")
	_, mark, _ := r.swept(ingest.Mark{})
	if !mark.Time.Equal(noon) {
		t.Errorf("the mark is %v", mark.Time)
	}
	r.pass(8 * 24 * time.Hour)
	fresh := r.mention("fresh")
	found, mark, _ := r.swept(mark)
	if len(found) != 2 {
		t.Errorf("found %d: what was written since the mark and what overlaps it", len(found))
	}
	r.pass(time.Hour)
	r.took()
	found, _, _ = r.swept(mark)
	if _, ok := found[fresh]; !ok || len(found) != 1 || len(r.took()) != 2 {
		t.Errorf("found %v", found)
	}
	if _, known := r.recent[old]; known {
		t.Error("what is old is not forgotten")
	}
	// A new process knows nothing but the mark, and loses nothing.
	again := start(t)
	again.posts = r.posts
	again.pass(24 * time.Hour)
	if found, _, _ := again.swept(ingest.Mark{Time: noon}); len(found) != 2 {
		t.Errorf("after a restart: found %d", len(found))
	}
}

// Pages are followed to their end, empty ones too.
func TestPages(t *testing.T) {
	r := start(t)
	r.pageSize = 7
	for i := range 30 {
		r.mention(fmt.Sprint("number ", i))
	}
	if found := r.sweep(); len(found) != 30 {
		t.Errorf("found %d of 30", len(found))
	}
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		body := `{"meta":{"result_count":0}}`
		if q := req.URL.Query(); req.URL.Path == "/2/users/7/mentions" && !q.Has("pagination_token") {
			body = `{"meta":{"result_count":0,"next_token":"more"}}`
		} else if q.Get("pagination_token") == "more" {
			body = `{"data":[{"id":"1","text":"x @practice","entities":{"mentions":[{"start":2,"end":11,"id":"7"}]}}],"meta":{}}`
		}
		_, _ = w.Write([]byte(body))
		return true
	}
	r.recent = map[string]sight{}
	if found := r.sweep(); len(found) != 1 {
		t.Errorf("behind an empty page: found %d", len(found))
	}
	r.says(200, `{"meta":{"next_token":"again"}}`)
	if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != ingest.Bad || len(r.took()) > 100 {
		t.Errorf("a list without end: %v", err)
	}
}

// X shows 800 mentions: that is said, and no conversation counts as read whole.
func TestCap(t *testing.T) {
	r := start(t)
	for i := range 805 {
		r.mention(fmt.Sprint(i))
	}
	if found := r.sweep(); len(found) != 800 || r.logs.FilterMessageSnippet("newest mentions").Len() != 1 || len(r.Posts()) != 0 {
		t.Errorf("found %d, said %d times, whole %d", len(found), r.logs.FilterMessageSnippet("newest mentions").Len(), len(r.Posts()))
	}
}

// A conversation is whole if it began within what was read.
func TestWholeConversations(t *testing.T) {
	r := start(t)
	old := r.add(fact{author: us, text: "old"})
	r.pass(8 * 24 * time.Hour)
	began := r.add(fact{author: us, text: "new"})
	r.add(fact{text: "hi @practice", answers: old, conversation: old})
	r.add(fact{text: "hi @practice", answers: began, conversation: began})
	_, _, err := r.swept(ingest.Mark{Time: r.clock()})
	if got := r.Posts(); err != nil || !slices.Equal(got, []string{began}) {
		t.Errorf("whole are %v, %v", got, err)
	}
}

// Peek reads what is new since the last sweep, ends where it knows an item, and
// asks for nothing else.
func TestPeek(t *testing.T) {
	r := start(t)
	r.mention("before")
	r.pass(time.Hour)
	mark := ingest.Mark{Time: r.clock()}
	r.pageSize = 2
	var ids []string
	for range 5 {
		ids = append(ids, r.mention("new"))
	}
	peek := func(known ...string) (got []string) {
		r.took()
		err := r.Peek(t.Context(), mark, func(item string) bool { return slices.Contains(known, item) },
			func(_ context.Context, batch []ingest.Comment) error {
				for _, c := range batch {
					got = append(got, c.Content.Item)
				}
				return nil
			})
		if err != nil {
			t.Error(err)
		}
		return got
	}
	if got := peek(); len(got) != 5 || len(r.took()) != 3 {
		t.Errorf("found %d", len(got))
	}
	if got := peek(ids[:4]...); len(got) != 2 || got[0] != ids[4] || len(r.took()) != 1 {
		t.Errorf("found %d", len(got))
	}
	mark = ingest.Mark{}
	if got := peek(); len(got) != 2 {
		t.Errorf("without a mark: found %d", len(got))
	}
}

// A known item that was edited says nothing about those behind it.
func TestPeekGoesOnBehindAnEdit(t *testing.T) {
	r := start(t)
	known := r.mention("known")
	unknown := r.mention("unknown")
	r.edit(known, "@practice known, edited")
	r.pageSize = 1
	found := map[string]bool{}
	_ = r.Peek(t.Context(), ingest.Mark{Time: noon}, func(item string) bool { return item == known },
		func(_ context.Context, batch []ingest.Comment) error {
			for _, c := range batch {
				found[c.Content.Item] = true
			}
			return nil
		})
	if !found[unknown] {
		t.Error("the new one was not found")
	}
}

// What cannot be handed on, or read, leaves the mark where it is.
func TestFailureKeepsTheMark(t *testing.T) {
	r := start(t)
	r.mention("a")
	old := ingest.Mark{Time: noon.Add(-time.Hour)}
	mark, err := r.Sweep(t.Context(), old, func(context.Context, []ingest.Comment) error { return context.DeadlineExceeded })
	if err == nil || mark != old || len(r.recent) != 0 {
		t.Errorf("%v, mark %v", err, mark)
	}
	for _, call := range []string{"GET /2/users/7/mentions", "GET /2/users/7/tweets", "GET /2/tweets"} {
		r.recent = map[string]sight{"1": {"1", noon}}
		r.when(call, 503, "")
		if mark, err := r.Sweep(t.Context(), old, func(context.Context, []ingest.Comment) error { return nil }); kindOf(err) != ingest.Temporary || mark != old {
			t.Errorf("%s: %v, mark %v", call, err, mark)
		}
	}
}

// An answer about something else is none about the posts that were asked for.
func TestLookupAboutSomethingElse(t *testing.T) {
	r := start(t)
	r.recent = map[string]sight{"1": {"1", noon}}
	r.when("GET /2/tweets", 200, `{"errors":[{"title":"x","detail":"y","type":"about:blank"}]}`)
	if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != ingest.Bad {
		t.Errorf("said %v", err)
	}
}

// One odd field costs nothing; an entry that is no post is left out.
func TestOddAnswers(t *testing.T) {
	r := start(t, inference)
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		body := `{"meta":{}}`
		if strings.HasSuffix(req.URL.Path, "mentions") {
			body = `{"data":[{"id":12,"text":"number","author_id":42,"display_text_range":"x","entities":[],"referenced_tweets":{},"note_tweet":null,
				"attachments":{"media_keys":null},"created_at":5,"edit_history_tweet_ids":["x",null,12]},
				{"id":"../../x","text":"bad id"},"text",{"text":"no id"},null,
				{"id":"13","text":"RT @practice","referenced_tweets":[{"type":"retweeted","id":"1"}]},
				{"id":"14"}],"includes":{"users":"x","tweets":[null,5]},"errors":"odd"}`
		}
		_, _ = w.Write([]byte(body))
		return true
	}
	found := r.sweep()
	r.says(200, `{"data":"x"}`)
	if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != ingest.Bad {
		t.Errorf("no list at all: %v", err)
	}
	if len(found) != 2 || found["12"].Content.Text != "number" || found["12"].Content.AuthorID != "42" {
		t.Errorf("found %v", found)
	}
}
