package x

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func inference(c *Config) { c.Inference = true }
func newNames(c *Config)  { c.Fields = posts }

// What a mention becomes, in both spellings.
func TestMention(t *testing.T) {
	for _, change := range []func(*Config){func(*Config) {}, newNames, oauth1Config} {
		r := start(t, change, func(c *Config) { c.Private = true })
		root := r.add(fact{author: us, text: "Flu clinic on Friday"})
		id := r.add(fact{text: "@practice @practice is it &lt;5 &amp; free? https://t.co/a", shown: 10, answers: root, conversation: root, media: true,
			links: map[string]string{"https://t.co/a": "https://cedar.example/flu"}})
		c, ok := r.sweep()[id]
		if want := "@practice @practice is it <5 & free? https://cedar.example/flu"; !ok || c.Content.Text != want {
			t.Fatalf("text %q", c.Content.Text)
		}
		if c.Platform != "x" || c.Account != "main" || !c.Created.Equal(noon) || c.Own || !c.Media || c.Hidden || !c.CanHide || c.NoReply || !c.Unjudged ||
			!c.PrivateUntil.Equal(noon.Add(30*24*time.Hour)) {
			t.Errorf("comment %+v", c)
		}
		got := fmt.Sprintf("%s|%s|%s|%s|%s|%s", c.Content.Author, c.Content.AuthorID, c.Content.Post, c.Content.Parent, c.Content.Link, c.Content.Title)
		if want := "Pat|42|" + root + "||https://x.com/pat_example/status/" + id + "|Flu clinic on Friday"; got != want {
			t.Errorf("content %s, want %s", got, want)
		}
	}
}

// Which mentions may be answered, and what happens to those that may not.
func TestSummoned(t *testing.T) {
	r := start(t)
	ours := r.add(fact{author: us, text: "Flu clinic on Friday"})
	theirs := r.add(fact{text: "what do you think?"})
	long := "@practice I had to think about this for a very long time. " + strings.Repeat("x", 300) + " @practice?"
	for what, c := range map[string]struct {
		f    fact
		want bool
	}{
		"a post":                   {fact{text: "hello @practice"}, true},
		"a reply to us":            {fact{text: "@practice thanks", shown: 10, answers: ours, conversation: ours}, false},
		"a reply that names us":    {fact{text: "@practice thanks @practice", shown: 10, answers: ours, conversation: ours}, true},
		"a thread with us in it":   {fact{text: "@pat_example @practice me too", shown: 23, answers: theirs, conversation: theirs}, false},
		"a thread that calls us":   {fact{text: "@pat_example ask @practice", shown: 13, answers: theirs, conversation: theirs}, true},
		"a reply, range not told":  {fact{text: "@pat_example @practice me too", shown: -1, answers: theirs, conversation: theirs}, false},
		"a call, range not told":   {fact{text: "@pat_example ask @practice", shown: -1, answers: theirs, conversation: theirs}, true},
		"a quote of ours":          {fact{text: "how nice", quotes: ours}, true},
		"a quote of somebody else": {fact{text: "how nice", quotes: theirs}, false},
		"a long reply":             {fact{text: long[:280], note: strings.TrimSuffix(long, " @practice?"), shown: 10, answers: ours, conversation: ours}, false},
		"a long one that names us": {fact{text: long[:280], note: long, shown: 10, answers: ours, conversation: ours}, true},
	} {
		id := r.add(c.f)
		if _, got := r.sweep()[id]; got != c.want {
			t.Errorf("%s: handed on: %v", what, got)
		}
		open := start(t, inference)
		open.posts = r.posts
		if got, ok := open.sweep()[id]; !ok || got.NoReply == c.want || got.Unjudged {
			t.Errorf("%s: handed on %v, %+v", what, ok, got)
		}
		all := start(t, func(c *Config) { c.Replies = everyone })
		all.posts = r.posts
		if got, ok := all.sweep()[id]; !ok || got.NoReply {
			t.Errorf("%s: %+v", what, got)
		}
		r.delete(id)
	}
}

// Where names come without ids, that of the account is asked for once.
func TestNamesWithoutIDs(t *testing.T) {
	r := start(t)
	r.names = true
	r.mention("a")
	if len(r.sweep()) != 1 || len(r.sweep()) != 1 || strings.Count(fmt.Sprint(r.took()), "/2/users/me") != 1 {
		t.Error("the mention was not recognised, or not for one question")
	}
}

func TestLongText(t *testing.T) {
	for _, change := range []func(*Config){func(*Config) {}, newNames} {
		r := start(t, change)
		id := r.add(fact{text: "@practice it began…", note: "@practice it began " + strings.Repeat("and went on ", 50)})
		if c := r.sweep()[id]; len(c.Content.Text) < 600 {
			t.Errorf("text of %d bytes", len(c.Content.Text))
		}
	}
}

// In whose conversation a reply stands is asked for where the list does not tell,
// once.
func TestWhoMayHide(t *testing.T) {
	r := start(t, inference)
	root := r.add(fact{author: us, text: "Flu clinic"})
	other := r.add(fact{text: "I began this"})
	mid := r.add(fact{text: "@practice when?", answers: root, conversation: root})
	deep := r.add(fact{text: "@practice and where?", answers: mid, conversation: root})
	away := r.add(fact{text: "@practice and you?", answers: other, conversation: other})
	gone := r.add(fact{text: "@practice and you?", answers: other, conversation: "123"})
	found := r.sweep()
	for id, want := range map[string]bool{mid: true, deep: true, away: false, gone: false} {
		if found[id].CanHide != want {
			t.Errorf("%q: can hide: %v", found[id].Content.Text, !want)
		}
	}
	if p := found[deep].Content.Parent; p != mid {
		t.Errorf("its parent is %s", p)
	}
	r.took()
	r.sweep()
	if calls := r.took(); len(calls) != 2 {
		t.Errorf("asked again: %v", calls)
	}
}

// What the account itself answered is handed on as its own, as it was typed.
func TestOwnReplies(t *testing.T) {
	r := start(t)
	id := r.mention("my knee")
	r.add(fact{author: us, text: "Flu clinic on Friday"})
	answer := r.add(fact{author: us, text: "@pat_example Please call us.", shown: 13, answers: id, conversation: id})
	quote := r.add(fact{author: us, text: "Great news!", quotes: id})
	r.add(fact{author: us, text: "to whom it may concern", answers: "5", conversation: "5"})
	found := r.sweep()
	if calls := r.took(); len(calls) != 2 {
		t.Errorf("asked whose conversations we joined: %v", calls)
	}
	if c := found[answer]; !c.Own || c.Content.Text != "Please call us." || c.Content.Parent != id || c.Content.Post != id || c.NoReply || c.CanHide || !c.Unjudged {
		t.Errorf("own reply %+v, %q under %s", c, c.Content.Text, c.Content.Parent)
	}
	if c := found[quote]; !c.Own || c.Content.Parent != id || len(found) != 4 {
		t.Errorf("own quote %+v of %d", c, len(found))
	}
}

func TestSinceIsAnIDOfThatTime(t *testing.T) {
	for _, at := range []time.Time{noon, noon.Add(123 * time.Millisecond)} {
		if got := madeAt(idAt(at)); !got.Equal(at) {
			t.Errorf("%v became %v", at, got)
		}
	}
	if idAt(time.Unix(0, 0)) != "" || !madeAt("5").IsZero() || !madeAt("x").IsZero() {
		t.Error("ids before there were any")
	}
}

// Millions of nothing are not unpacked.
func TestFloodsAreNotUnpacked(t *testing.T) {
	if arrayOf([]byte(`[`+strings.Repeat(`0,`, mostParts-1)+`0]`)) == nil || arrayOf([]byte(`[`+strings.Repeat(`0,`, mostParts)+`0]`)) != nil {
		t.Error("entries are not bounded")
	}
	var b strings.Builder
	for i := range mostParts + 1 {
		fmt.Fprintf(&b, `,"%d":0`, i)
	}
	if objectOf([]byte(`{`+b.String()[1:]+`}`)) != nil || objectOf([]byte(`{"a":0}x`)) != nil || objectOf([]byte(`[`)) != nil {
		t.Error("members are not bounded")
	}
}

// One post that X will not show, for whatever reason of its own, costs no sweep.
func TestWithheldPost(t *testing.T) {
	r := start(t)
	id := r.mention("hi")
	r.recent["1"] = sight{"1", noon}
	r.when("GET /2/tweets", 200, `{"errors":[{"resource_id":"1","title":"x","detail":"y","type":"https://api.x.com/2/problems/disallowed-resource"}]}`)
	if found, _, err := r.swept(ingest.Mark{}); err != nil || len(found) != 1 || found[id].Content.Item != id {
		t.Errorf("found %d, %v", len(found), err)
	}
	if o, err := r.Observe(t.Context(), "1"); kindOf(err) != ingest.Forbidden || o.Gone {
		t.Errorf("observed %+v, %v", o, err)
	}
}
