package main

import (
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// What stands under posts too old to be looked at is read on request, once, and
// becomes cases like everything else.
func TestBackfill(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	d.edit(t, "page = ", "posts = 1\npage = ")
	author := "Pat Example"
	say := func(text string, ago time.Duration, post string) {
		sb.call("POST", "comments", sandbox.Comment{Platform: "facebook", Author: &author, Text: text, Post: post,
			Created: time.Now().Add(-ago)}, nil)
	}
	say("Since my knee surgery it hurts every night", 300*24*time.Hour, "An old post")
	say("My rash is back since the surgery here", time.Minute, "A new post")
	if said := fails(t, "backfill", "--config", d.config, "--account", "facebook", "--since", "2024-01-01"); !strings.Contains(said, "the service is stopped") {
		t.Errorf("while it is stopped: %s", said)
	}
	_, page := d.run(t)
	eventually(t, 20*time.Second, "the new one", func() bool { return len(page.waiting()) == 1 })
	if said := fails(t, "backfill", "--config", d.config, "--account", "other", "--since", "2024-01-01"); !strings.Contains(said, "name one of facebook") {
		t.Errorf("another account: %s", said)
	}
	since := time.Now().Add(-400 * 24 * time.Hour).Format(time.DateOnly)
	for range 2 {
		if said := d.does(t, "backfill", "--account", "facebook", "--since", since); !strings.Contains(said, "read=2") {
			t.Errorf("said %q", said)
		}
		eventually(t, 20*time.Second, "the old one", func() bool { return len(page.waiting()) == 2 })
	}
}
